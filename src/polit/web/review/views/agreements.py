"""Pages beside the gallery: strategy, second review, proposals, blind sample, the force's set."""

from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.rules import Access, Scope
from polit.web.exhibits.queries import exhibit_all
from polit.web.grading.category_schemes import category_label
from polit.web.grading.forms import (
    ForceSetForm,
    ProposalsForm,
    SampleForm,
    SettleForm,
    StrategyForm,
)
from polit.web.grading.models import Strategy
from polit.web.grading.queries import scheme_of, second_queue
from polit.web.grading.queries.figures import (
    disputed_list,
    progress_of,
    proposal_counts,
    proposal_list,
    sample_figures,
    sample_latest,
    sample_queue,
    second_figures,
    strategy_list,
)
from polit.web.grading.queries.lists import force_schemes, force_set_latest
from polit.web.grading.rules import AGREERS, FROZEN, KEEPERS, SHOWN_FROM
from polit.web.grading.services import (
    Chosen,
    dispute_settle,
    force_set_ask,
    proposals_accept,
    proposals_accept_all,
    proposals_decline,
    sample_draw,
    strategy_agree,
)
from polit.web.review.rules import REVIEWERS, REVIEWING

_AGREEING = Access(Scope.CASE, read=REVIEWERS, write=AGREERS)
_KEEPING = Access(Scope.ROLE, read=KEEPERS, write=KEEPERS)


@access(_AGREEING, methods=("GET", "POST"))
def strategy(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show what was agreed of a case's review and how far it is; agree a further version."""
    granted = case_access_of(request)
    scheme = scheme_of(granted.case)
    exhibits = {str(each.exhibit.pk): each.exhibit.reference for each in exhibit_all(granted)}
    form = StrategyForm(sent(request), scheme=scheme, exhibits=list(exhibits.items()))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: strategy_agree(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                agreed=form.agreed(),
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("review:strategy", case_id=case_id)
    history = strategy_list(granted)
    holds = history[0] if history else None
    shown = {
        "case": granted.case,
        "scheme": scheme,
        "strategy": holds,
        "history": history,
        "exhibits": _exhibits(holds, exhibits),
        "stop_label": category_label(holds.stop_code) if holds else "",
        "progress": progress_of(granted, holds),
        "form": form if user_of(request).roles & AGREERS else None,
    }
    return render(request, "grading/strategy.html", shown)


@access(REVIEWING, methods=("GET", "POST"))
def proposals(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List what other cases propose; accept or decline what is chosen."""
    granted = case_access_of(request)
    form = ProposalsForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _proposals_do(request, form))
        if done is not None:
            return redirect("review:proposals", case_id=case_id)
    counts = proposal_counts(granted)
    asked = request.GET.get("code", "")
    code = asked if asked in dict(counts) else ""
    rows = proposal_list(granted, code=code, most=SHOWN_FROM)
    shown = {
        "case": granted.case,
        "counts": [(ref, category_label(ref), count) for ref, count in counts],
        "rows": [(row, item, category_label(row.code)) for row, item in rows if item],
        "form": form,
        "is_frozen": _is_frozen(granted.case),
    }
    return render(request, "grading/proposals.html", shown)


def _proposals_do(request: HttpRequest, form: ProposalsForm) -> object:
    granted, actor, typed = case_access_of(request), actor_of(request), form.cleaned_data
    reason, does = typed["reason"], typed["does"]
    if does == "accept_all":
        code = request.GET.get("code", "")
        return proposals_accept_all(actor, access=granted, code=code, reason=reason)
    chosen = Chosen(typed["proposals"], was_shown=True)
    service = proposals_accept if does == "accept" else proposals_decline
    return service(actor, access=granted, chosen=chosen, reason=reason)


@access(_AGREEING, methods=("GET", "POST"))
def second(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show how far officers agree; settle what is disputed."""
    granted = case_access_of(request)
    user = user_of(request)
    form = SettleForm(sent(request), scheme=scheme_of(granted.case))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        done = attempt(
            form,
            lambda: dispute_settle(
                actor_of(request), reason=typed["reason"], access=granted, place=typed["item"],
                code=typed["code"],
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("review:second", case_id=case_id)
    settles = bool(user.roles & AGREERS)
    shown = {
        "case": granted.case,
        "figures": second_figures(granted),
        "mine": len(second_queue(granted, user)),
        "disputed": [
            (each, [(category_label(code) or "unsure", count) for code, count in
                    sorted(each.votes.items())])
            for each in (disputed_list(granted) if settles else ())
        ],
        "form": form if settles else None,
        "may_keep": bool(user.roles & KEEPERS),
    }  # fmt: skip
    return render(request, "grading/second.html", shown)


@access(REVIEWING, methods=("GET", "POST"))
def sample(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show what the last blind sample of settled items came to; draw another."""
    granted = case_access_of(request)
    form = SampleForm(sent(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = attempt(
            form, lambda: sample_draw(actor_of(request), reason=reason, access=granted)
        )  # fmt: skip
        if done is not None:
            return redirect("review:sample", case_id=case_id)
    last = sample_latest(granted)
    shown = {
        "case": granted.case,
        "sample": last,
        "figures": sample_figures(last) if last is not None else None,
        "waiting": len(sample_queue(granted)),
        "form": form,
    }
    return render(request, "grading/sample.html", shown)


@access(_KEEPING, methods=("GET", "POST"))
def force_set(request: HttpRequest) -> HttpResponse:
    """Show the lists of the force's decisions, and have a new one made."""
    form = ForceSetForm(sent(request))
    if request.method == "POST" and form.is_valid():
        force_set_ask(actor_of(request), reason=form.cleaned_data["reason"])
        return redirect("review:force_set")
    lists = [found for scheme in force_schemes() if (found := force_set_latest(scheme))]
    return render(request, "grading/force_set.html", {"lists": lists, "form": form})


def _exhibits(holds: Strategy | None, exhibits: dict[str, str]) -> list[str]:
    chosen = msgspec.json.decode(holds.exhibits, type=list[str]) if holds else []
    return [exhibits.get(each, "an exhibit that is gone") for each in chosen]


def _is_frozen(case: object) -> bool:
    return getattr(case, "status", None) in FROZEN
