"""Pages of alerts: the list of a case, one of them, and what is done about them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.found import or_404
from polit.web.core.rules import Access, Scope
from polit.web.examinations.rules import EXAMINERS, TILE_READERS
from polit.web.matching.forms import AlertActForm, SelectionForm, wanted_of
from polit.web.matching.queries import (
    alert_counts,
    alert_entries,
    alert_exhibits,
    alert_get,
    alert_page,
    alert_steps,
    content_matches,
    tiled,
)
from polit.web.matching.rules import ALERT_READERS, ALERT_STATES, ALERT_WORKERS, AlertState
from polit.web.matching.services import alerts_act
from polit.web.matching.shown import alert_sets, shown_source

_LISTING = Access(Scope.CASE, read=ALERT_READERS, write=ALERT_WORKERS)
_READING = Access(Scope.CASE, read=ALERT_READERS)
_ACTING = Access(Scope.CASE, read=ALERT_WORKERS, write=ALERT_WORKERS)
_MOST_ENTRIES = 50
_TITLES = {
    "acknowledge": "Acknowledge the alert",
    "close": "Close the alert",
    "reopen": "Reopen the alert",
}


@access(_LISTING, methods=("GET", "POST"))
def alerts(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List a case's alerts, and acknowledge those that are chosen."""
    granted = case_access_of(request)
    user = user_of(request)
    form = SelectionForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: alerts_act(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                alerts=form.cleaned_data["alerts"], action="acknowledge", roles=user.roles,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("matching:alerts", case_id=case_id)
    exhibits = alert_exhibits(granted)
    wanted = wanted_of({name: request.GET.get(name, "") for name in request.GET}, exhibits)
    page = alert_page(granted, wanted, after=request.GET.get("after", ""))
    have_tiles = tiled([each.content_id for each in page.rows])
    sees = bool(user.roles & TILE_READERS)
    shown = {
        "case": granted.case,
        "counts": alert_counts(granted),
        "wanted": wanted,
        "states": [*((each.value, each.label) for each in AlertState), ("all", "All")],
        "exhibits": exhibits,
        "rows": [
            (each, alert_sets(each), sees and each.content_id in have_tiles) for each in page.rows
        ],
        "after": page.after,
        "form": form,
        "may_act": bool(user.roles & ALERT_WORKERS),
        "may_match": bool(user.roles & EXAMINERS),
    }
    return render(request, "matching/alerts.html", shown)


@access(_READING)
def alert(request: HttpRequest, case_id: UUID, alert_id: UUID) -> HttpResponse:
    """Show an alert: what alerts, where the content was found, what was done about it."""
    del case_id
    granted = case_access_of(request)
    found = or_404(lambda: alert_get(granted, alert_id))
    roles = user_of(request).roles
    has_tile = bool(roles & TILE_READERS) and found.content_id in tiled([found.content_id])
    shown = {
        "case": granted.case,
        "alert": found,
        "sets": alert_sets(found),
        "sha256": bytes(found.sha256).hex(),
        "has_tile": has_tile,
        "sources": [shown_source(each) for each in content_matches(granted, found.content_id)],
        "entries": alert_entries(granted, found, most=_MOST_ENTRIES),
        "steps": [(each, _step_title(each.action)) for each in alert_steps(found)],
        "offered": ALERT_STATES.offered(found.state, roles),
    }
    return render(request, "matching/alert.html", shown)


@access(_ACTING, methods=("GET", "POST"))
def act_on_alert(
    request: HttpRequest, case_id: UUID, alert_id: UUID, alert_action: str
) -> HttpResponse:
    """Acknowledge, close or reopen one alert, with a reason."""
    if alert_action not in _TITLES:
        raise Http404
    granted = case_access_of(request)
    found = or_404(lambda: alert_get(granted, alert_id))
    form = AlertActForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: alerts_act(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                alerts=[found.pk], action=alert_action, roles=user_of(request).roles,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("matching:alert", case_id=case_id, alert_id=alert_id)
    shown = {"form": form, "heading": _TITLES[alert_action], "case": granted.case, "alert": found}
    return render(request, "matching/act.html", shown)


def _step_title(action: str) -> str:
    titles = {"raise": "Raised", "raise_exact": "Raised again: a digest says so now",
              "acknowledge": "Acknowledged", "close": "Closed", "reopen": "Reopened"}  # fmt: skip
    return titles.get(action, action)
