"""What a case's page shows of examinations."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.core.access import case_access_of
from polit.web.examinations.queries import examination_latest

_SHOWN = 5


def case_examinations(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the case's newest examinations."""
    granted = case_access_of(request)
    return {"case": granted.case, "examinations": examination_latest(granted, _SHOWN)}
