"""Pages of those who work on the case: counts, terms, quarantine by hand. No name stands here."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.found import or_404
from polit.web.core.listing import Listing, Sort, listing_of
from polit.web.exhibits.models import Exhibit
from polit.web.media.queries import entry_get
from polit.web.privilege.forms import EntryHoldForm, HoldForm, TermsForm
from polit.web.privilege.queries import (
    TermCounts,
    exhibit_counts,
    hold_list,
    state_counts,
    terms_count,
    terms_latest,
)
from polit.web.privilege.rules import (
    HOLDERS,
    HOLDING,
    PRESSED,
    PRESSING,
    READING,
    TERM_WRITERS,
    WRITING_TERMS,
)
from polit.web.privilege.services import content_hold, entry_hold, folder_hold, terms_apply

_HOLDS = Listing(sorts=(Sort("newest", "Newest first", "recorded_at", newest_first=True),
                        Sort("oldest", "Oldest first", "recorded_at")))  # fmt: skip
_LARGEST = 2**63 - 1


@access(READING)
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show how much of a case is quarantined, by whom, and where counsel stands."""
    del case_id
    granted = case_access_of(request)
    roles = user_of(request).roles
    shown = {
        "granted": granted,
        "counts": state_counts(granted.case.id),
        "exhibits": exhibit_counts(granted),
        "terms": terms_latest(granted.case.id),
        "listed": listing_of(request, hold_list(granted), _HOLDS),
        "may_hold": bool(roles & HOLDERS),
        "may_write_terms": bool(roles & TERM_WRITERS),
    }
    return render(request, "privilege/case.html", shown)


@access(WRITING_TERMS, methods=("GET", "POST"))
def terms_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a list of terms, show what it would quarantine, then quarantine it."""
    granted = case_access_of(request)
    last = terms_latest(granted.case.id)
    form = TermsForm(sent(request), initial={"terms": last.terms if last else ""})
    counts: TermCounts | None = None
    if form.is_valid():
        typed = form.cleaned_data
        counts = terms_count(granted, typed["terms"])
        if typed["counted"] == counts.mark:
            done = attempt(
                form,
                lambda: terms_apply(
                    actor_of(request), reason=typed["reason"], access=granted,
                    terms=typed["terms"], seen=typed["counted"],
                ),
            )  # fmt: skip
            if done is not None:
                return redirect("privilege:case", case_id=case_id)
        else:
            data = request.POST.copy()
            data["counted"] = counts.mark
            form = TermsForm(data)
    shown = {"granted": granted, "form": form, "counts": counts}
    return render(request, "privilege/terms.html", shown)


@access(HOLDING, methods=("GET", "POST"))
def hold_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Quarantine a folder or a whole exhibit."""
    granted = case_access_of(request)
    exhibits = Exhibit.objects.filter(case_id=granted.case.id).order_by("reference")
    form = HoldForm(sent(request), exhibits=list(exhibits))
    if form.is_valid():
        typed = form.cleaned_data
        done = attempt(
            form,
            lambda: folder_hold(
                actor_of(request), reason=typed["reason"], access=granted,
                exhibit_id=UUID(typed["exhibit"]), prefix=typed["folder"],
            ),
            field="folder",
        )  # fmt: skip
        if done is not None:
            return redirect("privilege:case", case_id=case_id)
    lead = "What you quarantine is gone from everybody's pages at once. Counsel decides on it."
    return _form(request, form, "Quarantine a folder or an exhibit", lead)


@access(HOLDING, methods=("GET", "POST"))
def entry_hold_page(request: HttpRequest, case_id: UUID, entry_id: int) -> HttpResponse:
    """Quarantine one entry, with a reason of one's own."""
    granted = case_access_of(request)
    or_404(lambda: entry_get(granted, min(entry_id, _LARGEST)))
    form = EntryHoldForm(sent(request), initial={"reason": PRESSED})
    if form.is_valid():
        done = attempt(
            form,
            lambda: entry_hold(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                entry_id=entry_id,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("privilege:case", case_id=case_id)
    return _form(request, form, "Quarantine an entry", "Its copies and what lies inside go too.")


@access(PRESSING, methods=("POST",))
def entry_press(request: HttpRequest, case_id: UUID, entry_id: int) -> HttpResponse:
    """Quarantine one entry by one press of a button."""
    granted = case_access_of(request)
    or_404(
        lambda: entry_hold(
            actor_of(request), reason=PRESSED, access=granted, entry_id=min(entry_id, _LARGEST)
        )
    )
    return redirect("privilege:case", case_id=case_id)


@access(PRESSING, methods=("POST",))
def content_press(request: HttpRequest, case_id: UUID, content_id: int) -> HttpResponse:
    """Quarantine all entries of one content by one press of a button."""
    granted = case_access_of(request)
    number = min(content_id, _LARGEST)
    or_404(
        lambda: content_hold(actor_of(request), reason=PRESSED, access=granted, content_id=number)
    )
    return redirect("privilege:case", case_id=case_id)


def _form(request: HttpRequest, form: object, heading: str, lead: str) -> HttpResponse:
    shown = {"granted": case_access_of(request), "form": form, "heading": heading, "lead": lead}
    return render(request, "privilege/form.html", shown)
