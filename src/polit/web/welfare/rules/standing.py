"""Whether somebody may look now: the states of a session, its limits, and what refuses."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from polit.base.errors import UsageError, ViewingRefused
from polit.web.core.states import StateTable, Transition
from polit.web.examinations.rules import TILE_READERS
from polit.web.welfare.rules.policy import Policy


class SessionState(StrEnum):
    """Where a session stands."""

    WORKING = "working"
    PAUSED = "paused"
    COOLING = "cooling"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The state in words."""
        return {"working": "At work", "paused": "On a break", "cooling": "Cooling down",
                "ended": "Ended"}[self.value]  # fmt: skip


SESSION_STATES = StateTable(
    "review_session",
    SessionState.WORKING,
    (
        Transition("pause", ("working", "cooling"), "paused", TILE_READERS),
        Transition("cool", ("working", "paused"), "cooling", TILE_READERS),
        Transition("resume", ("paused", "cooling"), "working", TILE_READERS),
        Transition("end", ("working", "paused", "cooling"), "ended", TILE_READERS),
    ),
)


class EndWhy(StrEnum):
    """How a session came to its end."""

    OFFICER = "officer"
    LIGHT_LANE_PASSED_OVER = "light_lane_passed_over"
    LEFT = "left"
    """It was never ended: a later one began, or the day did."""


class FlagKind(StrEnum):
    """What a supervisor is told: that it happened, on which day; never how much was seen."""

    OVERRIDE = "override"
    URGENT = "urgent"
    MISSED_BREAK = "missed_break"
    OVER_WARN = "over_warn"

    @property
    def label(self) -> str:
        """The flag in words."""
        return {
            "override": "Went on beyond the limit of the day",
            "urgent": "Used the override for a threat to a child",
            "missed_break": "Worked on when a break was due",
            "over_warn": "Worked longer than the warning of the day",
        }[self.value]


@dataclass(frozen=True, slots=True)
class SessionStart:
    """What a person says before a session.

    Args:
        lane: The code of a lane.
        purpose: What for; a ``Purpose``.
        limit_s: Their own limit of the day; ``None`` for the force's.
        idle_s: After how long without a hand everything is covered; ``None`` for the force's.
        consent_version: The version of the words that they agree to.
    """

    lane: str
    purpose: str
    limit_s: int | None
    idle_s: int | None
    consent_version: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for one person in one session, in seconds."""

    warn_s: int
    stop_s: int
    break_after_s: int
    break_s: int
    light_s: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether somebody may look, as it was at an instant.

    Args:
        state: Of their session in this case; ``None`` where they have none.
        as_of: The instant; work that goes on is counted on from it.
        limits: What holds for them.
        worked_s: Work of this day, over all cases.
        since_break_s: Work since the last break, over all cases.
        is_consent_current: Whether they agreed to the words that hold now.
        is_available: Whether their own opt-outs allow what they ask for.
        is_in_lane: Whether their lane is for what they ask for.
        is_worst_lane: Whether no session ends on this lane.
        worst_s: Work on the worst lanes since the last other one.
        cool_until: Until when they cool down.
        has_override: Whether they went on beyond the day's limit, with a reason.
    """

    state: SessionState | None
    as_of: datetime
    limits: Limits
    worked_s: int = 0
    since_break_s: int = 0
    is_consent_current: bool = True
    is_available: bool = True
    is_in_lane: bool = True
    is_worst_lane: bool = False
    worst_s: int = 0
    cool_until: datetime | None = None
    has_override: bool = False


def limits_of(policy: Policy, *, personal_s: int | None, is_new: bool) -> Limits:
    """Return the limits of a person: their own may be lower than the force's, never higher.

    Args:
        policy: The force's.
        personal_s: What they chose, if anything.
        is_new: Whether they are in their induction.
    """
    stop = policy.induction_stop_s if is_new else policy.stop_s
    warn = policy.induction_warn_s if is_new else policy.warn_s
    own = stop if personal_s is None else max(0, min(personal_s, stop))
    return Limits(min(warn, own), own, policy.break_after_s, policy.break_s,
                  min(policy.light_s, own))  # fmt: skip


