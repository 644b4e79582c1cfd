"""What exhibits add to the pages of a case and of a warrant."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.exhibits.queries import exhibit_list, exhibits_by_warrant
from polit.web.exhibits.rules import CUSTODY_ROLES
from polit.web.warrants.queries import executions_standing

_MOST = 10


def case_exhibits(request: HttpRequest) -> Mapping[str, object]:
    """Return the first exhibits of the case."""
    granted = case_access_of(request)
    rows = exhibit_list(granted, size=_MOST).rows
    may_handle = bool(user_of(request).roles & CUSTODY_ROLES)
    return {"granted": granted, "rows": rows, "may_handle": may_handle}


def warrant_exhibits(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what was seized under a warrant; nothing before officers got in with it."""
    granted = case_access_of(request)
    match = request.resolver_match
    warrant_id = UUID(str(match.kwargs["warrant_id"])) if match else None
    executions = [
        each
        for each in executions_standing(granted)
        if each.warrant_id == warrant_id and each.counts
    ]
    exhibits = exhibits_by_warrant(granted, warrant_id) if warrant_id else []
    if not executions and not exhibits:
        return None
    may_handle = bool(user_of(request).roles & CUSTODY_ROLES)
    return {
        "granted": granted,
        "executions": executions if may_handle else [],
        "exhibits": exhibits,
    }
