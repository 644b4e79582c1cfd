"""Pages of examinations: the list, ordering, progress, notes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from polit.base.clock import now_utc
from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import EvidenceItem
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.core.rules import Access, Scope
from polit.web.examinations.forms import (
    NoteForm,
    OrderForm,
    PrintForm,
    PriorityForm,
    ReasonForm,
)
from polit.web.examinations.models import Examination, Note
from polit.web.examinations.papers import notes_pdf
from polit.web.examinations.queries import (
    broker_client,
    examination_get,
    examination_list,
    exhibit_list,
    note_get,
    note_list,
)
from polit.web.examinations.rules import (
    EXAMINATION_STATES,
    EXAMINERS,
    MOST_AT_ONCE,
    READERS,
    TILE_READERS,
    ExaminationKind,
    ExaminationState,
)
from polit.web.examinations.services import (
    examination_act,
    examination_prioritise,
    examinations_ask,
    note_add,
    notes_disclose,
)

_READING = Access(Scope.CASE, read=READERS)
# A part of the examination's page, asked for every few seconds: the page was recorded.
_PART = Access(Scope.CASE, read=READERS, consults=False)
_EXAMINING = Access(Scope.CASE, read=EXAMINERS, write=EXAMINERS)
_TAKING_OUT = Access(Scope.CASE, read=EXAMINERS, write=EXAMINERS, fresh=True)
_IMAGE_ENDINGS = (".e01", ".ex01", ".dd", ".raw", ".img", ".001", ".bin")
_ACTIONS = frozenset({"stop", "resume", "cancel"})


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One name below an evidence root.

    Args:
        item: What the broker says of it.
        place: Where it is, ``root/relative``.
        is_image: Whether its name ends like an image's first segment.
    """

    item: EvidenceItem
    place: str
    is_image: bool


