"""What every service of referrals begins with: roles, a lock, and what the actor may reach."""

from uuid import UUID

from django.db.models import QuerySet

from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for, roles_of
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import referrals_for
from polit.web.referrals.rules import WORKERS


def check_works(actor: Actor) -> frozenset[Role]:
    """Return the roles of who may work on referrals.

    Raises:
        AuthorityError: They may not.
    """
    roles = roles_of(actor)
    if not roles & WORKERS:
        raise AuthorityError("your roles do not allow to work on referrals: ask an investigator")
    return roles


def reachable(actor: Actor) -> QuerySet[Referral]:
    """Return the referrals that an actor may see; polit itself sees all."""
    if actor.kind == "system":
        return Referral.objects.all()
    user = User.objects.filter(pk=actor.actor_id, is_active=True).first()
    return referrals_for(user) if user else Referral.objects.none()


def locked(actor: Actor, referral_id: UUID) -> Referral:
    """Return a referral that nobody else changes until the act ends.

    Raises:
        UsageError: There is none of this identifier that the actor may see.
    """
    row = Referral.objects.select_for_update().filter(pk=referral_id).first()
    if row is None or not reachable(actor).filter(pk=referral_id).exists():
        raise UsageError("there is no such referral: load the list again")
    return row


def check_in_case(actor: Actor, case_id: UUID) -> None:
    """Refuse whoever has no access to a case.

    Raises:
        AuthorityError: They have none.
    """
    if actor.kind == "system":
        return
    user = User.objects.filter(pk=actor.actor_id, is_active=True).first()
    if user is None or not cases_for(user).filter(pk=case_id).exists():
        raise AuthorityError("you have no access to this case")
