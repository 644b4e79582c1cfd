"""What exhibits add to the page of a case."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.exhibits.queries import exhibit_list
from polit.web.exhibits.rules import CUSTODY_ROLES

_MOST = 10


def case_exhibits(request: HttpRequest) -> Mapping[str, object]:
    """Return the first exhibits of the case."""
    granted = case_access_of(request)
    rows = exhibit_list(granted, size=_MOST).rows
    may_handle = bool(user_of(request).roles & CUSTODY_ROLES)
    return {"granted": granted, "rows": rows, "may_handle": may_handle}
