"""Lists of charges and hearings, and the page of one defendant."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.arrests.queries import place_label
from polit.web.core.access import access, case_access_of
from polit.web.core.found import or_404
from polit.web.core.listing import Filter, Listing, Sort, listing_of
from polit.web.court.law import court_terms, current_terms
from polit.web.court.models import Charge, Hearing
from polit.web.court.queries import (
    charges_for,
    charges_in,
    ever_ended,
    hearings_for,
    hearings_in,
    results_of,
)
from polit.web.court.rules import (
    DISCLOSERS,
    LISTING,
    ORDERERS,
    READING,
    WRITERS,
    Held,
    may_read_texts,
)
from polit.web.court.telling import story
from polit.web.people.models import CasePerson
from polit.web.people.queries import place_get
from polit.web.people.rules import PersonRole

_RESULTS = (("none", "None yet"), ("convicted", "Convicted"), ("other", "Ended without conviction"))
_HELD = (("none", "Not recorded yet"), *((each.value, each.label) for each in Held))
_SEARCHED = ("case__reference",)
_NAME = "place__person__search_text"


def _result_is(code: str) -> Q:
    if code == "none":
        return Q(convicts=None)
    is_convicted = code == "convicted"
    # Those that ever had such a result first: they are few, where the latest is looked up for all.
    return Q(first_id__in=ever_ended(convicts=is_convicted), convicts=is_convicted)


def _held_is(code: str) -> Q:
    return Q(held=None) if code == "none" else Q(held=code)


def _charges(*searched: str) -> Listing:
    return Listing(
        sorts=(
            Sort("newest", "Newest first", "charged_at", newest_first=True),
            Sort("oldest", "Oldest first", "charged_at"),
        ),
        search=searched,
        search_label="Case, statute or defendant",
        filters=(Filter("result", "Result", _RESULTS, _result_is),),
    )


def _hearings(*searched: str) -> Listing:
    return Listing(
        sorts=(
            Sort("latest", "Latest first", "starts_at", newest_first=True),
            Sort("earliest", "Earliest first", "starts_at"),
        ),
        search=searched,
        search_label="Case, court or defendant",
        filters=(Filter("held", "Outcome", _HELD, _held_is),),
    )


_CHARGES = (_charges(*_SEARCHED, "statute"), _charges(*_SEARCHED, "statute", _NAME))
_HEARINGS = (_hearings(*_SEARCHED, "court"), _hearings(*_SEARCHED, "court", _NAME))


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A charge as lists show it; plea and verdict in words, empty where there is none."""

    charge: Charge
    defendant: str
    plea: str
    verdict: str
    convicts: bool


@dataclass(frozen=True, slots=True)
class HearingRow:
    """A hearing as lists show it."""

    hearing: Hearing
    defendant: str
    held: Held | None


def charge_rows(charges: tuple[Charge, ...], *, is_named: bool) -> list[ChargeRow]:
    """Return charges that a query found as lists show them. No query."""
    return [
        ChargeRow(
            each,
            place_label(each.place, is_named=is_named),
            _words(each, "plea"),
            _words(each, "verdict"),
            bool(getattr(each, "convicts", False)),
        )
        for each in charges
    ]


def hearing_rows(hearings: tuple[Hearing, ...], *, is_named: bool) -> list[HearingRow]:
    """Return hearings that a query found as lists show them. No query."""
    return [
        HearingRow(
            each,
            place_label(each.place, is_named=is_named),
            Held(code) if (code := getattr(each, "held", None)) else None,
        )
        for each in hearings
    ]


@access(LISTING)
def charge_list_page(request: HttpRequest) -> HttpResponse:
    """List the charges of all cases that this person has access to."""
    user = user_of(request)
    is_named = may_read_texts(user.roles)
    listed = listing_of(request, charges_for(user), _CHARGES[is_named])
    shown = {"listed": listed, "rows": charge_rows(listed.page.rows, is_named=is_named)}
    return render(request, "court/list.html", shown)


@access(LISTING)
def hearing_list_page(request: HttpRequest) -> HttpResponse:
    """List the hearings of all cases that this person has access to."""
    user = user_of(request)
    is_named = may_read_texts(user.roles)
    listed = listing_of(request, hearings_for(user), _HEARINGS[is_named])
    shown = {"listed": listed, "rows": hearing_rows(listed.page.rows, is_named=is_named)}
    return render(request, "court/hearings.html", shown)


@access(READING)
def defendant_page(request: HttpRequest, case_id: UUID, defendant_id: UUID) -> HttpResponse:
    """Show what a defendant is charged with, the hearings, the results, the story."""
    del case_id
    granted, roles = case_access_of(request), user_of(request).roles
    place = or_404(lambda: _suspect(place_get(granted, defendant_id)))
    is_named = may_read_texts(roles)
    charges = tuple(charges_in(granted).filter(place=place).order_by("count_number", "pk"))
    hearings = tuple(hearings_in(granted).filter(place=place).order_by("starts_at", "pk"))
    shown = {
        "granted": granted,
        "place": place,
        "defendant": place_label(place, is_named=is_named),
        "charges": charge_rows(charges, is_named=is_named),
        "hearings": hearing_rows(hearings, is_named=is_named),
        "results": results_of(granted, place.pk),
        "told": story(granted, place.pk),
        "may_write": bool(roles & WRITERS),
        "may_order": bool(roles & ORDERERS),
        "may_disclose": bool(roles & DISCLOSERS),
        "may_read": is_named,
        "notice": current_terms().notice,
    }
    return render(request, "court/page.html", shown)


def _suspect(place: CasePerson) -> CasePerson:
    if place.role != PersonRole.SUSPECT.value:
        raise CasePerson.DoesNotExist
    return place


def _words(charge: Charge, name: str) -> str:
    code = getattr(charge, name, None)
    if not code:
        return ""
    terms = court_terms(getattr(charge, f"{name}_terms"))
    return (terms.plea(code) if name == "plea" else terms.verdict(code)).label