def check_may_view(standing: Standing, now: datetime, *, is_urgent: bool = False) -> None:
    """Refuse to uncover anything where the rules of welfare say so.

    Args:
        standing: Where the person stands.
        now: The instant of the look.
        is_urgent: A child may be in danger: breaks, limits and the lane do not hold. A session,
            consent and the person's own opt-outs still do.

    Raises:
        ViewingRefused: Its code is ``no_session``, ``stale_consent``, ``opted_out``,
            ``on_break`` or ``limit``.
    """
    code = _hard_refusal(standing)
    if not code and not is_urgent:
        code = _soft_refusal(standing, now)
    if code:
        raise ViewingRefused(code, _WORDS[code])


def view_refusal(standing: Standing, now: datetime) -> str:
    """Return the code with which a look is refused, empty where it is not."""
    try:
        check_may_view(standing, now)
    except ViewingRefused as refused:
        return refused.code
    return ""


def can_view(standing: Standing, now: datetime) -> bool:
    """Tell whether somebody may look now."""
    return not view_refusal(standing, now)


def check_may_resume(standing: Standing, now: datetime) -> None:
    """Refuse to go on while a break or cooling down is due.

    Raises:
        UsageError: It is.
    """
    if standing.cool_until is not None and now < standing.cool_until:
        raise UsageError("wait until the time to cool down is over")
    if standing.since_break_s >= standing.limits.break_after_s:
        minutes = standing.limits.break_s // 60
        raise UsageError(f"a break of {minutes} minutes without work is due first")


def can_resume(standing: Standing, now: datetime) -> bool:
    """Tell whether somebody may go on after a pause."""
    try:
        check_may_resume(standing, now)
    except UsageError:
        return False
    return True


def check_may_end(standing: Standing) -> None:
    """Refuse to end on the worst lane, after as long on it as a light lane is meant to follow.

    Raises:
        ViewingRefused: Its code is ``light_lane``: something lighter comes first, or the officer
            says that they pass it over.
    """
    if standing.is_worst_lane and standing.worst_s >= standing.limits.light_s:
        raise ViewingRefused("light_lane", _WORDS["light_lane"])


def check_start(
    start: SessionStart, policy: Policy, *, is_new: bool, opted: frozenset[str]
) -> None:
    """Refuse a session that cannot be begun so.

    Args:
        start: What the person says.
        policy: The force's limits.
        is_new: Whether they are in their induction.
        opted: What they opted out of: codes of lanes, and ``kind:`` with a kind.

    Raises:
        UsageError: Consent is to other words, the lane is not open to them, or the idle time is
            out of range.
    """
    if start.consent_version != policy.consent.version:
        raise UsageError("the words of consent have changed: read them again")
    lane = policy.lane(start.lane)
    if lane.code in opted or (is_new and not lane.in_induction):
        raise UsageError("this lane is not open to you: choose another")
    if start.idle_s is not None and not policy.idle_least_s <= start.idle_s <= policy.idle_most_s:
        raise UsageError(
            f"cover everything after {policy.idle_least_s} to {policy.idle_most_s} seconds"
        )


def can_end(standing: Standing) -> bool:
    """Tell whether a session may end as it stands."""
    try:
        check_may_end(standing)
    except ViewingRefused:
        return False
    return True


def _hard_refusal(standing: Standing) -> str:
    if standing.state is None or standing.state is SessionState.ENDED:
        return "no_session"
    if not standing.is_consent_current:
        return "stale_consent"
    return "" if standing.is_available else "opted_out"


def _soft_refusal(standing: Standing, now: datetime) -> str:
    if not standing.is_in_lane:
        return "opted_out"
    limits = standing.limits
    goes_on = standing.state is SessionState.WORKING
    more_s = max(0, int((now - standing.as_of).total_seconds())) if goes_on else 0
    is_cooling = standing.cool_until is not None and now < standing.cool_until
    if not goes_on or is_cooling or standing.since_break_s + more_s >= limits.break_after_s:
        return "on_break"
    # The last minutes of a day are kept for something lighter than the worst lane.
    most_s = limits.stop_s - (limits.light_s if standing.is_worst_lane else 0)
    is_over = standing.worked_s + more_s >= most_s
    return "limit" if is_over and not standing.has_override else ""


_WORDS = {
    "no_session": "Begin a session first: what for, which lane, and that you agree.",
    "stale_consent": "What you agreed to has changed: end the session and begin another.",
    "opted_out": "This is not available in your lane.",
    "on_break": "A break is due, or you are on one.",
    "limit": "The limit of your day is reached.",
    "light_lane": "Do not end on this lane: take something lighter first.",
}
