"""The pages of a case itself: list, opening, the case, its status, its record."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.audit.views import CASE_LEADERS
from polit.web.cases.events import event_rows, timeline, timeline_page
from polit.web.cases.forms import CaseChangeForm, CaseOpenForm, NoteForm, ReasonForm
from polit.web.cases.queries import (
    case_get,
    case_listing,
    case_version,
    cases_for,
    member_list,
    note_get,
    note_list,
    offence_codes,
    offence_labels,
)
from polit.web.cases.rules import ANY_CASE_ROLE, CHANGING, IN_CASE, OPENERS, OPENING, STATES
from polit.web.cases.services import case_change_details, case_change_status, case_open, note_add
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.core.listing import listing_of
from polit.web.core.rules import CHILD_READERS
from polit.web.core.sections import contents_of, sections_of


@access(ANY_CASE_ROLE)
def case_list_page(request: HttpRequest) -> HttpResponse:
    """List the cases of whoever asks."""
    user = user_of(request)
    rows = cases_for(user).select_related("area", "team")
    columns = ("reference", "title", "operation")
    listed = listing_of(request, rows, case_listing(columns, "Reference, title or operation"))
    shown = {"listed": listed, "may_open": bool(user.roles & OPENERS)}
    return render(request, "cases/list.html", shown)


@access(OPENING, methods=("GET", "POST"))
def case_open_page(request: HttpRequest) -> HttpResponse:
    """Open a case."""
    form = CaseOpenForm(sent(request))
    if form.is_valid():
        details = form.details()
        case = attempt(
            form,
            lambda: case_open(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                reference=form.cleaned_data["reference"],
                title=details.title,
                operation=details.operation,
                offences=details.offences,
                area_id=details.area_id,
                team_id=details.team_id,
            ),
            field="reference",
        )
        if case is not None:
            return redirect("cases:page", case_id=case.id)
    return render(request, "cases/open.html", {"form": form, "heading": "Open a case"})


_LAST_EVENTS = 6


@access(IN_CASE)
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a case, and what the registers above know of it."""
    granted = case_access_of(request)
    case = case_get(granted)
    roles = user_of(request).roles
    shown = {
        "case": case,
        "granted": granted,
        "offences": offence_labels(case_id),
        "members": [member for member in member_list(case_id) if member.ended_at is None],
        "actions": STATES.offered(case.status, roles),
        "may_change": bool(roles & OPENERS),
        "may_see_log": bool(roles & CASE_LEADERS.read),
        "stages": sections_of("stage", request),
        "sections": contents_of(sections_of("case", request)),
        "events": event_rows(timeline(case_id))[:_LAST_EVENTS],
    }
    return render(request, "cases/page.html", shown)


@access(CHANGING, methods=("GET", "POST"))
def case_change_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Change the details of a case."""
    case = case_get(case_access_of(request))
    known = {
        "title": case.title,
        "operation": case.operation,
        "offences": offence_codes(case_id),
        "area": case.area_id,
        "team": case.team_id,
        "seen": case_version(case),
    }
    form = CaseChangeForm(sent(request), initial=known)
    if form.is_valid():
        changed = attempt(
            form,
            lambda: case_change_details(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case,
                details=form.details(),
                seen=form.cleaned_data["seen"],
            ),
        )
        if changed is not None:
            return redirect("cases:page", case_id=case_id)
    return _form(request, form, "Change the details")


@access(CHANGING, methods=("GET", "POST"))
def case_status_page(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Change the status of a case, as its table of states allows."""
    case = case_get(case_access_of(request))
    offered = STATES.offered(case.status, user_of(request).roles)
    transition = next((each for each in offered if each.action == action), None)
    if transition is None:
        raise Http404
    form = ReasonForm(sent(request))
    if form.is_valid():
        changed = attempt(
            form,
            lambda: case_change_status(
                actor_of(request), reason=form.cleaned_data["reason"], case=case, action=action
            ),
        )
        if changed is not None:
            return redirect("cases:page", case_id=case_id)
    return _form(request, form, f"{transition.label}: why?")


@access(IN_CASE, methods=("GET", "POST"))
def note_list_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the notes on a case, and take another."""
    granted = case_access_of(request)
    form = NoteForm(sent(request))
    if form.is_valid():
        text = form.cleaned_data["text"]
        if attempt(form, lambda: note_add(actor_of(request), case=granted.case, text=text)):
            return redirect("cases:notes", case_id=case_id)
    page = note_list(case_id, after=request.GET.get("after", ""))
    return render(request, "cases/notes.html", {"form": form, "page": page, "granted": granted})


@access(IN_CASE, methods=("GET", "POST"))
def note_correct_page(request: HttpRequest, case_id: UUID, note_id: UUID) -> HttpResponse:
    """Correct a note by a further one; the text begins as the old one, to be typed once only."""
    granted = case_access_of(request)
    note = note_get(case_id, note_id)
    if note is None:
        raise Http404
    form = NoteForm(sent(request), initial={"text": note.text})
    if form.is_valid():
        made = attempt(
            form,
            lambda: note_add(
                actor_of(request),
                case=granted.case,
                text=form.cleaned_data["text"],
                corrects_id=note_id,
                reason="A correction of a note on the case",
            ),
        )
        if made is not None:
            return redirect("cases:notes", case_id=case_id)
    return _form(request, form, "Correct a note")


@access(IN_CASE)
def timeline_full_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show everything that was recorded of a case, reasons only to those who may read all."""
    page = timeline_page(case_id, after=request.GET.get("after", ""))
    shown = {
        "granted": case_access_of(request),
        "page": page,
        "events": event_rows(page.rows),
        "shows_reasons": bool(user_of(request).roles & CHILD_READERS),
    }
    return render(request, "cases/timeline.html", shown)


def _form(request: HttpRequest, form: GovukForm, heading: str) -> HttpResponse:
    shown = {"form": form, "heading": heading, "granted": case_access_of(request)}
    return render(request, "cases/form.html", shown)
