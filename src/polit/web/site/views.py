"""Pages that belong to no register."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.core.access import access
from polit.web.core.rules import SIGNED_IN
from polit.web.core.sections import sections_of


@access(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person: what each register says of their work."""
    return render(request, "home.html", {"sections": sections_of("home", request)})
