"""Passwords and second factors: added, removed, reset, shown."""

from collections.abc import Callable
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.http import HttpResponseBase

from polit.web.accounts.models import User
from polit.web.accounts.queries import FactorRow, administrators, factor_list, has_second_factor
from polit.web.accounts.rules import SessionEnd, check_factor_remains, check_not_own
from polit.web.accounts.services.sessions import sessions_end
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor

_OWN = "the person's own account"


class _NothingDone(Exception):
    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


def factors_change(
    actor: Actor,
    *,
    user: User,
    session_id: UUID | None,
    page: Callable[[], HttpResponseBase],
) -> HttpResponseBase:
    """Run a page that may add or remove factors, as one act with what it did.

    What the library writes and its audit rows are in one transaction. The page's answer says
    nothing reliable of what was done, so the factors before and after are compared.

    Args:
        actor: The person.
        user: The account.
        session_id: The session that goes on; all others end with the first factor.
        page: The page.

    Raises:
        UsageError: The last second factor would go.
    """
    before = set(factor_list(user))
    had_one = has_second_factor(user)
    try:
        with act(actor, "accounts.factors", reason=_OWN, nature=Nature.SECURITY) as deed:
            response = page()
            after = set(factor_list(user))
            changed = _changed(actor, user, before, after)
            _check_something_done(changed, response)
            has_one = has_second_factor(user)
            if had_one:
                check_factor_remains(int(has_one))
            elif has_one:
                # Who knew the password alone may be signed in elsewhere, without any factor.
                why = SessionEnd.ACCOUNT_CHANGED
                sessions_end(actor, reason=_OWN, user=user, why=why, keep=session_id)
            deed.about("account", user.id, label=user.username, changes=[*changed])
    except _NothingDone as nothing:
        return nothing.response
    return response


def _check_something_done(changed: list[str], response: HttpResponseBase) -> None:
    # No error: the form was shown again, and an act that did nothing leaves no row.
    if not changed:
        raise _NothingDone(response)


def _changed(actor: Actor, user: User, before: set[FactorRow], after: set[FactorRow]) -> list[str]:
    told = {row.id for row in before} ^ {row.id for row in after}
    changes: list[str] = []
    for row in sorted(before | after, key=lambda each: each.id):
        if row.id not in told:
            continue
        verb = "factor_add" if row in after else "factor_remove"
        with act(actor, f"accounts.{verb}", reason=_OWN, nature=Nature.SECURITY) as deed:
            deed.about("account", user.id, label=user.username, factor=row.kind, name=row.name)
        changes.append(f"{verb} {row.kind}")
    return changes


def codes_viewed(actor: Actor, *, user: User) -> None:
    """Record that a person was shown their recovery codes."""
    with act(actor, "accounts.codes_view", reason=_OWN, nature=Nature.SECURITY) as deed:
        deed.about("account", user.id, label=user.username)


def password_set(
    actor: Actor, *, reason: str, user: User, password: str, session_id: UUID | None = None
) -> None:
    """Set a person's password; every other session ends."""
    with act(actor, "accounts.password_change", reason=reason, nature=Nature.SECURITY) as deed:
        user.set_password(password)
        user.save(update_fields=["password"])
        why = SessionEnd.ACCOUNT_CHANGED
        sessions_end(actor, reason=reason, user=user, why=why, keep=session_id)
        deed.about("account", user.id, label=user.username)


def factors_reset(actor: Actor, *, reason: str, user: User) -> None:
    """Take all of a person's factors away, who then enrols anew by a one-time link.

    The password goes too: whoever had guessed it would enrol a factor of their own before the
    person does. Every other administrator is told by a row of their own in the audit.

    Raises:
        UsageError: It is the administrator's own account.
    """
    check_not_own(actor_id=actor.actor_id, account_id=str(user.pk))
    with act(actor, "accounts.factors_reset", reason=reason, nature=Nature.SECURITY) as deed:
        kinds = [row.kind for row in factor_list(user)]
        Authenticator.objects.filter(user=user).delete()
        user.set_unusable_password()
        user.save(update_fields=["password"])
        sessions_end(actor, reason=reason, user=user, why=SessionEnd.ACCOUNT_CHANGED)
        deed.about("account", user.id, label=user.username, kinds=[*kinds])
        for other in administrators().exclude(pk=actor.actor_id):
            _tell(actor, reason, other, user)


def _tell(actor: Actor, reason: str, other: User, user: User) -> None:
    with act(actor, "accounts.factors_reset_tell", reason=reason, nature=Nature.SECURITY) as deed:
        deed.about("account", other.id, label=other.username, account=user.username)


def code_used(actor: Actor, *, user: User) -> None:
    """Record that a person used one of their recovery codes."""
    reason = "a recovery code stood in for a factor"
    with act(actor, "accounts.code_use", reason=reason, nature=Nature.SECURITY) as deed:
        deed.about("account", user.id, label=user.username)
