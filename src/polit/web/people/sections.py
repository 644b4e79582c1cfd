"""What people add to the page of a case."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.people.queries import place_list
from polit.web.people.rules import may_read_person


def case_people(request: HttpRequest) -> Mapping[str, object]:
    """Return who is in the case now, as this person may see them."""
    granted, roles = case_access_of(request), user_of(request).roles
    places = [each for each in place_list(granted, roles) if each.ended_at is None]
    may_write = may_read_person(roles, is_protected=True)
    return {"granted": granted, "places": places, "may_write": may_write}
