"""What all pages of warrants begin with."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.core.access import case_access_of
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.warrants.models import Warrant, WarrantExecution
from polit.web.warrants.queries import execution_get, warrant_get


def warrant_of(request: HttpRequest, warrant_id: UUID) -> Warrant:
    """Return the warrant of an address.

    Raises:
        Http404: The case in the address has none of this identifier.
    """
    return or_404(lambda: warrant_get(case_access_of(request), warrant_id))


def execution_of(request: HttpRequest, execution_id: UUID) -> WarrantExecution:
    """Return the execution of an address.

    Raises:
        Http404: The case in the address has none of this identifier.
    """
    return or_404(lambda: execution_get(case_access_of(request), execution_id))


def warrant_form(
    request: HttpRequest, form: GovukForm, heading: str, warrant: Warrant | None = None
) -> HttpResponse:
    """Show a form of a warrant."""
    shown = {
        "granted": case_access_of(request),
        "warrant": warrant,
        "form": form,
        "heading": heading,
    }
    return render(request, "warrants/form.html", shown)
