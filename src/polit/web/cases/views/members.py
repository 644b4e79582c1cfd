"""Who is in a case: for those in it, and for supervisors who need not be."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from polit.base.text import visible
from polit.web.accounts.signed_in import user_of
from polit.web.cases.forms import MemberForm, ReasonForm
from polit.web.cases.models import Case
from polit.web.cases.queries import (
    case_by_id,
    case_listing,
    duty_of,
    member_get,
    member_list,
    team_cases,
    team_rows,
)
from polit.web.cases.rules import CHANGING, IN_CASE, TEAMS, Duty, can_manage_members
from polit.web.cases.services import member_add, member_end
from polit.web.core.access import CaseLike, access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.listing import listing_of
from polit.web.core.rules import CHILD_READERS, Purpose


@access(IN_CASE)
def member_list_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show who is and was in a case."""
    shown = {
        "granted": case_access_of(request),
        "members": member_list(case_id),
        "may_manage": _may_manage(request, case_id),
        "shows_reasons": bool(user_of(request).roles & CHILD_READERS),
    }
    return render(request, "cases/members.html", shown)


@access(CHANGING, methods=("GET", "POST"))
def member_add_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Add somebody to a case: a supervisor, or its lead investigator."""
    if not _may_manage(request, case_id):
        raise PermissionDenied
    granted = case_access_of(request)
    shown = {"granted": granted, "back": reverse("cases:members", args=[case_id])}
    return _add(request, granted.case, shown)


@access(CHANGING, methods=("GET", "POST"))
def member_end_page(request: HttpRequest, case_id: UUID, member_id: UUID) -> HttpResponse:
    """End somebody's access to a case."""
    if not _may_manage(request, case_id):
        raise PermissionDenied
    granted = case_access_of(request)
    back = reverse("cases:members", args=[case_id])
    return _end(request, granted.case, member_id, {"granted": granted, "back": back})


@access(TEAMS)
def team_list_page(request: HttpRequest) -> HttpResponse:
    """Show a supervisor every case with its team, and nothing of its content."""
    listing = case_listing(("reference", "title"), "Reference or title")
    listed = listing_of(request, team_cases(), listing)
    shown = {"listed": listed, "rows": team_rows(listed.page.rows)}
    return render(request, "cases/teams.html", shown)


@access(TEAMS)
def team_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a supervisor the team of a case that they need not be in."""
    shown = {"case": _case(case_id), "members": member_list(case_id), "may_manage": True}
    shown["shows_reasons"] = True
    return render(request, "cases/team.html", shown)


@access(TEAMS, methods=("GET", "POST"))
def team_add_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Let a supervisor add somebody, also themselves, to a case."""
    case = _case(case_id)
    return _add(request, case, {"team_of": case, "back": reverse("cases:team", args=[case_id])})


@access(TEAMS, methods=("GET", "POST"))
def team_end_page(request: HttpRequest, case_id: UUID, member_id: UUID) -> HttpResponse:
    """Let a supervisor end somebody's access to a case."""
    case = _case(case_id)
    back = reverse("cases:team", args=[case_id])
    return _end(request, case, member_id, {"team_of": case, "back": back})


def _add(request: HttpRequest, case: CaseLike, shown: dict[str, object]) -> HttpResponse:
    form = MemberForm(sent(request), case=case)
    if form.is_valid():
        cleaned = form.cleaned_data
        member = attempt(
            form,
            lambda: member_add(
                actor_of(request),
                reason=cleaned["reason"],
                case=case,
                user_id=cleaned["user"].pk,
                purpose=Purpose(cleaned["purpose"]),
                duty=Duty(cleaned["duty"]),
            ),
            field="user",
        )
        if member is not None:
            return redirect(str(shown["back"]))
    page = {**shown, "form": form, "heading": "Add somebody to the case"}
    return render(request, "cases/form.html", page)


def _end(
    request: HttpRequest, case: CaseLike, member_id: UUID, shown: dict[str, object]
) -> HttpResponse:
    member = member_get(case.id, member_id)
    if member is None:
        raise Http404
    form = ReasonForm(sent(request))
    if form.is_valid():
        ended = attempt(
            form,
            lambda: member_end(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case,
                member_id=member_id,
            ),
        )
        if ended is not None:
            is_own = ended.user_id == user_of(request).pk and "granted" in shown
            return redirect("cases:list" if is_own else str(shown["back"]))
    lead = f"The access of {visible(str(member.user))} ends at once. The record of it stays."
    page = {**shown, "form": form, "lead": lead, "heading": "End somebody's access"}
    return render(request, "cases/form.html", page)


def _case(case_id: UUID) -> Case:
    case = case_by_id(case_id)
    if case is None:
        raise Http404
    return case


def _may_manage(request: HttpRequest, case_id: UUID) -> bool:
    actor = actor_of(request)
    return can_manage_members(user_of(request).roles, duty_of(actor, case_id))
