"""Pages on which unused material, the management document and viewings are kept."""

from typing import TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.arrests.forms import WithdrawForm
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.found import or_404
from polit.web.core.models import Superseded
from polit.web.core.versions import check_unchanged
from polit.web.disclosure.forms import (
    ManagementForm,
    UnusedForm,
    ViewingForm,
    initial_of_item,
    initial_of_viewing,
)
from polit.web.disclosure.models import UnusedItem
from polit.web.disclosure.queries import (
    defendant_get,
    exhibit_choices,
    served_choices,
    text_versions,
    unused_rows,
    viewed_exhibits,
    viewing_rows,
)
from polit.web.disclosure.rules import READING, SENSITIVE, WRITERS, WRITING
from polit.web.disclosure.services import (
    management_write,
    sensitive_read,
    unused_record,
    unused_withdraw,
    viewing_record,
    viewing_withdraw,
)
from polit.web.people.models import CasePerson

Row = TypeVar("Row", bound=Superseded)


@access(WRITING, methods=("GET", "POST"))
def unused_add_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """Record an item of unused material."""
    del case_id
    place = _place(request, defendant_id)
    known = {"schedule": request.GET.get("schedule", "")}
    form = UnusedForm(sent(request), initial=known,
                      exhibits=exhibit_choices(case_access_of(request)))  # fmt: skip
    return _unused_form(request, place, form, None, "Record unused material")


@access(SENSITIVE)
def item_page(request: HttpRequest, case_id: UUID, unused_id: UUID) -> HttpResponse:
    """Show an item of unused material, and what its record said before."""
    del case_id
    rows = or_404(lambda: unused_rows(case_access_of(request), unused_id))
    _note(request, rows[0])
    shown = {"granted": case_access_of(request), "row": rows[0], "rows": rows,
             "place": rows[0].place}  # fmt: skip
    return render(request, "disclosure/item.html", shown)


@access(WRITING, methods=("GET", "POST"))
def unused_correct_page(request: HttpRequest, case_id: UUID, unused_id: UUID) -> HttpResponse:
    """Say what an item's record should have said, or what was decided since."""
    del case_id
    row = _standing(or_404(lambda: unused_rows(case_access_of(request), unused_id)))
    _note(request, row)
    form = UnusedForm(sent(request), initial=initial_of_item(row),
                      exhibits=exhibit_choices(case_access_of(request)))  # fmt: skip
    heading = f"Correct item {row.number} of {row.schedule_kind.short}"
    return _unused_form(request, row.place, form, row.pk, heading)


@access(WRITING, methods=("GET", "POST"))
def unused_withdraw_page(request: HttpRequest, case_id: UUID, unused_id: UUID) -> HttpResponse:
    """Take an item off its schedule."""
    del case_id
    granted = case_access_of(request)
    row = _standing(or_404(lambda: unused_rows(granted, unused_id)))
    _note(request, row)
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: unused_withdraw(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                item_id=row.pk,
            ),
        )  # fmt: skip
        if kept is not None:
            return _to_list(kept)
    return _form(
        request, row.place, form, f"Withdraw item {row.number} of {row.schedule_kind.short}"
    )


