"""What is asked of arrests. Every query takes the access to a case, or a person."""

from datetime import datetime
from uuid import UUID

from polit.web.arrests.custody import Step
from polit.web.arrests.models import ArrestOutcome, CustodyStep
from polit.web.arrests.rules import CustodyKind, OutcomeKind


def steps_of(arrest_id: UUID, *, without: UUID | None = None) -> list[Step]:
    """Return the steps in custody that hold, without one that is being corrected."""
    rows = CustodyStep.objects.standing().filter(arrest_id=arrest_id)
    return [
        Step(CustodyKind(each.kind), each.occurred_at, each.until_at)
        for each in rows
        if each.pk != without
    ]


def outcome_before(
    arrest_id: UUID, occurred_at: datetime, *, without: UUID | None = None
) -> OutcomeKind | None:
    """Return the outcome that an arrest had at an instant, without one that is being corrected."""
    rows = ArrestOutcome.objects.standing().filter(
        arrest_id=arrest_id, occurred_at__lte=occurred_at
    )
    found = rows.exclude(pk=without) if without else rows
    last = found.order_by("-occurred_at", "-recorded_at").first()
    return OutcomeKind(last.kind) if last else None
