"""Who reaches the pages of exhibits, and what all of them begin with."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.core.forms import GovukForm
from polit.web.core.rules import CASE_ROLES, Access, Scope
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.queries import ExhibitRow, exhibit_get, with_last
from polit.web.exhibits.rules import CUSTODY_ROLES
from polit.web.people.queries import place_list

READING = Access(Scope.CASE, read=CASE_ROLES)
TAKING_OUT = Access(Scope.CASE, read=CASE_ROLES, write=CASE_ROLES)
HANDLING = Access(Scope.CASE, read=CUSTODY_ROLES, write=CUSTODY_ROLES)
DOING = Access(Scope.CASE, write=CUSTODY_ROLES)
PART_OF_PAGE = Access(Scope.CASE, read=CASE_ROLES, consults=False)
"""A thumbnail: the page that it is part of was recorded."""
LOOKING_UP = Access(Scope.ROLE, read=CASE_ROLES)


def exhibit_of(request: HttpRequest, exhibit_id: UUID) -> Exhibit:
    """Return the exhibit of an address.

    Raises:
        Http404: The case in the address has none of this id.
    """
    found = exhibit_get(case_access_of(request), exhibit_id)
    if found is None:
        raise Http404
    return found


def row_of(exhibit: Exhibit) -> ExhibitRow:
    """Return an exhibit with its last event."""
    return with_last((exhibit,))[0]


def people_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return who is in the case, as this person may see them, to choose an owner from."""
    places = place_list(case_access_of(request), user_of(request).roles)
    return [
        (str(each.place_id), f"{each.label} {each.name}".strip())
        for each in places
        if each.ended_at is None
    ]


def exhibit_form(
    request: HttpRequest, exhibit: Exhibit, form: GovukForm, heading: str
) -> HttpResponse:
    """Show a form of an exhibit."""
    shown = {
        "granted": case_access_of(request),
        "exhibit": exhibit,
        "form": form,
        "heading": heading,
    }
    return render(request, "exhibits/form.html", shown)
