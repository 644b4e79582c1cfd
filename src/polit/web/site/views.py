"""Pages that belong to no register."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.core.access import access
from polit.web.core.rules import SIGNED_IN


@access(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Show where to go on."""
    return render(request, "page.html")
