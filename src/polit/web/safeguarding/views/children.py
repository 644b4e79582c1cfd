"""The pages of children: lists, a child's record, who they are, where they stand."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.listing import listing_of
from polit.web.core.rules import CHILD_READERS, Access, Scope
from polit.web.core.sections import sections_of
from polit.web.people.queries import place_choices
from polit.web.people.rules import PersonRole
from polit.web.referrals.models import Referral
from polit.web.safeguarding.forms import (
    NEW,
    ChildAddForm,
    ChildChangeForm,
    IdentifyForm,
    ReasonForm,
)
from polit.web.safeguarding.listings import children_listing
from polit.web.safeguarding.models import ChildRecord
from polit.web.safeguarding.queries import (
    child_timeline,
    children_for,
    children_in,
    further_cases,
    next_steps,
)
from polit.web.safeguarding.rules import (
    ACTING,
    CHILD_STANDINGS,
    IN_CASE,
    ChildStanding,
    GivenIdentified,
    StepKind,
)
from polit.web.safeguarding.services import (
    child_add,
    child_change,
    child_identify,
    child_record,
    child_version,
    children_consult,
)
from polit.web.safeguarding.views.shown import child_form, child_read, suspects_of, to_child

ALL_CASES = Access(Scope.ROLE, read=CHILD_READERS)
_STANDING_TITLES = {
    "identify": "Identified as a victim",
    "unidentify": "Not identified after all",
}


@access(ALL_CASES)
def children(request: HttpRequest) -> HttpResponse:
    """List the children of all cases of a reader."""
    listed = listing_of(request, children_for(user_of(request)), children_listing())
    _consult(request, listed.page.rows, "children")
    return render(request, "safeguarding/children.html", {"listed": listed})


@access(IN_CASE)
def case_children(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the children of a case."""
    del case_id
    granted = case_access_of(request)
    listed = listing_of(request, children_in(granted), children_listing())
    _consult(request, listed.page.rows, "case_children")
    shown = {"listed": listed, "case": granted.case}
    return render(request, "safeguarding/case_children.html", shown)


@access(IN_CASE)
def child(request: HttpRequest, case_id: UUID, child_id: UUID) -> HttpResponse:
    """Show a child's record: what is known, what is next, what happened."""
    del case_id
    found = child_read(request, child_id, "child")
    user = user_of(request)
    shown = {
        "case": case_access_of(request).case,
        "child": found,
        "next_steps": next_steps(found),
        "timeline": child_timeline(found),
        "further": further_cases(user, found),
        "kinds": tuple(StepKind),
        "offered": [
            (each.action, _STANDING_TITLES[each.action])
            for each in CHILD_STANDINGS.offered(found.standing, user.roles)
        ],
        "sections": sections_of("child", request),
    }
    return render(request, "safeguarding/child.html", shown)


@access(ACTING, methods=("GET", "POST"))
def child_add_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a child of the case, or one whom it does not know yet."""
    del case_id
    granted, roles = case_access_of(request), user_of(request).roles
    recorded = {str(pk) for pk in children_in(granted).values_list("place_id", flat=True)}
    places = place_choices(granted, roles, PersonRole.CHILD)
    open_places = tuple(each for each in places if each[0] not in recorded)
    form = ChildAddForm(
        sent(request), places=open_places, suspects=suspects_of(request),
        today=timezone.localdate(now_utc()), initial=_known(request, open_places),
    )  # fmt: skip
    if form.is_valid():
        kept = attempt(form, lambda: _record(request, form))
        if kept is not None:
            return to_child(kept)
    return render(request, "safeguarding/child_add.html", {"form": form, "case": granted.case})


@access(ACTING, methods=("GET", "POST"))
def child_change_page(request: HttpRequest, case_id: UUID, child_id: UUID) -> HttpResponse:
    """Change what is known of a child."""
    del case_id
    found = child_read(request, child_id, "change")
    known = {
        "risk_known_at": found.risk_known_at, "suspect": str(found.suspect_id or ""),
        "relation": found.relation, "access": found.access, "school": found.school,
        "seen": child_version(found),
    }  # fmt: skip
    form = ChildChangeForm(sent(request), suspects=suspects_of(request), initial=known)
    if form.is_valid():
        identified = None
        if found.identified_at is not None:
            identified = GivenIdentified(found.identified_at, found.identified_how)
        kept = attempt(
            form,
            lambda: child_change(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), child_id=child_id,
                given=form.facts(identified), seen=form.cleaned_data["seen"],
            ),
        )  # fmt: skip
        if kept is not None:
            return to_child(found)
    return child_form(request, found, form, f"Change {found.place.label}")


@access(ACTING, methods=("GET", "POST"))
def child_standing_page(
    request: HttpRequest, case_id: UUID, child_id: UUID, child_action: str
) -> HttpResponse:
    """Say that a child was identified as a victim, or was not after all."""
    del case_id
    if child_action not in _STANDING_TITLES:
        raise Http404
    found = child_read(request, child_id, child_action)
    is_identified = child_action == "identify"
    form = IdentifyForm(sent(request)) if is_identified else ReasonForm(sent(request))
    if form.is_valid():
        given = form.given() if isinstance(form, IdentifyForm) else None
        kept = attempt(
            form,
            lambda: child_identify(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), child_id=child_id, given=given,
            ),
        )  # fmt: skip
        if kept is not None:
            return to_child(found)
    stands = ChildStanding(found.standing).label.lower()
    heading = f"{_STANDING_TITLES[child_action]}: {found.place.label}"
    return child_form(request, found, form, heading, lead=f"Recorded now as {stands}.")


def _record(request: HttpRequest, form: ChildAddForm) -> ChildRecord:
    actor, granted = actor_of(request), case_access_of(request)
    reason, place_id = form.cleaned_data["reason"], form.place_id()
    if place_id is None:
        return child_add(
            actor, reason=reason, access=granted, details=form.details(), given=form.given()
        )
    return child_record(actor, reason=reason, access=granted, place_id=place_id, given=form.given())


def _known(request: HttpRequest, places: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return what the case knows already: its referral's time, its only suspect and child."""
    granted = case_access_of(request)
    received = Referral.objects.filter(case_id=granted.case.id).order_by("received_at")
    suspects = suspects_of(request)
    return {
        "risk_known_at": received.values_list("received_at", flat=True).first(),
        "suspect": suspects[0][0] if len(suspects) == 1 else "",
        "relation": "not_known",
        "child": {0: NEW, 1: places[0][0] if places else ""}.get(len(places)),
    }


def _consult(request: HttpRequest, rows: tuple[ChildRecord, ...], page: str) -> None:
    if rows:
        ids = [each.pk for each in rows]
        children_consult(actor_of(request), child_ids=ids, page=page)