@access(_READING)
def listing(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the examinations of a case."""
    del case_id
    granted = case_access_of(request)
    page = examination_list(granted, after=request.GET.get("after", ""))
    shown = {"page": page, "may_examine": _may_examine(request)}
    return _page(request, "examinations/list.html", shown)


@access(_EXAMINING)
def browse(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show what lies below the evidence roots, to choose from."""
    del case_id
    place = request.GET.get("place", "")
    shown: dict[str, object] = {"place": place, "above": place.rpartition("/")[0]}
    shown["exhibit"] = request.GET.get("exhibit", "")
    try:
        items = [_shown(place, item) for item in broker_client().evidence_list(place)]
        shown |= {"items": items, "images": [each for each in items if each.is_image]}
    except (BrokerGone, BrokerRefused) as error:
        shown["error"] = str(error)
    return _page(request, "examinations/browse.html", shown)


@access(_EXAMINING, methods=("GET", "POST"))
def order(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask for the examination of what was chosen: one for each image."""
    granted = case_access_of(request)
    places = [each.strip() for each in request.GET.getlist("evidence") if each.strip("/ ")]
    places = list(dict.fromkeys(places))[:MOST_AT_ONCE]
    if not places:
        return redirect("examinations:browse", case_id=case_id)
    exhibits, chosen = exhibit_list(granted), request.GET.get("exhibit", "")
    form = OrderForm(request.POST or None, places=places, exhibits=exhibits, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: examinations_ask(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                kind=ExaminationKind.QUEUED,
                asked=form.asked(),
            ),
        )
        if made is not None and len(made) == 1:
            return redirect("examinations:page", case_id=case_id, examination_id=made[0].id)
        if made is not None:
            return redirect("examinations:list", case_id=case_id)
    lead = f"{len(places)} to be examined, each for itself." if len(places) > 1 else ""
    return _form(request, form, "Queue for examination", lead)


@access(_READING, methods=("GET",))
def page(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Show an examination: what was asked for, how far it is, its notes."""
    del case_id
    examination = _examination(request, examination_id)
    shown = _standing(request, examination) | {"notes": note_list(examination)}
    return _page(request, "examinations/page.html", shown)


def _standing(request: HttpRequest, examination: Examination) -> dict[str, object]:
    return {
        "examination": examination,
        "actions": EXAMINATION_STATES.offered(examination.state, user_of(request).roles),
        "may_examine": _may_examine(request),
        "may_follow": _may_follow(request, examination),
        "is_asked": examination.standing is ExaminationState.ASKED,
    }


@access(_PART)
def progress(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Show how far an examination is; at its end also what can be done then.

    While it moves the buttons are left alone: who is on one of them with the keyboard stays there.
    """
    del case_id
    shown = _standing(request, _examination(request, examination_id)) | {"is_part": True}
    response = _page(request, "examinations/progress.html", shown)
    response["Cache-Control"] = "no-store"
    return response


@access(_EXAMINING, methods=("GET", "POST"))
def act_on(
    request: HttpRequest, case_id: UUID, examination_id: UUID, examination_action: str
) -> HttpResponse:
    """Stop, resume or cancel an examination, with a reason."""
    action = examination_action
    if action not in _ACTIONS:
        raise Http404
    examination = _examination(request, examination_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: examination_act(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                examination=examination,
                action=action,
                roles=user_of(request).roles,
            ),
        )
        if done is not None:
            return redirect("examinations:page", case_id=case_id, examination_id=examination_id)
    return _form(request, form, f"{action.capitalize()} the examination")


@access(_EXAMINING, methods=("GET", "POST"))
def prioritise(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Change the place of an examination in the queue."""
    examination = _examination(request, examination_id)
    form = PriorityForm(request.POST or None, initial={"priority": examination.priority})
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: examination_prioritise(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                examination=examination,
                priority=form.cleaned_data["priority"],
            ),
            field="priority",
        )
        if done is not None:
            return redirect("examinations:page", case_id=case_id, examination_id=examination_id)
    return _form(request, form, "Place in the queue")


@access(_EXAMINING, methods=("GET", "POST"))
def note(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Write a note of an examination."""
    return _noted(request, case_id, _examination(request, examination_id), None)


@access(_EXAMINING, methods=("GET", "POST"))
def note_correct(
    request: HttpRequest, case_id: UUID, examination_id: UUID, examination_note_id: UUID
) -> HttpResponse:
    """Correct a note; the old one stays, struck through."""
    granted = case_access_of(request)
    corrected = or_404(lambda: note_get(granted, examination_id, examination_note_id))
    return _noted(request, case_id, _examination(request, examination_id), corrected)


@access(_TAKING_OUT, methods=("GET", "POST"))
def notes_print(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Send the notes of an examination as a paper, once it is recorded that they leave."""
    del case_id
    examination = _examination(request, examination_id)
    form = PrintForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        lead = "Every note and every correction. It is recorded who took them and why."
        return _form(request, form, "Print the notes", lead)
    data = notes_pdf(examination, printed_by=str(user_of(request)))
    notes_disclose(
        actor_of(request),
        reason=form.cleaned_data["reason"],
        examination=examination,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    name = f"notes-{examination.exhibit.safe_name}.pdf"
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
            "Cache-Control": "no-store",
        },
    )


def _noted(
    request: HttpRequest, case_id: UUID, examination: Examination, corrects: Note | None
) -> HttpResponse:
    initial: dict[str, object] = {"occurred_at": now_utc()}
    if corrects is not None:
        initial = {"occurred_at": corrects.occurred_at, "text": corrects.text}
    form = NoteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        kept = attempt(
            form,
            lambda: note_add(
                actor_of(request),
                reason="correction of a note" if corrects else "contemporaneous note",
                examination=examination,
                text=form.cleaned_data["text"],
                occurred_at=form.cleaned_data["occurred_at"],
                corrects=corrects,
            ),
            field="text",
        )
        if kept is not None:
            return redirect("examinations:page", case_id=case_id, examination_id=examination.id)
    return _form(request, form, "Correct a note" if corrects else "Write a note")


def _shown(place: str, item: EvidenceItem) -> ShownItem:
    below = f"{place}/{item.name}" if place else item.name
    is_image = item.kind == "file" and item.name.lower().endswith(_IMAGE_ENDINGS)
    return ShownItem(item, below, is_image)


def _may_examine(request: HttpRequest) -> bool:
    return bool(user_of(request).roles & EXAMINERS)


def _may_follow(request: HttpRequest, examination: Examination) -> bool:
    is_here = examination.way is ExaminationKind.QUEUED and examination.standing.is_followed
    return is_here and bool(user_of(request).roles & TILE_READERS)


def _examination(request: HttpRequest, examination_id: UUID) -> Examination:
    granted = case_access_of(request)
    return or_404(lambda: examination_get(granted, examination_id))


def _form(request: HttpRequest, form: GovukForm, heading: str, lead: str = "") -> HttpResponse:
    shown = {"form": form, "heading": heading, "lead": lead}
    return _page(request, "examinations/form.html", shown)


def _page(request: HttpRequest, template: str, shown: Mapping[str, object]) -> HttpResponse:
    return render(request, template, {"case": case_access_of(request).case, **shown})
