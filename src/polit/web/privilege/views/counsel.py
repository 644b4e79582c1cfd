"""Pages of independent counsel: their cases, what waits in one, and one entry."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.found import or_404
from polit.web.core.listing import Filter, Listing, Sort, equal_to, listing_of
from polit.web.media.models import QuarantinedEntry
from polit.web.media.rules import Ground, PrivilegeState
from polit.web.privilege.forms import DecideForm, OneDecisionForm, WithdrawForm
from polit.web.privilege.queries import (
    counsel_list,
    decision_list,
    quarantined_get,
    quarantined_rows,
    state_counts,
    terms_latest,
    waiting_counts,
    waiting_since,
)
from polit.web.privilege.rules import ALL_COUNSELLING, COUNSELLING
from polit.web.privilege.services import counsel_decide, decision_withdraw, waiting_decide

_LARGEST = 2**63 - 1
_ENTRIES = Listing(
    sorts=(Sort("place", "By their place", "pk"),),
    search=("entry__path",),
    search_label="Path contains",
    filters=(
        Filter("state", "State", tuple((each.value, each.label) for each in PrivilegeState),
               equal_to("state")),
        Filter("ground", "How it came here", tuple((each.value, each.label) for each in Ground),
               equal_to("ground")),
    ),
)  # fmt: skip


@access(ALL_COUNSELLING)
def all_page(request: HttpRequest) -> HttpResponse:
    """List the cases in which this person is counsel, with what waits in each."""
    cases = counsel_list(user_of(request))
    ids = [each.pk for each in cases]
    waiting, since = waiting_counts(ids), waiting_since(ids)
    rows = [(each, waiting.get(each.pk, 0), since.get(each.pk)) for each in cases]
    return render(request, "privilege/all.html", {"rows": rows})


@access(COUNSELLING, methods=("GET", "POST"))
def counsel_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List what is quarantined in a case, and take counsel's decision on many at once."""
    granted = case_access_of(request)
    form = DecideForm(sent(request))
    if form.is_valid():
        done = attempt(form, lambda: _decide(request, granted, form))
        if done is not None:
            return redirect("privilege:counsel", case_id=case_id)
    shown = {
        "granted": granted,
        "counts": state_counts(granted.case.id),
        "terms": terms_latest(granted.case.id),
        "listed": listing_of(request, quarantined_rows(granted), _ENTRIES),
        "form": form,
    }
    return render(request, "privilege/counsel.html", shown)


def _decide(request: HttpRequest, granted: CaseAccess, form: DecideForm) -> object:
    typed, outcome = form.cleaned_data, form.outcome_given()
    if typed["which"] == "chosen":
        return counsel_decide(
            actor_of(request), reason=typed["reason"], access=granted, entries=typed["entries"],
            outcome=outcome,
        )  # fmt: skip
    done = waiting_decide(
        actor_of(request), reason=typed["reason"], access=granted, outcome=outcome
    )
    left = state_counts(granted.case.id).held
    if left:
        words = f"Decided on {len(done):,} entries. {left:,} still wait: decide once more."
        messages.warning(request, words)
    return done


@access(COUNSELLING, methods=("GET", "POST"))
def entry_page(request: HttpRequest, case_id: UUID, quarantined_id: int) -> HttpResponse:
    """Show one entry with what was decided of it, and take a decision or its correction."""
    granted = case_access_of(request)
    row = _row(granted, quarantined_id)
    form = OneDecisionForm(sent(request))
    if form.is_valid():
        typed = form.cleaned_data
        done = attempt(
            form,
            lambda: counsel_decide(
                actor_of(request), reason=typed["reason"], access=granted, entries=[row.pk],
                outcome=PrivilegeState(typed["outcome"]),
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("privilege:entry", case_id=case_id, quarantined_id=row.pk)
    shown = {"granted": granted, "row": row, "decisions": decision_list(row), "form": form}
    return render(request, "privilege/entry.html", shown)


@access(COUNSELLING, methods=("GET", "POST"))
def withdraw_page(request: HttpRequest, case_id: UUID, quarantined_id: int) -> HttpResponse:
    """Withdraw the decision on an entry: it waits again."""
    granted = case_access_of(request)
    row = _row(granted, quarantined_id)
    if row.standing is PrivilegeState.HELD:
        raise Http404
    form = WithdrawForm(sent(request))
    if form.is_valid():
        done = attempt(
            form,
            lambda: decision_withdraw(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                quarantined_id=row.pk,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("privilege:entry", case_id=case_id, quarantined_id=row.pk)
    shown = {"granted": granted, "row": row, "form": form, "heading": "Withdraw the decision",
             "lead": "The entry waits for counsel again, and is hidden again."}  # fmt: skip
    return render(request, "privilege/withdraw.html", shown)


def _row(granted: CaseAccess, quarantined_id: int) -> QuarantinedEntry:
    return or_404(lambda: quarantined_get(granted, min(quarantined_id, _LARGEST)))
