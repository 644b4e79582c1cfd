"""An arrest's story: everything that was recorded of it, corrections too, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from polit.web.arrests.models import (
    Arrest,
    ArrestOutcome,
    BailCondition,
    CustodyStep,
    FamilySupport,
    OfArrest,
    SuspectInterview,
)
from polit.web.core.models import Superseded
from polit.web.risk.models import SuicideRiskPrompt
from polit.web.risk.rules import Occasion


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the story.

    Args:
        at: When it happened.
        recorded_at: When it was written down.
        title: What happened.
        by: Who recorded it.
        is_superseded: Whether a later row corrects or withdraws it.
        lines: Facts in words that everybody on the case may read.
        instants: Facts that are instants: what, when.
        texts: What was written, for readers of children: what, the text.
        kind: The word by which it is corrected; empty where it is not.
        row_id: The row, to correct or withdraw it.
    """

    at: datetime
    recorded_at: datetime
    title: str
    by: str
    is_superseded: bool
    lines: tuple[str, ...] = ()
    instants: tuple[tuple[str, datetime], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    row_id: UUID | None = None


def story(arrest: Arrest) -> list[Told]:
    """Return everything recorded of an arrest, the first first. Seven queries."""
    told = [*_arrests(arrest), *_custody(arrest), *_interviews(arrest), *_outcomes(arrest),
            *_support(arrest)]  # fmt: skip
    return sorted(told, key=lambda each: (each.at, each.recorded_at))


def prompts_missing(arrest: Arrest, told: Sequence[Told]) -> tuple[Occasion, ...]:
    """Return the occasions that came and on which nobody recorded a prompt. One query.

    Args:
        arrest: The arrest.
        told: Its story.
    """
    rows = SuicideRiskPrompt.objects.standing().filter(place_id=arrest.place_id)
    asked = set(rows.filter(occurred_at__gte=arrest.occurred_at).values_list("occasion", flat=True))
    came = {Occasion.ARREST} if arrest.kind == "arrest" else set()
    for each in told:
        if each.is_superseded:
            continue
        if each.kind == "interview":
            came.add(Occasion.INTERVIEW)
        if each.kind == "outcome":
            came.add(Occasion.CHARGE if each.title == "Charged" else Occasion.RELEASE)
    return tuple(each for each in Occasion if each in came and each.value not in asked)


def _arrests(arrest: Arrest) -> Iterator[Told]:
    rows = Arrest.objects.filter(first_id=arrest.first_id).select_related(
        "corrected_by", "corrects"
    )
    for row in rows:
        title = _title(row.way.label, row)
        facts = [f"Officer: {row.officer}", *row.necessity_labels]
        rights = [("Rights given", row.rights_given_at)] if row.rights_given_at else []
        yield Told(
            row.occurred_at, row.recorded_at, title, row.by, _is_over(row), tuple(facts),
            tuple(rights),
            (("Where", row.where), ("Grounds", row.grounds), ("Reason", row.reason)),
        )  # fmt: skip


def _custody(arrest: Arrest) -> Iterator[Told]:
    rows = CustodyStep.objects.filter(arrest_id=arrest.first_id).select_related(
        "corrected_by", "corrects"
    )
    for row in rows:
        until = [("Until", row.until_at)] if row.until_at else []
        yield _told(row, "custody", row.step.label, (f"Decided by: {row.officer}",), until,
                    (("Note", row.note),))  # fmt: skip


def _interviews(arrest: Arrest) -> Iterator[Told]:
    rows = SuspectInterview.objects.filter(arrest_id=arrest.first_id)
    for row in rows.select_related("corrected_by", "corrects"):
        facts = (f"Officers: {row.officers}", f"Legal adviser: {row.legal_adviser}")
        ended = [("Ended", row.ended_at)] if row.ended_at else []
        texts = (("Where", row.where), ("Summary", row.summary))
        yield _told(row, "interview", "Interviewed", facts, ended, texts)


def _outcomes(arrest: Arrest) -> Iterator[Told]:
    rows = ArrestOutcome.objects.filter(arrest_id=arrest.first_id).select_related(
        "corrected_by", "corrects"
    )
    conditions = Prefetch("conditions", BailCondition.objects.order_by("number"))
    for row in rows.prefetch_related(conditions):
        level = row.level
        facts = (f"{level.label} ({level.statute})",) if level else ()
        due = [("Bail ends" if level else "Looked at again", row.due_at)] if row.due_at else []
        asked = [(f"Condition {each.number}", each.text) for each in row.conditions.all()]
        yield _told(row, "outcome", row.way.label, facts, due, (("Why", row.detail), *asked))


def _support(arrest: Arrest) -> Iterator[Told]:
    rows = FamilySupport.objects.filter(arrest_id=arrest.first_id).select_related(
        "corrected_by", "corrects"
    )
    for row in rows:
        facts = ("Taken up" if row.is_accepted else "Not taken up, or not yet",)
        texts = (("To", row.offered_to), ("What", row.what))
        yield _told(row, "support", "Support offered to the family", facts, [], texts)


def _told(
    row: OfArrest,
    kind: str,
    title: str,
    facts: tuple[str, ...],
    instants: list[tuple[str, datetime]],
    texts: tuple[tuple[str, str], ...],
) -> Told:
    written = tuple(each for each in (*texts, ("Reason", row.reason)) if each[1])
    return Told(
        row.occurred_at, row.recorded_at, _title(title, row), row.by, _is_over(row), facts,
        tuple(instants), written, kind, row.pk,
    )  # fmt: skip


def _is_over(row: Superseded) -> bool:
    return row.is_withdrawal or hasattr(row, "corrected_by")


def _title(title: str, row: Superseded) -> str:
    if row.is_withdrawal:
        return f"{title}: withdrawn"
    return f"{title}: correction" if row.corrects is not None else title
