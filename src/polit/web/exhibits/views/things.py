"""The pages of exhibits themselves: list, seizing, the exhibit, its parts, what was wrong."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt
from polit.web.core.sections import sections_of
from polit.web.exhibits.catalogue import finer_label, power_label
from polit.web.exhibits.continuity import offered
from polit.web.exhibits.forms.things import CorrectThingForm, SeizeForm, SplitForm
from polit.web.exhibits.queries import (
    ExhibitRow,
    event_list,
    exhibit_list,
    part_list,
    part_suggestion,
    passcode_list,
    photograph_list,
    redescription_list,
    reference_suggestion,
    reference_suggestions,
)
from polit.web.exhibits.rules import CUSTODY_ROLES
from polit.web.exhibits.services import (
    BULK_KINDS,
    exhibit_correct,
    exhibit_seize,
    exhibit_split,
    facts_digest,
)
from polit.web.exhibits.telling import seal_changes, told_events
from polit.web.exhibits.views.prefill import (
    begun_by_execution,
    execution_choices,
    recalled,
    remember,
)
from polit.web.exhibits.views.reach import (
    HANDLING,
    READING,
    exhibit_form,
    exhibit_of,
    people_of,
    row_of,
)
from polit.web.warrants.queries import executions_standing


@access(READING)
def exhibit_list_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the exhibits of a case, each part below its parent."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    page = exhibit_list(granted, after=request.GET.get("after", ""))
    shown = {
        "granted": granted,
        "page": page,
        "together": sorted(BULK_KINDS, key=lambda kind: kind.label),
        "may_handle": bool(user_of(request).roles & CUSTODY_ROLES),
    }
    return render(request, "exhibits/list.html", shown)


@access(HANDLING, methods=("GET", "POST"))
def seize_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Seize an exhibit; what is the same for the next one is offered again."""
    granted = case_access_of(request)
    executions = executions_standing(granted)
    known = begun_by_execution(request, recalled(request, case_id), executions)
    last, producer = str(known.pop("last_reference", "")), str(known["producer_name"])
    known["reference"] = reference_suggestion(granted, last, producer=producer)
    form = SeizeForm(people_of(request), request.POST or None, initial=known)
    form.suggest(reference_suggestions(granted))
    form.offer_executions(execution_choices(executions))
    if request.method == "POST" and form.is_valid():
        seizure, thing = form.seizure(), form.thing()
        exhibit = attempt(
            form,
            lambda: exhibit_seize(
                actor_of(request),
                reason=f"seized: {power_label_of(form)}",
                case=granted.case,
                seizure=seizure,
                thing=thing,
            ),
        )
        if exhibit is not None:
            same = {name: form.cleaned_data[name] for name in SeizeForm.SAME_FOR_NEXT}
            same["seized_at"] = seizure.seized_at.isoformat()
            remember(request, case_id, last_reference=exhibit.reference, **same)
            messages.success(request, f"{exhibit.reference} was seized.")
            if form.cleaned_data["another"]:
                return redirect("exhibits:seize", case_id=case_id)
            return redirect("exhibits:page", case_id=case_id, exhibit_id=exhibit.id)
    shown = {"granted": granted, "form": form, "heading": "Seize an exhibit"}
    return render(request, "exhibits/form.html", shown)


def power_label_of(form: SeizeForm) -> str:
    """Return the power that a form names, and its reference, as a reason."""
    field = form.fields["power_code"]
    choices = dict(getattr(field, "choices", ()))
    label = str(choices.get(form.cleaned_data["power_code"], ""))
    return " ".join((label, form.cleaned_data["power_reference"])).strip()


@access(READING)
def exhibit_page(request: HttpRequest, case_id: UUID, exhibit_id: UUID) -> HttpResponse:
    """Show an exhibit: what it is, who has it, every event, codes and photographs."""
    del case_id  # the gate has read it
    exhibit = exhibit_of(request, exhibit_id)
    events = event_list([exhibit])[exhibit.id]
    told = told_events(events)
    row = ExhibitRow(exhibit, events[-1])
    roles = user_of(request).roles
    shown = {
        "granted": case_access_of(request),
        "exhibit": exhibit,
        "row": row,
        "events": told,
        "seals": seal_changes(told),
        "redescribed": redescription_list([exhibit])[exhibit.id],
        "parts": part_list(exhibit),
        "passcodes": passcode_list(exhibit),
        "photographs": photograph_list([exhibit])[exhibit.id],
        "kinds": offered(row.last.standing, roles) if roles & CUSTODY_ROLES else (),
        "may_handle": bool(roles & CUSTODY_ROLES),
        "power": power_label(exhibit.power_law, exhibit.power_code),
        "finer_kind": finer_label(exhibit.finer_kind),
        "sections": sections_of("exhibit", request),
    }
    return render(request, "exhibits/page.html", shown)


@access(HANDLING, methods=("GET", "POST"))
def exhibit_correct_page(request: HttpRequest, case_id: UUID, exhibit_id: UUID) -> HttpResponse:
    """Correct what was said of an exhibit."""
    exhibit = exhibit_of(request, exhibit_id)
    known = CorrectThingForm.known(exhibit) | {"shown": facts_digest(exhibit)}
    form = CorrectThingForm(people_of(request), request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        corrected = attempt(
            form,
            lambda: exhibit_correct(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                exhibit=exhibit,
                thing=form.thing(),
                shown=form.cleaned_data["shown"],
            ),
        )
        if corrected is not None:
            return redirect("exhibits:page", case_id=case_id, exhibit_id=exhibit_id)
    return exhibit_form(request, exhibit, form, f"Correct {exhibit.reference}")


@access(HANDLING, methods=("GET", "POST"))
def exhibit_split_page(request: HttpRequest, case_id: UUID, exhibit_id: UUID) -> HttpResponse:
    """Split a part off an exhibit."""
    parent = exhibit_of(request, exhibit_id)
    row = row_of(parent)
    known = recalled(request, case_id) | {
        "reference": part_suggestion(parent),
        "after_number": row.last.number,
    }
    form = SplitForm(people_of(request), request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        split_off, thing = form.split_off(), form.thing()
        part = attempt(
            form,
            lambda: exhibit_split(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                parent=parent,
                thing=thing,
                split_off=split_off,
            ),
        )
        if part is not None:
            names = ("place", "producer_name", "producer_number")
            remember(request, case_id, **{name: form.cleaned_data[name] for name in names})
            return redirect("exhibits:page", case_id=case_id, exhibit_id=part.id)
        form.data = {**form.data, "after_number": str(row_of(parent).last.number)}
    return exhibit_form(request, parent, form, f"Split a part off {parent.reference}")
