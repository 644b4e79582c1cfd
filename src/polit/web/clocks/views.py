"""The page of what is due."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.clocks.queries import due_list, kinds_of
from polit.web.clocks.rules import WAITING, DueFilter, Whose
from polit.web.core.access import access
from polit.web.core.listing import FilterShown

_STATES = (("overdue", "Overdue alone"),)
_WHOSE = tuple((each.value, each.label) for each in Whose)


@access(WAITING)
def due_page(request: HttpRequest) -> HttpResponse:
    """List what is due in what somebody may see, overdue things first."""
    user = user_of(request)
    kinds = kinds_of(user)
    filters = (
        _shown(request, "kind", "What", kinds),
        _shown(request, "whose", "Whose", _WHOSE),
        _shown(request, "state", "When", _STATES),
    )
    kind, whose, state = (each.chosen for each in filters)
    wanted = DueFilter(kind, Whose(whose) if whose else None, overdue=bool(state))
    shown = {
        "due": due_list(user, wanted, after=request.GET.get("after", "")),
        "listed": {"filters": filters, "search_label": "", "text": ""},
        "is_narrowed": any((kind, whose, state)),
    }
    return render(request, "clocks/list.html", shown)


def _shown(
    request: HttpRequest, name: str, label: str, options: tuple[tuple[str, str], ...]
) -> FilterShown:
    asked = request.GET.get(name, "")
    chosen = asked if asked in dict(options) else ""
    return FilterShown(name, label, (("", "All"), *options), chosen)
