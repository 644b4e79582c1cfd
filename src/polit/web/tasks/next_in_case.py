"""What may come next in a case, one click from each of its records.

It stands above all registers that it names: a record knows what follows itself, and this section
knows the rest of the case.
"""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.signed_in import user_of
from polit.web.arrests import rules as arrests
from polit.web.core.access import case_access_of
from polit.web.core.rules import Role
from polit.web.court import rules as court
from polit.web.exhibits.rules import CUSTODY_ROLES
from polit.web.orders import rules as orders
from polit.web.safeguarding.rules import WORKERS
from polit.web.warrants.rules import APPLICANTS

_STEPS: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("Apply for a warrant", "warrants:apply", APPLICANTS),
    ("Record an arrest", "arrests:add", arrests.WRITERS),
    ("Seize an exhibit", "exhibits:seize", CUSTODY_ROLES),
    ("Record a child", "safeguarding:child_add", WORKERS),
    ("Record a charge", "court:charge_add", court.WRITERS),
    ("Record an order", "orders:make", orders.WRITERS),
)


def next_in_case(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the steps that this person may take in the case; nothing where there is none."""
    granted, roles = case_access_of(request), user_of(request).roles
    steps = [
        (label, reverse(view, args=[granted.case.id]))
        for label, view, allowed in _STEPS
        if roles & allowed
    ]
    return {"steps": steps} if steps else None
