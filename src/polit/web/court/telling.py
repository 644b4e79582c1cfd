"""A defendant's story at court: everything that was recorded, corrections too, in order."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Prefetch

from polit.web.arrests.telling import Told
from polit.web.core.access import CaseAccess
from polit.web.core.models import Superseded
from polit.web.court.models import (
    Appeal,
    Charge,
    CourtResult,
    Hearing,
    HearingOutcome,
    OfCourt,
    Plea,
    SentencePart,
)

_LINKED = ("corrected_by", "corrects")


def story(access: CaseAccess, place_id: UUID) -> list[Told]:
    """Return everything recorded of a defendant at court, the first first. Eight queries."""
    case_id = access.case.id
    told = [
        *_charges(case_id, place_id), *_pleas(case_id, place_id), *_hearings(case_id, place_id),
        *_heard(case_id, place_id), *_results(case_id, place_id), *_appeals(case_id, place_id),
    ]  # fmt: skip
    return sorted(told, key=lambda each: (each.at, each.recorded_at))


def _charges(case_id: UUID, place_id: UUID) -> Iterator[Told]:
    for row in Charge.objects.filter(case_id=case_id, place_id=place_id).select_related(*_LINKED):
        days = [f"{day:%-d %B %Y}" for day in (row.from_on, row.to_on) if day]
        period = " to ".join(days)
        facts = (row.offence_label, f"Days of the offence: {period}")
        yield Told(
            row.charged_at, row.recorded_at, _title(f"{row} charged", row), row.by, _is_over(row),
            facts, (), _written(row.reason, ("Particulars", row.particulars)), "charge",
            row.pk,
        )  # fmt: skip


def _pleas(case_id: UUID, place_id: UUID) -> Iterator[Told]:
    rows = Plea.objects.filter(charge__case_id=case_id, charge__place_id=place_id)
    for row in rows.select_related("charge", *_LINKED):
        yield _told(row, "plea", f"Plea to count {row.charge.count_number}", (row.label,))


def _hearings(case_id: UUID, place_id: UUID) -> Iterator[Told]:
    for row in Hearing.objects.filter(case_id=case_id, place_id=place_id).select_related(*_LINKED):
        yield Told(
            row.starts_at, row.recorded_at, _title(row.label, row), row.by, _is_over(row),
            (f"At: {row.court}",), (), _written(row.reason), "hearing", row.pk,
        )  # fmt: skip


def _heard(case_id: UUID, place_id: UUID) -> Iterator[Told]:
    rows = HearingOutcome.objects.filter(hearing__case_id=case_id, hearing__place_id=place_id)
    for row in rows.select_related("hearing", *_LINKED):
        title = f"{row.hearing.label}: {row.way.label.lower()}"
        yield Told(
            row.hearing.starts_at, row.recorded_at, _title(title, row), row.by, _is_over(row), (),
            (), _written(row.reason, ("What it came to", row.outcome)), "hearing_outcome",
            row.pk,
        )  # fmt: skip


def _results(case_id: UUID, place_id: UUID) -> Iterator[Told]:
    rows = CourtResult.objects.filter(charge__case_id=case_id, charge__place_id=place_id)
    parts = SentencePart.objects.select_related("result").order_by("number")
    for row in rows.select_related("charge", *_LINKED).prefetch_related(
        Prefetch("sentence", parts)
    ):
        parts_held = list(row.sentence.all())
        facts = (row.label, f"At: {row.court}", *(each.label for each in parts_held))
        texts = tuple((f"Part {each.number}", each.text) for each in parts_held)
        yield _told(row, "result", f"Result on count {row.charge.count_number}", facts, *texts)


def _appeals(case_id: UUID, place_id: UUID) -> Iterator[Told]:
    rows = Appeal.objects.filter(result__charge__case_id=case_id, result__charge__place_id=place_id)
    for row in rows.select_related("result__charge", *_LINKED):
        title = f"Appeal on count {row.result.charge.count_number}"
        yield _told(row, "appeal", title, (row.label,))


def _told(
    row: OfCourt, kind: str, title: str, facts: tuple[str, ...], *texts: tuple[str, str]
) -> Told:
    return Told(
        row.occurred_at, row.recorded_at, _title(title, row), row.by, _is_over(row), facts, (),
        _written(row.reason, ("Note", row.note), *texts), kind, row.pk,
    )  # fmt: skip


def _written(reason: str, *texts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(each for each in (*texts, ("Reason", reason)) if each[1])


def _is_over(row: Superseded) -> bool:
    return row.is_withdrawal or hasattr(row, "corrected_by")


def _title(title: str, row: Superseded) -> str:
    if row.is_withdrawal:
        return f"{title}: withdrawn"
    return f"{title}: correction" if row.corrects is not None else title
