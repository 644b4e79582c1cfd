"""The pages of continuity: recording an event, the same for several exhibits, correcting one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt
from polit.web.core.forms import GovukForm
from polit.web.core.rules import Role
from polit.web.exhibits.continuity import PARTS, Part, offered
from polit.web.exhibits.forms.custody import (
    CorrectEventForm,
    SaidForm,
    happening_form,
    together_form,
)
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.queries import ExhibitRow, event_get, exhibit_all
from polit.web.exhibits.rules import EventKind
from polit.web.exhibits.services import (
    BULK_KINDS,
    custody_correct,
    custody_record,
    custody_record_all,
)
from polit.web.exhibits.views.prefill import recalled, remember
from polit.web.exhibits.views.reach import HANDLING, exhibit_of, row_of

_SAME_FOR_NEXT = ("place", "taker_name", "taker_number")


@access(HANDLING, methods=("GET", "POST"))
def event_page(request: HttpRequest, case_id: UUID, exhibit_id: UUID, kind: str) -> HttpResponse:
    """Record what happened to an exhibit."""
    exhibit = exhibit_of(request, exhibit_id)
    row = row_of(exhibit)
    event_kind = _kind(kind)
    if request.method == "GET":
        _check_offered(event_kind, row, user_of(request).roles)
    known = _known(request, case_id, event_kind) | {"after_number": row.last.number}
    form = happening_form(event_kind)(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        event = attempt(
            form,
            lambda: custody_record(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                exhibit=exhibit,
                happening=form.happening(),
                after_number=form.cleaned_data["after_number"],
            ),
        )
        if event is not None:
            _remember(request, case_id, form)
            messages.success(request, f"{exhibit.reference}: {event.label.lower()}.")
            return redirect("exhibits:page", case_id=case_id, exhibit_id=exhibit_id)
        _show_present(form, row_of(exhibit))
    return _form(request, exhibit, form, event_kind.label)


@access(HANDLING, methods=("GET", "POST"))
def together_page(request: HttpRequest, case_id: UUID, kind: str) -> HttpResponse:
    """Record that the same happened to several exhibits."""
    granted = case_access_of(request)
    event_kind = _kind(kind)
    if event_kind not in BULK_KINDS:
        raise Http404
    roles = user_of(request).roles
    rows = exhibit_all(granted)
    possible = [row for row in rows if event_kind in offered(row.last.standing, roles)]
    # What somebody else moved meanwhile is still taken, and refused with words by the service.
    choices = rows if request.method == "POST" else possible
    known = _known(request, case_id, event_kind)
    form = together_form(event_kind)(choices, request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        events = attempt(
            form,
            lambda: custody_record_all(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=granted.case,
                turns=form.chosen(),
                happening=form.happening(),
            ),
        )
        if events is not None:
            _remember(request, case_id, form)
            count = f"{len(events)} exhibits" if len(events) > 1 else "1 exhibit"
            messages.success(request, f"{count}: {event_kind.label.lower()}.")
            return redirect("exhibits:list", case_id=case_id)
    shown = {
        "granted": granted,
        "form": form,
        "heading": f"{event_kind.label}: several exhibits",
        "none": not choices,
    }
    return render(request, "exhibits/form.html", shown)


@access(HANDLING, methods=("GET", "POST"))
def event_correct_page(
    request: HttpRequest, case_id: UUID, exhibit_id: UUID, number: int
) -> HttpResponse:
    """Correct an event by a further one."""
    exhibit = exhibit_of(request, exhibit_id)
    wrong = event_get(exhibit, number)
    if wrong is None:
        raise Http404
    known = {"after_number": row_of(exhibit).last.number, "occurred_at": wrong.occurred_at}
    form = CorrectEventForm(EventKind(wrong.kind), request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        event = attempt(
            form,
            lambda: custody_correct(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                exhibit=exhibit,
                correction=form.correction(wrong),
                after_number=form.cleaned_data["after_number"],
            ),
        )
        if event is not None:
            return redirect("exhibits:page", case_id=case_id, exhibit_id=exhibit_id)
        _show_present(form, row_of(exhibit))
    heading = f"Correct event {wrong.number} of {exhibit.reference}: {wrong.label.lower()}"
    return _form(request, exhibit, form, heading)


def _known(request: HttpRequest, case_id: UUID, kind: EventKind) -> dict[str, object]:
    """Return what a form begins with; a name that is typed as a signature is never offered."""
    known = recalled(request, case_id)
    if Part.SIGNATURES in PARTS[kind]:
        known.pop("taker_name", None)
        known.pop("taker_number", None)
    return known


def _kind(kind: str) -> EventKind:
    """Return the kind of an address.

    Raises:
        Http404: It is none that is recorded by a form.
    """
    if kind not in {each.value for each in PARTS}:
        raise Http404
    return EventKind(kind)


def _check_offered(kind: EventKind, row: ExhibitRow, roles: frozenset[Role]) -> None:
    """Raise ``Http404`` for a form whose answer could only be refused."""
    if kind not in offered(row.last.standing, roles):
        raise Http404


def _show_present(form: GovukForm, row: ExhibitRow) -> None:
    """Have a refused form go on from the event that its message now tells of."""
    form.data = {**form.data, "after_number": str(row.last.number)}


def _remember(request: HttpRequest, case_id: UUID, form: SaidForm) -> None:
    said = {name: form.cleaned_data[name] for name in _SAME_FOR_NEXT if name in form.cleaned_data}
    remember(request, case_id, **said)


def _form(request: HttpRequest, exhibit: Exhibit, form: GovukForm, heading: str) -> HttpResponse:
    shown = {
        "granted": case_access_of(request),
        "exhibit": exhibit,
        "row": row_of(exhibit),
        "form": form,
        "heading": heading,
    }
    return render(request, "exhibits/form.html", shown)
