"""One-time links: made by an administrator, used once, and then a password is set."""

import base64
from uuid import UUID

from django.urls import reverse

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.base.ids import random_bytes
from polit.web.accounts.models import Invitation, RoleGrant, User
from polit.web.accounts.queries import (
    account_by_name,
    administrators,
    invitation_open,
    token_sha256,
)
from polit.web.accounts.rules import INVITATION_LIFE, SessionEnd
from polit.web.accounts.services.sessions import sessions_end
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM, Actor, check_in_act
from polit.web.core.rules import Role

_TOKEN_BYTES = 32
_FIRST_NAME = "administrator"
_FIRST_REASON = "no administrator has signed in yet"


def invitation_make(actor: Actor, *, reason: str, user_id: UUID) -> str:
    """Make a one-time link for a person and void the one that was open; return its token.

    The token is told once and kept as a hash only.

    Raises:
        UsageError: The account is deactivated.
    """
    token = base64.urlsafe_b64encode(random_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()
    with act(actor, "accounts.invite", reason=reason, nature=Nature.SECURITY) as deed:
        user = User.objects.select_for_update().get(pk=user_id)
        if not user.is_active:
            raise UsageError("the account is deactivated: activate it first")
        invitations_void(user)
        invitation = Invitation(
            user=user,
            token_sha256=token_sha256(token),
            expires_at=now_utc() + INVITATION_LIFE,
            made_by=actor.name,
        )
        invitation.save()
        deed.about("invitation", invitation.id, label=user.username)
    return token


def invitation_use(*, token: str, password: str) -> User | None:
    """Use a one-time link: set the password, and end every session that was open.

    Returns:
        The person; ``None`` where the link does not open, also when another request was first.
    """
    invitation = invitation_open(token)
    if invitation is None:
        return None
    user = invitation.user
    actor = Actor("user", str(user.pk), user.username)
    reason = "the person used their one-time link"
    with act(actor, "accounts.invitation_use", reason=reason, nature=Nature.SECURITY) as deed:
        still_open = Invitation.objects.filter(pk=invitation.pk, used_at=None, voided_at=None)
        deed.about("invitation", invitation.id, label=user.username)
        if not still_open.update(used_at=now_utc()):
            raise UsageError("the link was used a moment ago: ask for a new one")
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions_end(actor, reason=reason, user=user, why=SessionEnd.ACCOUNT_CHANGED)
    return user


def invitations_void(user: User) -> None:
    """Void a person's open link, inside the act of the caller."""
    check_in_act()
    Invitation.objects.filter(user=user, used_at=None, voided_at=None).update(voided_at=now_utc())


def first_administrator_link(origin: str) -> str | None:
    """Return a one-time link for the installation's first administrator.

    Each call makes a new link and voids the one before, so that a link which was printed at an
    earlier start opens nothing.

    Args:
        origin: Scheme, host and port, such as ``http://localhost:8000``.

    Returns:
        ``None`` once an administrator has set a password.
    """
    found = list(administrators())
    if any(user.has_usable_password() for user in found):
        return None
    user = found[0] if found else _first_administrator()
    token = invitation_make(SYSTEM, reason=_FIRST_REASON, user_id=user.pk)
    return origin.rstrip("/") + reverse("accounts:invitation", args=[token])


def _first_administrator() -> User:
    with act(SYSTEM, "accounts.make", reason=_FIRST_REASON, nature=Nature.SECURITY) as deed:
        user = account_by_name(_FIRST_NAME) or User(
            username=_FIRST_NAME, full_name="First administrator"
        )
        user.is_active = True
        user.set_unusable_password()
        user.save()
        RoleGrant.objects.filter(user=user, ended_at=None).update(ended_at=now_utc())
        role = Role.SYSTEM_ADMINISTRATOR
        RoleGrant(user=user, role=role.value, granted_by=SYSTEM.name).save()
        deed.about("account", user.id, label=user.username, role=role.value)
    return user
