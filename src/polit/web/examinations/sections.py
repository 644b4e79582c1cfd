"""What a case's page shows of examinations."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.examinations.queries import examination_latest, examinations_of_exhibit
from polit.web.examinations.rules import EXAMINERS

_SHOWN = 5


def case_examinations(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the case's newest examinations."""
    granted = case_access_of(request)
    return {"case": granted.case, "examinations": examination_latest(granted, _SHOWN)}


def exhibit_examinations(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the examinations of an exhibit, and the next one for who examines."""
    match = request.resolver_match
    if match is None:
        return None
    granted = case_access_of(request)
    found = examinations_of_exhibit(granted, match.kwargs["exhibit_id"], _SHOWN)
    may_order = bool(user_of(request).roles & EXAMINERS)
    shown = {
        "case": granted.case,
        "examinations": found,
        "may_order": may_order,
        "exhibit_id": match.kwargs["exhibit_id"],
    }
    return shown if found or may_order else None
