"""What is asked of charges, hearings and results. Every query takes an access, or a person."""

from uuid import UUID

from django.db.models import Max

from polit.web.core.access import CaseAccess
from polit.web.court.models import Charge


def count_next(access: CaseAccess, place_id: UUID) -> int:
    """Return the number that the next count of a defendant gets."""
    rows = Charge.objects.standing().filter(case_id=access.case.id, place_id=place_id)
    return (rows.aggregate(last=Max("count_number"))["last"] or 0) + 1
