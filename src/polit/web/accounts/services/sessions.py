"""Sessions: that somebody signed in, failed to, gave proof again, or was signed out."""

from dataclasses import dataclass
from uuid import UUID

from polit.base.clock import now_utc
from polit.web.accounts.models import SignIn, User
from polit.web.accounts.queries import account_by_name
from polit.web.accounts.rules import SEEN_EVERY, SessionEnd
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor

DOOR = Actor("system", "sign-in", "the sign-in page")
"""Who acts while nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from, as the server and the browser say."""

    address: str
    browser: str


def session_begin(actor: Actor, *, reason: str, user: User, place: Place, how: str) -> SignIn:
    """Record that a person signed in.

    Args:
        actor: The person.
        reason: Why.
        user: The account.
        place: Where from.
        how: The proofs given, such as ``password, totp``.
    """
    with act(actor, "accounts.sign_in", reason=reason, nature=Nature.SECURITY) as deed:
        session = SignIn(user=user, address=place.address, browser=place.browser[:300])
        session.save()
        deed.about("session", session.id, label=user.username, address=place.address, proofs=how)
    return session


def session_end(actor: Actor, *, reason: str, session: SignIn, why: SessionEnd) -> None:
    """End a session; one that has ended already stays as it is."""
    if session.ended_at is not None:
        return
    with act(actor, "accounts.session_end", reason=reason, nature=Nature.SECURITY) as deed:
        session.ended_at, session.ended_why = now_utc(), why.value
        session.save(update_fields=["ended_at", "ended_why"])
        deed.about("session", session.id, label=session.user.username, why=why.value)


def sessions_end(
    actor: Actor, *, reason: str, user: User, why: SessionEnd, keep: UUID | None = None
) -> int:
    """End all of a person's sessions, but for one where that is said; return how many."""
    found = SignIn.objects.filter(user=user, ended_at=None).select_related("user")
    sessions = [session for session in found if session.id != keep]
    for session in sessions:
        session_end(actor, reason=reason, session=session, why=why)
    return len(sessions)


def session_touch(session: SignIn) -> None:
    """Keep that a session is in use. No act: nothing is done and nothing is shown."""
    now = now_utc()
    if now - session.seen_at >= SEEN_EVERY:
        SignIn.unguarded.filter(pk=session.pk, ended_at=None).update(seen_at=now)


def sign_in_failed(*, name: str, place: Place, what: str, action: str = "") -> None:
    """Record a failed sign-in, or another proof that failed.

    A name that is no account's is not kept: it may be a password in the wrong field.

    Args:
        name: The name tried.
        place: Where from.
        what: The proof that failed: ``password`` or a kind of factor.
        action: Another action than a sign-in.
    """
    user = account_by_name(name) if name else None
    action = action or "accounts.sign_in_failed"
    with act(DOOR, action, reason="a proof failed", nature=Nature.SECURITY) as deed:
        known = {"address": place.address, "proof": what}
        if user is None:
            deed.about("sign_in", "", label="a name that is no account's", **known)
        else:
            deed.about("account", user.id, label=user.username, **known)


def proof_given(actor: Actor, *, user: User, how: str) -> None:
    """Record that a person proved again who they are."""
    reason = "to go on to a page that asks for it"
    with act(actor, "accounts.prove", reason=reason, nature=Nature.SECURITY) as deed:
        deed.about("account", user.id, label=user.username, proof=how)
