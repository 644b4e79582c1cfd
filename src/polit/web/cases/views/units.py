"""The areas and teams of the force: which there are, a further one, the end of one."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.text import visible
from polit.web.cases.forms import ReasonForm, UnitForm
from polit.web.cases.queries import unit_get, unit_list
from polit.web.cases.rules import TEAMS
from polit.web.cases.services import unit_add, unit_end
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent


@access(TEAMS, methods=("GET", "POST"))
def unit_list_page(request: HttpRequest) -> HttpResponse:
    """List the areas and teams with how many cases each has, and take another."""
    form = UnitForm(sent(request))
    if form.is_valid():
        cleaned = form.cleaned_data
        made = attempt(
            form,
            lambda: unit_add(
                actor_of(request),
                reason=cleaned["reason"],
                kind=cleaned["kind"],
                name=cleaned["name"],
            ),
            field="name",
        )
        if made is not None:
            return redirect("cases:units")
    return render(request, "cases/units.html", {"form": form, "units": unit_list()})


@access(TEAMS, methods=("GET", "POST"))
def unit_end_page(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """End an area or a team."""
    unit = unit_get(unit_id)
    if unit is None:
        raise Http404
    form = ReasonForm(sent(request))
    if form.is_valid():
        ended = attempt(
            form,
            lambda: unit_end(
                actor_of(request), reason=form.cleaned_data["reason"], unit_id=unit_id
            ),
        )
        if ended is not None:
            return redirect("cases:units")
    lead = (
        f"No further case goes to {visible(unit.name)}. Its cases keep it, and figures of the past"
        " still count them there."
    )
    shown = {"form": form, "heading": f"End {visible(unit.name)}", "lead": lead}
    return render(request, "cases/unit_end.html", shown)
