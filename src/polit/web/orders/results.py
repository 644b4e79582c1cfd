"""What an order takes over from the conviction that it follows, so that nobody types it twice."""

from typing import Any
from uuid import UUID

from polit.base.errors import UsageError
from polit.web.core.access import CaseAccess
from polit.web.court.models import CourtResult
from polit.web.orders.derive import zone
from polit.web.orders.law import current_rules
from polit.web.orders.periods import local_day
from polit.web.people.models import CasePerson

Choices = tuple[tuple[str, str], ...]
_MOST = 200


def result_choices(access: CaseAccess) -> Choices:
    """Return the convictions of a case that hold as choices of a form, the newest first."""
    rows = CourtResult.objects.standing().filter(charge__case_id=access.case.id, convicts=True)
    rows = rows.select_related("charge__place").order_by("-occurred_at", "pk")
    return tuple((str(each.first_id), _words(each)) for each in rows[:_MOST])


def _words(result: CourtResult) -> str:
    charge, day = result.charge, local_day(result.occurred_at, zone())
    who = f"{charge.place.label}, count {charge.count_number}"
    return f"{who}: {result.label.lower()}, {day.day} {day:%B %Y}"


def result_known(access: CaseAccess, result_id: str) -> dict[str, Any]:
    """Return what a form of an order begins with after a conviction; nothing where there is none.

    Args:
        access: The case.
        result_id: The first row of the conviction, as an address names it.
    """
    try:
        found = conviction_get(access, UUID(result_id))
    except (ValueError, UsageError):
        return {}
    day = local_day(found.occurred_at, zone())
    parts = tuple((each.kind, each.amount) for each in found.sentence.all())
    return {
        "place_id": str(found.charge.place_id),
        "court_result_id": str(found.first_id),
        "court": found.court,
        "made_on": day,
        "begins_on": day,
        "sentence": current_rules().sentence_for(parts),
    }


def conviction_get(
    access: CaseAccess, result_id: UUID, place: CasePerson | None = None
) -> CourtResult:
    """Return a conviction of a case that holds, for whom an order is made.

    Raises:
        UsageError: There is none of that first row, or it is of somebody else.
    """
    rows = CourtResult.objects.standing().select_related("charge")
    found = rows.filter(first_id=result_id, charge__case_id=access.case.id, convicts=True).first()
    if found is None:
        raise UsageError("the case has no such conviction: load the page again")
    if place is not None and found.charge.place_id != place.pk:
        raise UsageError("the result at court is of another person: choose one of this person")
    return found
