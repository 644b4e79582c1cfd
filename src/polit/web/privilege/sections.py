"""What legal privilege adds to pages of others."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.privilege.queries import counsel_list, state_counts, waiting_counts
from polit.web.privilege.rules import COUNSELS, HOLDERS


def case_privilege(request: HttpRequest) -> Mapping[str, object]:
    """Return how much of a case is quarantined."""
    granted = case_access_of(request)
    return {"granted": granted, "counts": state_counts(granted.case.id)}


def entry_privilege(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the entry that one press of a button quarantines."""
    match = request.resolver_match
    if match is None or not user_of(request).roles & HOLDERS:
        return None
    return {"granted": case_access_of(request), "entry_id": match.kwargs["entry_id"]}


def home_privilege(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what waits for this person as independent counsel."""
    user = user_of(request)
    if not user.roles & COUNSELS:
        return None
    cases = counsel_list(user)
    waiting = waiting_counts([each.pk for each in cases])
    return {"rows": [(each, waiting.get(each.pk, 0)) for each in cases]}
