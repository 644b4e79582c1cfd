"""What one officer sees of themselves: figures, sessions, how cases went on."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db.models import Count, Q, Sum

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.welfare.models import (
    CheckIn,
    ExposureSeen,
    Outcome,
    ReviewSession,
    SessionSpan,
)
from polit.web.welfare.queries.figures import HvFigures, exposure_rows, figures_since
from polit.web.welfare.queries.sessions import span_list, span_of, today
from polit.web.welfare.rules import (
    Rung,
    Span,
    What,
    breaks_taken,
    current_policy,
    policy_of,
    worked_s,
)

PICTURE_RUNGS = (Rung.GREY_160, Rung.COLOUR_160, Rung.FULL_GREY, Rung.FULL)
_MOST_OUTCOMES = 20


@dataclass(frozen=True, slots=True)
class OwnPeriod:
    """What a stretch of days came to, for the officer alone.

    Args:
        label: Which days.
        worked_s: Time at work in sessions.
        breaks: Breaks between work; nights are none.
        shown_ms: How long something stood uncovered.
        figures: What was uncovered.
    """

    label: str
    worked_s: int
    breaks: int
    shown_ms: int
    figures: HvFigures


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """A session as the exposure record tells it.

    Args:
        session: The session.
        reference: The case's reference; empty where the officer has no access to it any more.
        lanes: The lanes it was in, in order.
        worked_s: Time at work.
        breaks: Breaks within it.
        rungs: Stacks uncovered on each of ``PICTURE_RUNGS``.
        audio_ms: Sound that was asked for.
        texts: Texts that were opened.
        shown_ms: How long something stood uncovered.
        repeats: Looks at what had been seen before.
    """

    session: ReviewSession
    reference: str
    lanes: tuple[str, ...]
    worked_s: int
    breaks: int
    rungs: tuple[int, ...]
    audio_ms: int
    texts: int
    shown_ms: int
    repeats: int


def period_list(user: User, now: datetime) -> list[OwnPeriod]:
    """Return what today, this week, and the last 30 days and 365 days came to."""
    begin = today(now)
    begins = (
        ("Today", begin),
        ("This week", begin - timedelta(days=begin.weekday())),
        ("The last 30 days", begin - timedelta(days=29)),
        ("The last 365 days", begin - timedelta(days=364)),
    )
    starts = [since for _label, since in begins]
    # Work that went on past midnight counts where it falls.
    spans = span_list(user.pk, since=min(starts) - timedelta(days=1), until=now)
    shown, figures = _shown_since(user, starts), figures_since(user, starts)
    return [
        OwnPeriod(
            label, worked_s(spans, since, now), _breaks(s for s in spans if s.began_at >= since),
            shown[number], figures[number],
        )
        for number, (label, since) in enumerate(begins)
    ]  # fmt: skip


def _shown_since(user: User, begins: Sequence[datetime]) -> list[int]:
    """Return how long something stood uncovered since each of some instants, in milliseconds."""
    rows = ExposureSeen.objects.filter(exposure__officer=user, exposure__unshown=None)
    sums = {
        f"since_{number}": Sum(
            "shown_ms", filter=Q(exposure__recorded_at__gte=begin), default=0
        )
        for number, begin in enumerate(begins)
    }  # fmt: skip
    found = rows.filter(exposure__recorded_at__gte=min(begins)).aggregate(**sums)
    return [int(found[name]) for name in sums]


def session_record(user: User, *, since: datetime, until: datetime) -> list[RecordedSession]:
    """Return a person's sessions that began between two instants, the latest first."""
    rows = ReviewSession.objects.filter(officer=user, recorded_at__gte=since, recorded_at__lt=until)
    sessions = list(rows.select_related("case").order_by("-recorded_at"))
    ids = [each.pk for each in sessions]
    spans, shown = _spans(ids, until), _shown_by_session(ids)
    counts = _counts_by_session(ids)
    seen = set(cases_for(user).values_list("pk", flat=True))
    return [
        _recorded(
            each, each.case.reference if each.case_id in seen else "", spans[each.pk],
            counts[each.pk], shown.get(each.pk, 0),
        )
        for each in sessions
    ]  # fmt: skip


