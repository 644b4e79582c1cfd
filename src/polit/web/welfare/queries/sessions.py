"""What is asked of sessions: the one that runs, and where its officer stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.core.access import CaseLike
from polit.web.welfare.models import OptOut, ReviewSession, SessionSpan, WelfareProfile
from polit.web.welfare.rules import (
    Limits,
    Policy,
    Span,
    Standing,
    can_end,
    can_resume,
    current_policy,
    day_begin,
    limits_of,
    run_s,
    since_break_s,
    view_refusal,
    worked_s,
)

_BEFORE_DAY = timedelta(hours=12)
"""Who works past midnight has not had a break because of it."""


def session_current(user: User, case: CaseLike) -> ReviewSession | None:
    """Return a person's session in a case, ``None`` where none was begun on this day."""
    found = session_open(user.pk)
    return found if found is not None and found.case_id == case.id else None


def session_open(officer_id: UUID) -> ReviewSession | None:
    """Return a person's session, in whatever case, if it was begun on this day."""
    rows = ReviewSession.objects.select_related("case").filter(officer_id=officer_id, ended_at=None)
    return rows.filter(recorded_at__gte=today(now_utc())).first()


def today(now: datetime) -> datetime:
    """Return when the day of an instant began, by the clocks of the force."""
    return day_begin(now, timezone.get_default_timezone())


def span_list(officer_id: UUID, *, since: datetime, until: datetime) -> list[Span]:
    """Return a person's stretches of work over all cases, in order.

    One that goes on counts until the officer was last there, and as long after as they have set
    for everything to be covered: a window that was left open overnight is no work.
    """
    rows = SessionSpan.objects.filter(officer_id=officer_id, began_at__gte=since)
    found = rows.filter(began_at__lt=until).select_related("session").order_by("began_at")
    return [span_of(each, until) for each in found]


def span_of(span: SessionSpan, now: datetime) -> Span:
    """Return a stretch of work as it counts at an instant."""
    end = span.ended_at
    if end is None:
        covered = span.session.seen_at + timedelta(seconds=span.session.idle_s)
        end = max(span.began_at, min(now, covered))
    return Span(span.began_at, end, span.lane)


def opt_outs(officer_id: UUID) -> frozenset[str]:
    """Return what a person opted out of: codes of lanes, and ``kind:`` with a kind."""
    rows = OptOut.objects.filter(officer_id=officer_id, ended_at=None)
    return frozenset(rows.values_list("code", flat=True))


def lane_available(user: User, lane: str) -> bool:
    """Tell whether work of a lane may be given to a person; nothing says why where it may not."""
    policy = current_policy()
    if is_new(profile_of(user.pk), policy, now_utc()) and not policy.lane(lane).in_induction:
        return False
    return lane not in opt_outs(user.pk)


def profile_of(officer_id: UUID) -> WelfareProfile | None:
    """Return what a person set for themselves, ``None`` where nothing."""
    return WelfareProfile.objects.filter(officer_id=officer_id).first()


def is_new(profile: WelfareProfile | None, policy: Policy, now: datetime) -> bool:
    """Tell whether a person is in their induction; who never began a session is."""
    if profile is None or profile.began_at is None:
        return not (profile and profile.is_inducted)
    ends = profile.began_at + timedelta(weeks=policy.induction_weeks)
    return not profile.is_inducted and now < ends


def standing_get(
    user: User, case: CaseLike, *, now: datetime, kinds: frozenset[str] = frozenset()
) -> Standing:
    """Return where a person stands in a case, for ``check_may_view``.

    Args:
        user: The person.
        case: The case.
        now: The instant.
        kinds: What they ask to see: of ``still``, ``video``, ``sound`` and ``text``.
    """
    session = session_current(user, case)
    if session is None:
        return Standing(None, now, limits_of(current_policy(), personal_s=None, is_new=False))
    return standing_of(session, now=now, kinds=kinds)


def standing_of(
    session: ReviewSession, *, now: datetime, kinds: frozenset[str] = frozenset()
) -> Standing:
    """Return where the officer of a session stands; see ``standing_get``."""
    policy, lane = session.rules, session.lane_rules
    begin = today(now)
    spans = span_list(session.officer_id, since=begin - _BEFORE_DAY, until=now)
    opted = opt_outs(session.officer_id)
    return Standing(
        state=session.standing_state,
        as_of=now,
        limits=session_limits(session),
        worked_s=worked_s(spans, begin, now),
        since_break_s=since_break_s(spans, now, break_s=policy.break_s),
        is_consent_current=session.consent_version == current_policy().consent.version,
        is_available=not opted & {lane.code, *(f"kind:{kind}" for kind in kinds)},
        is_in_lane=kinds <= set(lane.kinds),
        is_worst_lane=lane.is_worst,
        worst_s=run_s(spans, frozenset(each.code for each in policy.lanes if each.is_worst)),
        cool_until=session.cool_until,
        has_override=session.override_at is not None,
    )


def session_limits(session: ReviewSession) -> Limits:
    """Return the limits of a session's officer."""
    return limits_of(session.rules, personal_s=session.limit_s, is_new=session.is_new)


def session_state(session: ReviewSession, now: datetime) -> dict[str, object]:
    """Return what the page of a session asks for from time to time, as plain values.

    Instants of warnings hold as long as the officer goes on working. ``refused`` is the code with
    which a look would be refused now. ``is_counted`` is no while nobody is there.
    """
    standing = standing_of(session, now=now)
    limits = standing.limits
    left = {
        "warn_at": limits.warn_s - standing.worked_s,
        "break_at": limits.break_after_s - standing.since_break_s,
        "stop_at": limits.stop_s - standing.worked_s,
    }
    ends = {name: (now + timedelta(seconds=s)).isoformat() for name, s in left.items()}
    return {
        "id": str(session.id),
        "lane": session.lane,
        "lane_label": session.lane_rules.label,
        "state": session.state,
        "purpose": session.purpose,
        "started_at": session.recorded_at.isoformat(),
        "now": now.isoformat(),
        **ends,
        "idle_s": session.idle_s,
        "is_counted": is_counted(session, now),
        "break_until": _iso(break_until(session, now)),
        "cool_until": _iso(session.cool_until),
        "refused": view_refusal(standing, now),
        "may_resume": can_resume(standing, now),
        "may_end": can_end(standing),
        "light_lane": session.rules.light_lane.code,
    }


def is_counted(session: ReviewSession, now: datetime) -> bool:
    """Tell whether time counts as work now: a stretch goes on, and the officer is there."""
    span = SessionSpan.objects.filter(session=session, ended_at=None).first()
    return span is not None and now - session.seen_at <= timedelta(seconds=session.idle_s)


def break_until(session: ReviewSession, now: datetime) -> datetime | None:
    """Return until when a break lasts that is due, ``None`` where none is."""
    policy = session.rules
    spans = span_list(session.officer_id, since=today(now) - _BEFORE_DAY, until=now)
    due = since_break_s(spans, now, break_s=policy.break_s) >= policy.break_after_s
    return _last_end(spans) + timedelta(seconds=policy.break_s) if due else None


def _last_end(spans: Sequence[Span]) -> datetime:
    return max(each.ended_at for each in spans)


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
