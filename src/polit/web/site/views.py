"""Pages that belong to no register."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.cases.rules import ANY_CASE_ROLE
from polit.web.core.access import access
from polit.web.core.rules import SIGNED_IN
from polit.web.core.sections import sections_of
from polit.web.site.navigation import places_for


@access(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person: what each register says of their work."""
    return render(request, "home.html", {"sections": sections_of("home", request)})


@access(ANY_CASE_ROLE)
def registers(request: HttpRequest) -> HttpResponse:
    """List every register that this person may enter, with what is found there."""
    places = places_for(request.path, user_of(request).roles)
    return render(request, "registers.html", {"places": places})
