"""What pages of others show of matching: alerts that wait, matches of an entry."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess, case_access_of
from polit.web.core.rules import CASE_ROLES
from polit.web.examinations.rules import TILE_READERS
from polit.web.matching.effect_bars import BAR_HEIGHT, CHART_WIDTH, ROW_HEIGHT, effect_bars
from polit.web.matching.models import StackRun
from polit.web.matching.queries import alert_counts, alerts_waiting, content_matches, entry_content
from polit.web.matching.shown import shown_source
from polit.web.matching.stack_queries import effect_figures, run_of, run_of_examination


def home_alerts(request: HttpRequest) -> Mapping[str, object] | None:
    """Return this person's cases in which alerts are open."""
    user = user_of(request)
    waiting = alerts_waiting(user) if user.roles & CASE_ROLES else []
    return {"waiting": waiting} if waiting else None


def case_alerts(request: HttpRequest) -> Mapping[str, object] | None:
    """Return how many alerts of a case wait."""
    granted = case_access_of(request)
    return {"case": granted.case, "counts": alert_counts(granted)}


def entry_matches(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what hash sets say of the content of the entry in the address."""
    granted = case_access_of(request)
    match = request.resolver_match
    content_id = entry_content(granted, int(match.kwargs["entry_id"])) if match else None
    if content_id is None:
        return None
    sources = [shown_source(each) for each in content_matches(granted, content_id)]
    return {"case": granted.case, "sources": sources} if sources else None


def case_effect(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what matching spared in a case; nothing while it has no package."""
    granted = case_access_of(request)
    shown = _effect(granted, run_of(granted, None))
    if shown["run"] is None:
        return None
    sees = bool(user_of(request).roles & TILE_READERS)
    url = reverse("matching:case_stacks", kwargs={"case_id": granted.case.id}) if sees else ""
    return {**shown, "effect_title": "What matching spares in this case", "stacks_url": url}


def results_effect(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what matching spared in the package of the address."""
    granted = case_access_of(request)
    match = request.resolver_match
    if match is None:
        return None
    run = run_of_examination(granted, match.kwargs["examination_id"])
    return {**_effect(granted, run), "effect_title": "What matching spares"}


def _effect(granted: CaseAccess, run: StackRun | None) -> dict[str, object]:
    figures = effect_figures(run) if run is not None else None
    bars = effect_bars(figures) if figures is not None else []
    height = len(bars) * ROW_HEIGHT
    chart = {"width": CHART_WIDTH, "height": height, "bar": BAR_HEIGHT}
    return {"case": granted.case, "run": run, "figures": figures, "bars": bars, "chart": chart}
