"""Everything that happened for an unknown child, from all tables, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from polit.web.victims.models import (
    AgeOpinion,
    Appearance,
    UnknownChild,
    UnknownStep,
    VictimAnswer,
    VictimEnquiry,
)
from polit.web.victims.queries.unknown import Held

_STEPS = {
    "note": "Recorded", "look_for": "Being looked for", "set_aside": "Not identifiable for now",
    "reopen": "Taken up again", "identify": "Identified",
    "withdraw_identification": "Identification withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened, as a page shows it.

    Args:
        at: When.
        title: What.
        by: Who recorded it.
        recorded_at: When it was written down.
        reason: Why.
        texts: Further facts as words.
        days: Further facts as days.
        is_superseded: Whether a later row corrects or withdraws it.
        is_withdrawal: Whether it says that it never happened.
        withdraw_url: Where it is withdrawn; empty where it cannot be.
    """

    at: datetime
    title: str
    by: str
    recorded_at: datetime
    reason: str
    texts: tuple[tuple[str, str], ...] = ()
    days: tuple[tuple[str, date], ...] = ()
    is_superseded: bool = False
    is_withdrawal: bool = False
    withdraw_url: str = ""


def unknown_timeline(unknown: UnknownChild) -> list[TimelineRow]:
    """Return what happened for a child, the first first. Five queries, however much it is."""
    rows = [*_steps(unknown), *_opinions(unknown), *_appearances(unknown), *_enquiries(unknown)]
    return sorted(rows, key=lambda each: (each.at, each.recorded_at))


def _steps(unknown: UnknownChild) -> Iterator[TimelineRow]:
    rows = UnknownStep.objects.filter(unknown=unknown).select_related("child__place")
    for each in rows:
        texts = [("How", each.how), ("By", each.by_whom)]
        if each.child is not None:
            texts.append(("Child", each.child.place.label))
        yield TimelineRow(
            each.occurred_at, _STEPS[each.action], each.by, each.recorded_at, each.reason,
            tuple((key, value) for key, value in texts if value),
        )  # fmt: skip


def _opinions(unknown: UnknownChild) -> Iterator[TimelineRow]:
    rows = AgeOpinion.objects.filter(unknown=unknown).select_related("corrected_by")
    for each in rows:
        texts = (("Opinion", each.text), ("Whose", each.whose), ("Grounds", each.grounds))
        yield _row(unknown, each, each.recorded_at, "Opinion on age and sex", texts, "opinion",
                   days=(("Formed on", each.formed_on),))  # fmt: skip


def _appearances(unknown: UnknownChild) -> Iterator[TimelineRow]:
    rows = Appearance.objects.filter(unknown=unknown).select_related("corrected_by", "series")
    for each in rows:
        texts = (("Series", each.series.name),)
        yield _row(unknown, each, each.recorded_at, "Appears in a series", texts, "appearance")


def _enquiries(unknown: UnknownChild) -> Iterator[TimelineRow]:
    sent = VictimEnquiry.objects.filter(unknown=unknown).select_related("corrected_by")
    for each in sent:
        texts = (("To", f"{each.agency}, {each.country}"), ("What", each.what))
        yield _row(unknown, each, each.sent_at, "Enquiry sent", texts, "enquiry")
    answers = VictimAnswer.objects.filter(enquiry__unknown=unknown)
    for answer in answers.select_related("corrected_by", "enquiry"):
        told = (("From", answer.enquiry.agency), ("Result", answer.result_label),
                ("What it says", answer.text))  # fmt: skip
        yield _row(unknown, answer, answer.answered_at, "Answer", told, "answer")


def _row(  # noqa: PLR0913  # what the four kinds of row share
    unknown: UnknownChild,
    row: Held,
    at: datetime,
    title: str,
    texts: tuple[tuple[str, str], ...],
    kind: str,
    *,
    days: tuple[tuple[str, date], ...] = (),
) -> TimelineRow:
    is_superseded = hasattr(row, "corrected_by")
    holds = not is_superseded and not row.is_withdrawal
    url = reverse("victims:withdraw", args=[unknown.case_id, unknown.pk, kind, row.pk])
    return TimelineRow(
        at, title, row.by, row.recorded_at, row.reason,
        tuple((key, value) for key, value in texts if value), days, is_superseded,
        row.is_withdrawal, url if holds else "",
    )  # fmt: skip
