"""The pages of people, all of them within a case."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.text import visible
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.core.rules import Role
from polit.web.core.sections import sections_of
from polit.web.people.forms import (
    AddForm,
    ChangeForm,
    EndForm,
    IdentifierForm,
    PlaceForm,
    known_from,
)
from polit.web.people.queries import (
    PersonShown,
    changes_elsewhere,
    details_version,
    history,
    people_found,
    person_get,
    person_seen,
    place_list,
)
from polit.web.people.rules import READING, WRITING, may_read_person
from polit.web.people.same_queries import same_candidates, same_hidden, same_records
from polit.web.people.services import (
    identifier_add,
    identifier_end,
    person_add,
    person_change,
    person_consult,
    person_link,
    role_end,
)


@access(READING)
def person_list_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List everybody in a case."""
    del case_id
    roles = user_of(request).roles
    shown = {"places": place_list(case_access_of(request), roles), "may_write": _may_write(request)}
    return render(request, "people/list.html", _with_case(request, shown))


@access(WRITING)
def person_find_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Search somebody before recording them anew."""
    del case_id
    text = request.GET.get("q", "")
    found = people_found(user_of(request), text) if text else None
    return render(request, "people/find.html", _with_case(request, {"text": text, "found": found}))


@access(WRITING, methods=("GET", "POST"))
def person_add_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a new person; what was searched for stands there already."""
    known = known_from(request.GET.get("q", ""))
    today = timezone.localdate(now_utc())
    form = AddForm(sent(request), initial=known, today=today)
    if form.is_valid():
        place = attempt(
            form,
            lambda: person_add(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case_access_of(request).case,
                details=form.details(),
                place=form.place(),
                identifier=form.identifier(),
            ),
            field="value",
        )
        if place is not None:
            return redirect("people:person", case_id=case_id, person_id=place.person_id)
    return _form(request, form, "Add a new person")


@access(WRITING, methods=("GET", "POST"))
def person_link_page(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Add somebody who is known from a case of the officer, or give them a further role."""
    person = person_seen(user_of(request), person_id)
    if person is None:
        raise Http404
    form = PlaceForm(sent(request))
    if form.is_valid():
        place = attempt(
            form,
            lambda: person_link(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case_access_of(request).case,
                person_id=person_id,
                place=form.place(),
            ),
            field="role",
        )
        if place is not None:
            return redirect("people:person", case_id=case_id, person_id=person_id)
    name = visible(person.full_name) or "a person whose name is not known"
    return _form(request, form, "Add a known person", lead=f"You add {name} to this case.")


@access(READING)
def person_page(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Show a person; of a child, to most, only what everybody may call them."""
    del case_id
    granted = case_access_of(request)
    person = _person(request, person_id)
    shown: dict[str, Any] = {"person": person, "may_write": _may_write(request)}
    if not person.is_withheld:
        shown["shows_reasons"] = _may_write(request)
        shown["changes"] = history(granted, person_id)
        shown["elsewhere"] = changes_elsewhere(granted, person_id)
        others = same_records(user_of(request), person_id)
        candidates = same_candidates(user_of(request), person_id)
        also = {each.person_id for each in (*others, *(each.record for each in candidates))}
        if also:
            # Records of other cases, of which the gate of this one says nothing.
            person_consult(actor_of(request), person_id=person_id, same=frozenset(also))
        shown["others"], shown["candidates"] = others, candidates
        shown["hidden_records"] = same_hidden(user_of(request), person_id)
        shown["may_part"] = Role.SUPERVISOR in user_of(request).roles
        shown["sections"] = sections_of("person", request)
    return render(request, "people/person.html", _with_case(request, shown))


@access(WRITING, methods=("GET", "POST"))
def person_change_page(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Change what is known of a person."""
    person = _person(request, person_id)
    today = timezone.localdate(now_utc())
    known = {**asdict(person.details), "seen": details_version(person.details)}
    form = ChangeForm(sent(request), initial=known, today=today)
    if form.is_valid():
        changed = attempt(
            form,
            lambda: person_change(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case_access_of(request).case,
                person_id=person_id,
                details=form.details(),
                seen=form.cleaned_data["seen"],
            ),
        )
        if changed is not None:
            return redirect("people:person", case_id=case_id, person_id=person_id)
    return _form(request, form, f"Change {person.label}")


@access(WRITING, methods=("GET", "POST"))
def identifier_add_page(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Add an identifier or account."""
    person = _person(request, person_id)
    form = IdentifierForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: identifier_add(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case_access_of(request).case,
                person_id=person_id,
                given=form.given(),
            ),
            field="value",
        )
        if kept is not None:
            return redirect("people:person", case_id=case_id, person_id=person_id)
    return _form(request, form, f"Add an identifier of {person.label}")


@access(WRITING, methods=("GET", "POST"))
def identifier_end_page(
    request: HttpRequest, case_id: UUID, person_id: UUID, identifier_id: UUID
) -> HttpResponse:
    """Say that an identifier is not, or no longer, this person's."""
    person = _person(request, person_id)
    holding = {each.identifier_id for each in person.identifiers if each.ended_at is None}
    if identifier_id not in holding:
        raise Http404
    form = EndForm(sent(request))
    if form.is_valid():
        ended = attempt(
            form,
            lambda: identifier_end(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case_access_of(request).case,
                identifier_id=identifier_id,
            ),
        )
        if ended is not None:
            return redirect("people:person", case_id=case_id, person_id=person_id)
    return _form(request, form, f"End an identifier of {person.label}")


@access(WRITING, methods=("GET", "POST"))
def role_end_page(
    request: HttpRequest, case_id: UUID, person_id: UUID, role_id: UUID
) -> HttpResponse:
    """End what a person is in a case."""
    person = _person(request, person_id)
    place = next((each for each in person.places if each.place_id == role_id), None)
    if place is None or place.ended_at is not None:
        raise Http404
    form = EndForm(sent(request))
    if form.is_valid():
        ended = attempt(
            form,
            lambda: role_end(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case_access_of(request).case,
                role_id=role_id,
            ),
        )
        if ended is not None:
            return redirect("people:person", case_id=case_id, person_id=person_id)
    return _form(request, form, f"End the role of {place.label}")


def _person(request: HttpRequest, person_id: UUID) -> PersonShown:
    person = person_get(case_access_of(request), user_of(request), person_id)
    if person is None:
        raise Http404
    return person


def _may_write(request: HttpRequest) -> bool:
    return may_read_person(user_of(request).roles, is_protected=True)


def _with_case(request: HttpRequest, shown: dict[str, Any]) -> dict[str, Any]:
    return {**shown, "granted": case_access_of(request)}


def _form(request: HttpRequest, form: GovukForm, heading: str, *, lead: str = "") -> HttpResponse:
    shown = {"form": form, "heading": heading, "lead": lead}
    return render(request, "people/form.html", _with_case(request, shown))
