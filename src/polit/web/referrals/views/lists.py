"""The list of referrals, and taking a new one in."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.cases.rules import UnitKind
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.listing import Filter, Listing, Sort, equal_to, listing_of
from polit.web.referrals.extracting import text_of
from polit.web.referrals.forms import ReceiveForm
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import case_referrals, referrals_for, state_counts, unit_choices
from polit.web.referrals.rules import IN_CASE, READING, WRITING, GivenOriginal, ReferralState
from polit.web.referrals.sealing import ORIGINALS
from polit.web.referrals.services import referral_receive
from polit.web.referrals.sources import current_sources

_SORTS = (
    Sort("newest", "Received last first", "received_at", newest_first=True),
    Sort("oldest", "Received first first", "received_at"),
    Sort("reference", "By reference", "reference"),
)


def _listing() -> Listing:
    filters = [
        Filter("state", "State", tuple((each.value, each.label) for each in ReferralState),
               equal_to("state")),
        Filter("source", "Source",
               tuple((each.code, each.label) for each in current_sources().entries),
               equal_to("source")),
    ]  # fmt: skip
    for kind in UnitKind:
        units = tuple(unit_choices(kind))
        if units:
            filters.append(Filter(kind.value, kind.label, units, equal_to(kind.value)))
    columns = ("reference", "source_reference")
    return Listing(_SORTS, columns, "A reference, ours or the source's", tuple(filters))


@access(READING)
def referral_list_page(request: HttpRequest) -> HttpResponse:
    """List the referrals that whoever asks may see."""
    user = user_of(request)
    rows = referrals_for(user).select_related("case", "team")
    counts = state_counts(user)
    waiting = [(each.label, counts[each.value]) for each in ReferralState if each.value in counts]
    shown = {"listed": listing_of(request, rows, _listing()), "waiting": waiting}
    return render(request, "referrals/list.html", shown)


@access(IN_CASE)
def case_list_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the referrals of a case."""
    del case_id
    granted = case_access_of(request)
    rows = case_referrals(granted).select_related("case", "team")
    shown = {"listed": listing_of(request, rows, _listing()), "granted": granted}
    return render(request, "referrals/case_list.html", shown)


@access(WRITING, methods=("GET", "POST"))
def referral_add_page(request: HttpRequest) -> HttpResponse:
    """Take a referral in; where its text can be read, what it names is offered next."""
    files = request.FILES if request.method == "POST" else None
    form = ReceiveForm(sent(request), files, initial={"received_at": this_minute()})
    if form.is_valid():
        given = form.given()
        words = current_sources().label_of(given.source)
        kept = attempt(
            form,
            lambda: referral_receive(
                actor_of(request), reason=f"received: {words.lower()}", given=given
            ),
            field="received_at",
        )
        if kept is not None:
            return _after(kept, given.originals)
    return render(request, "referrals/add.html", {"form": form, "heading": "A new referral"})


def _after(kept: Referral, originals: tuple[GivenOriginal, ...]) -> HttpResponse:
    """Go where the officer confirms what was found in the report, if it can be read."""
    readable = [each for each in originals if text_of(each.untrusted_data) is not None]
    if not readable:
        return redirect("referrals:page", referral_id=kept.pk)
    original = kept.originals.get(sha256=ORIGINALS.digest(readable[-1].untrusted_data))
    return redirect("referrals:read", referral_id=kept.pk, original_id=original.pk)