def outcome_list(user: User) -> list[Outcome]:
    """Return how cases went on that a person reviewed and still has access to."""
    cases = cases_for(user).filter(review_sessions__officer=user)
    rows = Outcome.objects.filter(case__in=cases.values("pk")).select_related("case")
    return list(rows.order_by("-recorded_at")[:_MOST_OUTCOMES])


def check_in_list(user: User) -> list[CheckIn]:
    """Return what a person wrote after sessions, the latest first."""
    rows = CheckIn.objects.filter(session__officer=user).select_related("session")
    return list(rows.order_by("-recorded_at")[:_MOST_OUTCOMES])


def session_last(user: User, case_id: UUID, now: datetime) -> ReviewSession | None:
    """Return the session that a person ended last in a case, within the last day."""
    rows = ReviewSession.objects.filter(officer=user, case_id=case_id, ended_at__isnull=False)
    recent = rows.filter(ended_at__gte=now - timedelta(days=1)).select_related("case")
    return recent.order_by("-ended_at").first()


def week_counts(user: User, *, weeks: int, now: datetime) -> list[tuple[datetime, int]]:
    """Return how many stacks were uncovered in each of the last weeks, the oldest first."""
    monday = today(now) - timedelta(days=today(now).weekday())
    begins = [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    counts = {
        f"week_{number}": Count("pk", filter=Q(
            recorded_at__gte=begin, recorded_at__lt=begin + timedelta(weeks=1)
        ))
        for number, begin in enumerate(begins)
    }  # fmt: skip
    found = exposure_rows().filter(officer=user, recorded_at__gte=begins[0]).aggregate(**counts)
    return [(begin, found[f"week_{number}"]) for number, begin in enumerate(begins)]


def _breaks(spans: Iterable[Span]) -> int:
    """Return the breaks within the days of some work."""
    days: dict[datetime, list[Span]] = defaultdict(list)
    for each in spans:
        days[today(each.began_at)].append(each)
    return sum(breaks_taken(each, break_s=current_policy().break_s) for each in days.values())


def _spans(ids: list[UUID], now: datetime) -> dict[UUID, list[Span]]:
    found: dict[UUID, list[Span]] = defaultdict(list)
    rows = SessionSpan.objects.filter(session_id__in=ids).select_related("session")
    for each in rows.order_by("began_at"):
        found[each.session_id].append(span_of(each, now))
    return found


def _counts_by_session(ids: list[UUID]) -> dict[UUID, dict[str, int]]:
    sound = Sum("length_ms", filter=Q(what=What.SOUND.value), default=0)
    rungs = {f"rung_{rung.value}": Count("pk", filter=Q(rung=rung)) for rung in PICTURE_RUNGS}
    rows = exposure_rows().filter(session_id__in=ids).order_by().values("session_id")
    found = rows.annotate(
        audio_ms=sound,
        texts=Count("pk", filter=Q(what=What.TEXT.value)),
        repeats=Count("pk", filter=Q(is_repeat=True)),
        **rungs,
    )
    counts: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    counts.update({each["session_id"]: cast("dict[str, int]", each) for each in found})
    return counts


def _shown_by_session(ids: list[UUID]) -> dict[UUID, int]:
    rows = ExposureSeen.objects.filter(exposure__session_id__in=ids).order_by()
    found = rows.values_list("exposure__session_id").annotate(total=Sum("shown_ms"))
    return dict(found)


def _recorded(
    session: ReviewSession, reference: str, spans: list[Span], counts: dict[str, int], shown: int
) -> RecordedSession:
    policy = policy_of(session.policy)
    lanes = tuple(dict.fromkeys(policy.lane(each.lane).label for each in spans))
    return RecordedSession(
        session=session,
        reference=reference,
        lanes=lanes or (session.lane_rules.label,),
        worked_s=int(sum((each.ended_at - each.began_at).total_seconds() for each in spans)),
        breaks=breaks_taken(spans, break_s=policy.break_s),
        rungs=tuple(counts[f"rung_{rung.value}"] for rung in PICTURE_RUNGS),
        audio_ms=counts["audio_ms"],
        texts=counts["texts"],
        shown_ms=shown,
        repeats=counts["repeats"],
    )
