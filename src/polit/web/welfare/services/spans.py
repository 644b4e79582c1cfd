"""Begins and ends stretches of work, and raises what a supervisor is told. Within an act."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from polit.web.accounts.models import User
from polit.web.cases.models import Notice
from polit.web.cases.services.notices import notice_put
from polit.web.core.rules import Role
from polit.web.welfare.models import ReviewSession, SessionSpan, WelfareFlag
from polit.web.welfare.queries import session_limits, span_of, standing_of, today
from polit.web.welfare.rules import FlagKind

_TOLD_AT_ONCE = frozenset({FlagKind.OVERRIDE, FlagKind.URGENT})


def span_keep(session: ReviewSession, now: datetime) -> None:
    """Let a session's work go on: from here where it had stopped, or nobody had been there."""
    span = _open_span(session)
    if span is not None and span_of(span, now).ended_at < now:
        span_close(session, now)
        span = None
    if span is None:
        SessionSpan(
            session=session, officer_id=session.officer_id, lane=session.lane, began_at=now
        ).save()
    session.seen_at = now


def span_close(session: ReviewSession, now: datetime) -> None:
    """End the stretch of work that goes on, as long as somebody was there."""
    span = _open_span(session)
    if span is not None:
        span.ended_at = span_of(span, now).ended_at
        span.save()


def flags_raise(session: ReviewSession, now: datetime) -> None:
    """Raise what a day of work came to: too long altogether, or too long without a break."""
    standing, limits = standing_of(session, now=now), session_limits(session)
    if standing.worked_s > limits.warn_s:
        flag_raise(session, FlagKind.OVER_WARN, now)
    if standing.since_break_s > limits.break_after_s + limits.break_s:
        flag_raise(session, FlagKind.MISSED_BREAK, now)


def flag_raise(session: ReviewSession, kind: FlagKind, now: datetime) -> None:
    """Raise a flag, once for each day; tell the supervisors of the case of what cannot wait.

    Those of a second case on the same day are told too: they are others, and it is their officer.
    """
    if kind in _TOLD_AT_ONCE:
        _tell(session, kind, now)
    day = now.astimezone(timezone.get_default_timezone()).date()
    same = WelfareFlag.objects.filter(officer_id=session.officer_id, kind=kind.value, on_day=day)
    if same.exists():
        return
    WelfareFlag(officer_id=session.officer_id, session=session, kind=kind.value, on_day=day).save()


def _tell(session: ReviewSession, kind: FlagKind, now: datetime) -> None:
    text = f"{session.officer}: {kind.label[:1].lower()}{kind.label[1:]}. Talk to them today."
    told = Notice.objects.filter(text=text[:500], recorded_at__gte=today(now))
    known = set(told.values_list("user_id", flat=True))
    for user_id in _supervisors(session):
        if user_id not in known:
            notice_put(user_id=user_id, text=text, link="/welfare/team/")


def _open_span(session: ReviewSession) -> SessionSpan | None:
    rows = SessionSpan.objects.filter(session=session, ended_at=None)
    span = rows.first()
    if span is not None:
        span.session = session
    return span


def _supervisors(session: ReviewSession) -> list[UUID]:
    """Return the supervisors of a session's case, or all of them where it has none but oneself."""
    held = User.objects.filter(
        is_active=True,
        role_grants__role=Role.SUPERVISOR.value,
        role_grants__ended_at=None,
    ).exclude(pk=session.officer_id)
    ids = set(held.values_list("pk", flat=True))
    of_case = held.filter(
        case_memberships__case_id=session.case_id, case_memberships__ended_at=None
    )
    return sorted(set(of_case.values_list("pk", flat=True)) or ids)
