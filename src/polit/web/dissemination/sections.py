"""What the exchange log adds to the page of a case."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.dissemination.queries import awaited_count, exchanges_of
from polit.web.dissemination.rules import WRITERS


def case_exchange(request: HttpRequest) -> Mapping[str, object]:
    """Return how much a case exchanged, and how many answers it waits for."""
    granted = case_access_of(request)
    return {
        "granted": granted,
        "count": exchanges_of(granted).count(),
        "awaited": awaited_count(granted),
        "may_write": bool(user_of(request).roles & WRITERS),
    }