@access(WRITING, methods=("GET", "POST"))
def management_write_page(
    request: HttpRequest, case_id: UUID, defendant_id: UUID
) -> HttpResponse:  # fmt: skip
    """Write the next version of the disclosure management document."""
    granted = case_access_of(request)
    place = _place(request, defendant_id)
    versions = text_versions(place)
    known = {"text": versions[0].text, "seen": versions[0].version} if versions else {"seen": 0}
    form = ManagementForm(sent(request), initial=known)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: management_write(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                place_id=defendant_id, text=form.cleaned_data["text"],
                seen=form.cleaned_data["seen"],
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("disclosure:management", case_id=case_id, defendant_id=defendant_id)
    return _form(request, place, form, "Write the disclosure management document")


@access(WRITING, methods=("GET", "POST"))
def viewing_add_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """Log a supervised viewing by the defence."""
    del case_id
    place = _place(request, defendant_id)
    known = {"supervised_by": user_of(request).full_name,
             "served": request.GET.get("served", "")}  # fmt: skip
    form = ViewingForm(sent(request), initial=known, **_choices(request, place))
    return _viewing_form(request, place, form, None, "Log a viewing by the defence")


@access(READING)
def viewing_page(request: HttpRequest, case_id: UUID, viewing_id: UUID) -> HttpResponse:
    """Show a viewing, and what its entry said before."""
    del case_id
    rows = or_404(lambda: viewing_rows(case_access_of(request), viewing_id))
    told = rows[1] if rows[0].is_withdrawal else rows[0]
    shown = {
        "granted": case_access_of(request),
        "row": rows[0],
        "rows": rows,
        "exhibits": viewed_exhibits(told),
        "place": rows[0].place,
        "may_write": bool(user_of(request).roles & WRITERS),
    }
    return render(request, "disclosure/viewing.html", shown)


@access(WRITING, methods=("GET", "POST"))
def viewing_correct_page(request: HttpRequest, case_id: UUID, viewing_id: UUID) -> HttpResponse:
    """Say what the entry of a viewing should have said."""
    del case_id
    row = _standing(or_404(lambda: viewing_rows(case_access_of(request), viewing_id)))
    form = ViewingForm(sent(request), initial=initial_of_viewing(row),
                       **_choices(request, row.place))  # fmt: skip
    return _viewing_form(request, row.place, form, row.pk, "Correct the viewing")


@access(WRITING, methods=("GET", "POST"))
def viewing_withdraw_page(request: HttpRequest, case_id: UUID, viewing_id: UUID) -> HttpResponse:
    """Say that a viewing never took place."""
    granted = case_access_of(request)
    row = _standing(or_404(lambda: viewing_rows(granted, viewing_id)))
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: viewing_withdraw(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                viewing_id=row.pk,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("disclosure:page", case_id=case_id, defendant_id=row.place_id)
    return _form(request, row.place, form, "Say that this viewing never took place")


def _unused_form(
    request: HttpRequest, place: CasePerson, form: UnusedForm, corrects: UUID | None, heading: str
) -> HttpResponse:
    if form.is_valid():
        kept = attempt(
            form,
            lambda: unused_record(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), place_id=place.pk, given=form.given(),
                corrects=_seen(form, corrects),
            ),
        )  # fmt: skip
        if kept is not None:
            return _to_list(kept)
    return _form(request, place, form, heading)


def _viewing_form(
    request: HttpRequest, place: CasePerson, form: ViewingForm, corrects: UUID | None, heading: str
) -> HttpResponse:
    granted = case_access_of(request)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: viewing_record(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                place_id=place.pk, given=form.given(), corrects=_seen(form, corrects),
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("disclosure:viewing", case_id=granted.case.id,
                            viewing_id=kept.first_id)  # fmt: skip
    return _form(request, place, form, heading)


def _seen(form: UnusedForm | ViewingForm, corrects: UUID | None) -> UUID | None:
    """Return the row that a form corrects, which is the one that it began with."""
    if corrects is not None:
        check_unchanged(form.cleaned_data["seen"], str(corrects))
    return corrects


def _choices(request: HttpRequest, place: CasePerson) -> dict[str, list[tuple[str, str]]]:
    granted = case_access_of(request)
    return {"served": served_choices(granted, place), "exhibits": exhibit_choices(granted)}


def _place(request: HttpRequest, defendant_id: UUID) -> CasePerson:
    return or_404(lambda: defendant_get(case_access_of(request), defendant_id))


def _note(request: HttpRequest, row: UnusedItem) -> None:
    """Record that a sensitive item is read."""
    if row.is_sensitive and request.method != "POST":
        sensitive_read(
            actor_of(request), access=case_access_of(request), place=row.place,
            what=f"{row.schedule_kind.short} item {row.number}",
        )  # fmt: skip


def _standing(rows: list[Row]) -> Row:
    """Return the row that holds; what was withdrawn is not corrected."""
    if rows[0].is_withdrawal:
        raise Http404
    return rows[0]


def _to_list(kept: UnusedItem) -> HttpResponse:
    name = "disclosure:sensitive" if kept.is_sensitive else "disclosure:unused"
    return redirect(name, case_id=kept.case_id, defendant_id=kept.place_id)


def _form(request: HttpRequest, place: CasePerson, form: object, heading: str) -> HttpResponse:
    shown = {"granted": case_access_of(request), "place": place, "form": form,
             "heading": heading, "lead": f"{place.label}."}  # fmt: skip
    return render(request, "disclosure/form.html", shown)
