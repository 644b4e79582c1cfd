"""One person over several records and cases: comparing, merging, parting, the page of all of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.chronology import happenings_of
from polit.web.core.rules import Role
from polit.web.people.forms import MergeForm, PartForm
from polit.web.people.queries import is_protected, person_get, person_seen, same_person_ids
from polit.web.people.rules import ACROSS, SPLITTING, WRITING
from polit.web.people.same_queries import (
    RecordShown,
    records_shown,
    same_candidate,
    same_hidden,
)
from polit.web.people.services import person_consult, person_merge, person_unmerge

HAPPENINGS_MOST = 500


@access(ACROSS)
def person_across_page(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show a person over all cases that the reader has access to, and what happened, in order."""
    user = user_of(request)
    person = person_seen(user, person_id)
    if person is None:
        raise Http404
    same = same_person_ids(person_id)
    person_consult(actor_of(request), person_id=person_id, same=same)
    happened = happenings_of(user, same)
    records = records_shown(user, same)
    shown = {
        "person": person,
        "records": records,
        "is_protected": is_protected(person),
        "hidden": same_hidden(user, person_id),
        "happenings": happened[-HAPPENINGS_MOST:],
        "left_out": max(0, len(happened) - HAPPENINGS_MOST),
        "may_part": Role.SUPERVISOR in user.roles,
        "case_id": records[0].places[0].case_id,
    }
    return render(request, "people/across.html", shown)


@access(WRITING, methods=("GET", "POST"))
def person_merge_page(
    request: HttpRequest, case_id: UUID, person_id: UUID, same_person_id: UUID
) -> HttpResponse:
    """Compare two records side by side, and say that they are one person."""
    mine, other = _compared(request, person_id, same_person_id)
    form = MergeForm(sent(request), records=(mine, other))
    if form.is_valid():
        gone, stays = (
            (same_person_id, person_id)
            if form.cleaned_data["stands"] == str(person_id)
            else (person_id, same_person_id)
        )
        kept = attempt(
            form,
            lambda: person_merge(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case_access_of(request).case,
                person_id=gone,
                into_id=stays,
            ),
            field="stands",
        )
        if kept is not None:
            return redirect("people:person", case_id=case_id, person_id=person_id)
    shown = {"heading": "Are these one person?", "mine": mine, "other": other, "form": form}
    return render(request, "people/compare.html", _with_case(request, shown))


@access(SPLITTING, methods=("GET", "POST"))
def person_part_page(
    request: HttpRequest, case_id: UUID, person_id: UUID, joined_person_id: UUID
) -> HttpResponse:
    """Take back that a record is the person that it was merged into."""
    if person_get(case_access_of(request), user_of(request), person_id) is None:
        raise Http404
    same = same_person_ids(person_id)
    found = records_shown(user_of(request), frozenset({joined_person_id}) & same)
    record = next((each for each in found if each.can_part), None)
    if record is None:
        raise Http404
    form = PartForm(sent(request))
    if form.is_valid():
        parted = attempt(
            form,
            lambda: person_unmerge(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                case=case_access_of(request).case,
                person_id=joined_person_id,
            ),
        )
        if parted is not None:
            return redirect("people:person", case_id=case_id, person_id=person_id)
    lead = (
        f"{record.name or 'The record without a name'} ({record.where or 'in none of your cases'}) "
        "stands for itself again, with the records that had been merged into it before."
    )
    shown = {"form": form, "heading": "Part a record from this person", "lead": lead}
    return render(request, "people/form.html", _with_case(request, shown))


def _compared(
    request: HttpRequest, person_id: UUID, other_id: UUID
) -> tuple[RecordShown, RecordShown]:
    user = user_of(request)
    if person_get(case_access_of(request), user, person_id) is None:
        raise Http404
    other = same_candidate(user, person_id, other_id)
    if other is None:
        raise Http404
    # The other one may be of another case, of which the gate of this one says nothing.
    person_consult(actor_of(request), person_id=other_id, same=frozenset({person_id, other_id}))
    return records_shown(user, frozenset({person_id}))[0], other


def _with_case(request: HttpRequest, shown: dict[str, Any]) -> dict[str, Any]:
    return {**shown, "granted": case_access_of(request)}
