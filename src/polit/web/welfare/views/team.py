"""What supervisors see and do: flags and trends, the end of an induction, how a case went on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.welfare import queries, services
from polit.web.welfare.forms import InductionForm, OutcomeForm
from polit.web.welfare.rules import INDUCTING, SUPERVISING, TELLING, current_policy

_BOTH = ("GET", "POST")


@access(SUPERVISING)
def team(request: HttpRequest) -> HttpResponse:
    """Show flags and trends of who works on one's cases, and who is available for a lane."""
    user, policy = user_of(request), current_policy()
    rows = queries.team_list(user, now_utc())
    asked = request.GET.get("lane", "")
    lane = next((each for each in policy.lanes if each.code == asked), None)
    available = [
        (row.user, queries.lane_available(row.user, lane.code)) for row in rows
    ] if lane else []  # fmt: skip
    shown = {"rows": rows, "lanes": policy.lanes, "lane": lane, "available": available}
    return render(request, "welfare/team.html", shown)


@access(INDUCTING, methods=_BOTH)
def induction(request: HttpRequest) -> HttpResponse:
    """End the induction of somebody who did this work before."""
    people = queries.newcomer_list(user_of(request), now_utc())
    form = InductionForm(sent(request), people=people)
    if form.is_valid():
        said = form.cleaned_data
        done = attempt(form, lambda: services.induction_end(
            actor_of(request), officer_id=said["officer"].pk, reason=said["reason"],
        ))  # fmt: skip
        if done:
            messages.success(request, "The induction has ended.")
            return redirect("welfare:team")
    return render(request, "welfare/induction.html", {"form": form, "people": people})


@access(TELLING, methods=_BOTH)
def outcome(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Tell those who reviewed a case how it went on."""
    granted = case_access_of(request)
    form = OutcomeForm(sent(request))
    if form.is_valid():
        said = form.cleaned_data
        done = attempt(form, lambda: str(services.outcome_tell(
            actor_of(request), case=granted.case, text=said["text"], reason=said["reason"],
        )), field="text")  # fmt: skip
        if done is not None:
            messages.success(request, f"Told to {done} who reviewed.")
            return redirect("cases:page", case_id)
    return render(request, "welfare/outcome.html", {"form": form, "case": granted.case})
