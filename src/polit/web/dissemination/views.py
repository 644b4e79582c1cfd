"""Pages of the exchange log: across cases, of a case, one exchange."""

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.found import or_404
from polit.web.core.listing import Filter, Listing, Sort, equal_to, listing_of
from polit.web.dissemination.forms import (
    CorrectForm,
    ExchangeForm,
    ReplyForm,
    WithdrawForm,
    initial_of,
)
from polit.web.dissemination.models import Exchange
from polit.web.dissemination.queries import (
    awaited,
    exchange_versions,
    exchanges_for,
    exchanges_of,
    reply_list,
    subject_list,
)
from polit.web.dissemination.rules import ALL_READING, READING, WRITERS, WRITING, Direction
from polit.web.dissemination.services import (
    exchange_correct,
    exchange_record,
    exchange_withdraw,
    reply_record,
    reply_withdraw,
)
from polit.web.exhibits.models import Exhibit
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonRole

_AWAITED = (("yes", "Answer awaited"), ("no", "No answer awaited"))
EXCHANGES = Listing(
    sorts=(
        Sort("newest", "Newest first", "occurred_at", newest_first=True),
        Sort("oldest", "Oldest first", "occurred_at"),
    ),
    search=("agency", "country", "their_reference"),
    search_label="Agency, country or reference",
    filters=(
        Filter("direction", "Direction", tuple((each.value, each.label) for each in Direction),
               equal_to("direction")),
        Filter("answer", "Answer", _AWAITED,
               lambda code: awaited() if code == "yes" else ~awaited()),
    ),
)  # fmt: skip


@access(ALL_READING)
def all_page(request: HttpRequest) -> HttpResponse:
    """List the exchanges of all cases that the person has access to."""
    listed = listing_of(request, exchanges_for(user_of(request)), EXCHANGES)
    return render(request, "dissemination/all.html", {"listed": listed})


@access(READING)
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the exchanges of a case."""
    del case_id
    granted = case_access_of(request)
    shown = {
        "granted": granted,
        "listed": listing_of(request, exchanges_of(granted), EXCHANGES),
        "may_write": bool(user_of(request).roles & WRITERS),
    }
    return render(request, "dissemination/case.html", shown)


@access(WRITING, methods=("GET", "POST"))
def record_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record an exchange."""
    granted = case_access_of(request)
    known = {"direction": Direction.OUT.value, "occurred_at": this_minute(),
             "handled_by": user_of(request).full_name}  # fmt: skip
    form = ExchangeForm(sent(request), initial=known, **_offered(case_id))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: exchange_record(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                given=form.given(),
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("dissemination:page", case_id=case_id, exchange_id=kept.pk)
    return _form(request, form, "Record an exchange")


@access(READING)
def exchange_page(request: HttpRequest, case_id: UUID, exchange_id: UUID) -> HttpResponse:
    """Show one exchange: what holds, what came back, what it was before."""
    del case_id
    granted = case_access_of(request)
    versions = or_404(lambda: exchange_versions(granted, exchange_id))
    row = versions[0]
    standing = row if not row.is_withdrawal else None
    shown = {
        "granted": granted,
        "row": row,
        "exchange_id": exchange_id,
        "subjects": subject_list(row if standing else versions[min(1, len(versions) - 1)]),
        "versions": versions,
        "replies": reply_list(exchange_id),
        "may_write": bool(user_of(request).roles & WRITERS) and standing is not None,
    }
    return render(request, "dissemination/page.html", shown)


@access(WRITING, methods=("GET", "POST"))
def correct_page(request: HttpRequest, case_id: UUID, exchange_id: UUID) -> HttpResponse:
    """Correct an exchange."""
    granted = case_access_of(request)
    row = _standing(request, exchange_id)
    known = initial_of(row, subject_list(row))
    form = CorrectForm(sent(request), initial=known, **_offered(case_id))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: exchange_correct(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                exchange_id=exchange_id, given=form.given(),
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("dissemination:page", case_id=case_id, exchange_id=exchange_id)
    return _form(request, form, "Correct the exchange")


@access(WRITING, methods=("GET", "POST"))
def withdraw_page(request: HttpRequest, case_id: UUID, exchange_id: UUID) -> HttpResponse:
    """Withdraw an exchange that never happened."""
    granted = case_access_of(request)
    _standing(request, exchange_id)
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: exchange_withdraw(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                exchange_id=exchange_id,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("dissemination:page", case_id=case_id, exchange_id=exchange_id)
    return _form(request, form, "Withdraw the exchange")


@access(WRITING, methods=("GET", "POST"))
def reply_page(request: HttpRequest, case_id: UUID, exchange_id: UUID) -> HttpResponse:
    """Record a confirmation or an answer."""
    return _reply(request, case_id, exchange_id, None)


@access(WRITING, methods=("GET", "POST"))
def reply_correct_page(
    request: HttpRequest, case_id: UUID, exchange_id: UUID, reply_id: UUID
) -> HttpResponse:
    """Correct a confirmation or an answer."""
    return _reply(request, case_id, exchange_id, reply_id)


@access(WRITING, methods=("GET", "POST"))
def reply_withdraw_page(
    request: HttpRequest, case_id: UUID, exchange_id: UUID, reply_id: UUID
) -> HttpResponse:
    """Withdraw a confirmation or an answer that never came."""
    granted = case_access_of(request)
    _standing(request, exchange_id)
    _reply_known(exchange_id, reply_id)
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: reply_withdraw(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                exchange_id=exchange_id, reply_id=reply_id,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("dissemination:page", case_id=case_id, exchange_id=exchange_id)
    return _form(request, form, "Withdraw what came back")


def _reply(
    request: HttpRequest, case_id: UUID, exchange_id: UUID, corrects: UUID | None
) -> HttpResponse:
    granted = case_access_of(request)
    _standing(request, exchange_id)
    known: dict[str, object] = {"occurred_at": this_minute(), "kind": "answer"}
    if corrects is not None:
        known = _reply_known(exchange_id, corrects)
    form = ReplyForm(sent(request), initial=known)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: reply_record(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                exchange_id=exchange_id, given=form.given(), corrects=corrects,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("dissemination:page", case_id=case_id, exchange_id=exchange_id)
    heading = "Record what came back" if corrects is None else "Correct what came back"
    return _form(request, form, heading)


def _reply_known(exchange_id: UUID, reply_id: UUID) -> dict[str, object]:
    for each in reply_list(exchange_id):
        if each.pk == reply_id and not each.is_withdrawal and not hasattr(each, "corrected_by"):
            return {name: getattr(each, name) for name in ("kind", "occurred_at", "result", "text")}
    raise Http404


def _standing(request: HttpRequest, exchange_id: UUID) -> Exchange:
    row = or_404(lambda: exchange_versions(case_access_of(request), exchange_id))[0]
    if row.is_withdrawal:
        raise Http404
    return row


def _offered(case_id: UUID) -> Mapping[str, list[tuple[str, str]]]:
    """Return the exhibits and children of a case; a child by its label alone."""
    exhibits = Exhibit.objects.filter(case_id=case_id).order_by("reference")
    children = CasePerson.objects.filter(case_id=case_id, role=PersonRole.CHILD.value)
    return {
        "exhibits": [(str(each.pk), each.reference) for each in exhibits],
        "children": [(str(each.pk), each.label) for each in children.order_by("number")],
    }


def _form(request: HttpRequest, form: object, heading: str) -> HttpResponse:
    shown = {"granted": case_access_of(request), "form": form, "heading": heading}
    return render(request, "dissemination/form.html", shown)
