"""The page of the search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.search.queries import kind_choices, search_hits
from polit.web.search.rules import SEARCHING
from polit.web.search.services import search_consult


@access(SEARCHING)
def search_page(request: HttpRequest) -> HttpResponse:
    """Search everything that whoever asks may see."""
    user = user_of(request)
    text = request.GET.get("q", "")
    kinds = kind_choices()
    asked = request.GET.get("kind", "")
    kind = asked if asked in dict(kinds) else ""
    shown: dict[str, object] = {"text": text, "kinds": kinds, "kind": kind, "hits": None}
    if text.strip():
        hits = search_hits(user, text, kind=kind, after=request.GET.get("after", ""))
        search_consult(
            actor_of(request), length=len(text), kind=kind, found=hits.count,
            shown=[each.record for each in hits.rows],
        )  # fmt: skip
        shown["hits"] = hits
    return render(request, "search/page.html", shown)
