"""Limits of accounts, sessions and one-time links, and which roles go together. No Django here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from polit.base.errors import UsageError
from polit.web.core.rules import EXCLUSIVE_ROLES, Role

INVITATION_LIFE = timedelta(hours=72)
SESSION_LIFE = timedelta(hours=12)
"""However busy somebody is, after a shift they sign in anew."""
PROOF_LIFE = timedelta(minutes=5)
"""How long having proved who one is counts, for pages that ask for it freshly."""
SEEN_EVERY = timedelta(seconds=30)
"""How exactly the last request of a session is kept: not every request writes."""
IDLE_MAX_MIN = 60.0
FAILURES_BEFORE_LOCKOUT = 5
LOCKOUT = timedelta(minutes=15)
PASSWORD_CHARACTERS = 12


class SessionEnd(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    IDLE = "idle"
    TOO_OLD = "too_old"
    ENDED_ELSEWHERE = "ended_elsewhere"
    ACCOUNT_CHANGED = "account_changed"

    @property
    def label(self) -> str:
        """What the sign-in page says of it."""
        return _ENDS[self]


_ENDS = {
    SessionEnd.SIGNED_OUT: "You have signed out.",
    SessionEnd.IDLE: "You were signed out because nothing happened for a while.",
    SessionEnd.TOO_OLD: "You were signed out because you signed in more than 12 hours ago.",
    SessionEnd.ENDED_ELSEWHERE: "This session was ended from another place.",
    SessionEnd.ACCOUNT_CHANGED: "You were signed out because your account was changed.",
}


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """When a session began, was last used, and ended, if it did."""

    started_at: datetime
    seen_at: datetime
    ended: SessionEnd | None = None


def session_end(times: SessionTimes, *, now: datetime, idle: timedelta) -> SessionEnd | None:
    """Return why a session does not hold any more, ``None`` while it does."""
    if times.ended is not None:
        return times.ended
    if now - times.started_at >= SESSION_LIFE:
        return SessionEnd.TOO_OLD
    if now - times.seen_at >= idle:
        return SessionEnd.IDLE
    return None


def check_roles(roles: frozenset[Role]) -> None:
    """Refuse roles that nobody may hold together.

    Raises:
        UsageError: There are none, or one that is held alone stands beside another.
    """
    if not roles:
        raise UsageError("give at least one role")
    alone = roles & EXCLUSIVE_ROLES
    if alone and len(roles) > 1:
        raise UsageError(f"{min(alone).label} is held alone: take the other roles away")


def can_hold_roles(roles: frozenset[Role]) -> bool:
    """Tell whether somebody may hold these roles together."""
    try:
        check_roles(roles)
    except UsageError:
        return False
    return True


def check_administrator_remains(*, others: int) -> None:
    """Refuse to lose the last active administrator.

    Args:
        others: Active administrators beside the one who is to go.

    Raises:
        UsageError: There is no other.
    """
    if others < 1:
        raise UsageError("this is the last active administrator: appoint another one first")


def check_factor_remains(factors: int) -> None:
    """Refuse to lose the last second factor.

    Args:
        factors: Authenticator apps and passkeys that would remain.

    Raises:
        UsageError: None would.
    """
    if factors < 1:
        raise UsageError("this is your last second factor: add another one first")


def check_not_own(*, actor_id: str, account_id: str) -> None:
    """Refuse to reset one's own factors: a stolen session would enrol the thief's.

    Raises:
        UsageError: They are one's own.
    """
    if actor_id == account_id:
        raise UsageError("nobody resets their own factors: ask another administrator")


def is_invitation_open(
    *, used_at: datetime | None, voided_at: datetime | None, expires_at: datetime, now: datetime
) -> bool:
    """Tell whether a one-time link still opens."""
    return used_at is None and voided_at is None and now < expires_at


def idle_limit(minutes: float) -> timedelta:
    """Return how long a session may lie idle.

    Raises:
        UsageError: It is longer than an hour.
    """
    if minutes > IDLE_MAX_MIN:
        raise UsageError(f"POLIT_IDLE_MIN is {minutes:g}: give at most {IDLE_MAX_MIN:g} minutes")
    return timedelta(minutes=minutes)
