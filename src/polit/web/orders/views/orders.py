"""Orders themselves: lists, the record, making, varying, ending, who manages the offender."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.core.listing import listing_of
from polit.web.core.sections import sections_of
from polit.web.orders.derive import order_clocks, today
from polit.web.orders.forms import AssignForm, EndForm, OrderForm, ResumeForm, VaryForm
from polit.web.orders.listings import order_listing
from polit.web.orders.models import Order
from polit.web.orders.queries import (
    breach_list,
    condition_choices,
    condition_list,
    event_rows,
    manager_choices,
    order_get,
    orders_for,
    orders_in,
    variation_list,
)
from polit.web.orders.results import result_choices, result_known
from polit.web.orders.rules import ACTING, IN_CASE, LISTING, WRITERS, EndKind
from polit.web.orders.services import (
    order_assign,
    order_end,
    order_make,
    order_resume,
    order_vary,
)
from polit.web.people.queries import person_get, place_choices
from polit.web.people.rules import PersonRole


@access(LISTING)
def order_list_page(request: HttpRequest) -> HttpResponse:
    """List the orders of all cases that whoever asks has access to."""
    listing = order_listing(manager_choices(), usual_state="running")
    listed = listing_of(request, orders_for(user_of(request)), listing)
    shown = {"listed": listed, "today": today(), "now": now_utc()}
    return render(request, "orders/list.html", shown)


@access(IN_CASE)
def case_list_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the orders of a case."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    listed = listing_of(request, orders_in(granted), order_listing(manager_choices()))
    may_write = bool(user_of(request).roles & WRITERS)
    shown = {"listed": listed, "granted": granted, "may_write": may_write, "today": today(),
             "now": now_utc()}  # fmt: skip
    return render(request, "orders/case_list.html", shown)


@access(IN_CASE)
def order_page(request: HttpRequest, case_id: UUID, order_id: UUID) -> HttpResponse:
    """Show an order: what it is, what is due and why, what happened."""
    del case_id  # the gate has read it
    granted, user = case_access_of(request), user_of(request)
    found = or_404(lambda: order_get(granted, order_id))
    now, is_over = now_utc(), found.state != "in_force"
    shown = {
        "granted": granted,
        "order": found,
        "is_over": is_over,
        "person": person_get(granted, user, found.place.person_id),
        "conditions": condition_list(found),
        "variations": variation_list(found),
        "clocks": [(each, each.is_overdue(now)) for each in order_clocks(found)],
        "events": event_rows(found),
        "breaches": breach_list(found),
        "may_write": bool(user.roles & WRITERS),
        "today": today(),
        "sections": sections_of("order", request),
    }
    return render(request, "orders/page.html", shown)


@access(ACTING, methods=("GET", "POST"))
def make_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record an order."""
    granted = case_access_of(request)
    people = place_choices(granted, user_of(request).roles, PersonRole.SUSPECT)
    known: dict[str, Any] = {"place_id": people[0][0]} if len(people) == 1 else {}
    known |= {"place_id": request.GET["place"]} if "place" in request.GET else {}
    known |= result_known(granted, request.GET.get("result", ""))
    results = result_choices(granted)
    form = OrderForm(people, manager_choices(), results, sent(request), initial=known)
    if form.is_valid():
        made = attempt(
            form,
            lambda: order_make(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                given=form.order(),
            ),
        )  # fmt: skip
        if made is not None:
            return redirect("orders:page", case_id=case_id, order_id=made.pk)
    return order_form(request, form, "Record an order")


@access(ACTING, methods=("GET", "POST"))
def vary_page(request: HttpRequest, case_id: UUID, order_id: UUID) -> HttpResponse:
    """Record that the court varied an order."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    found = or_404(lambda: order_get(granted, order_id))
    form = VaryForm(condition_choices(found), sent(request))
    return _done_or_form(
        request, found, form, "Record a variation",
        lambda: order_vary(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            order_id=order_id, given=form.variation(),
        ),
    )  # fmt: skip


@access(ACTING, methods=("GET", "POST"))
def end_page(request: HttpRequest, case_id: UUID, order_id: UUID) -> HttpResponse:
    """Record that an order ended."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    found = or_404(lambda: order_get(granted, order_id))
    form = EndForm(sent(request))
    return _done_or_form(
        request, found, form, "Record the end of the order",
        lambda: order_end(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            order_id=order_id, how=EndKind(form.cleaned_data["how"]),
            ended_on=form.cleaned_data["ended_on"],
        ),
    )  # fmt: skip


@access(ACTING, methods=("GET", "POST"))
def resume_page(request: HttpRequest, case_id: UUID, order_id: UUID) -> HttpResponse:
    """Take back the end of an order that was recorded by mistake."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    found = or_404(lambda: order_get(granted, order_id))
    form = ResumeForm(sent(request))
    return _done_or_form(
        request, found, form, "The end was recorded by mistake",
        lambda: order_resume(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            order_id=order_id,
        ),
    )  # fmt: skip


@access(ACTING, methods=("GET", "POST"))
def assign_page(request: HttpRequest, case_id: UUID, order_id: UUID) -> HttpResponse:
    """Say who manages the offender."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    found = or_404(lambda: order_get(granted, order_id))
    known = {"manager_id": found.manager_id, "national_reference": found.national_reference}
    form = AssignForm(manager_choices(), sent(request), initial=known)
    return _done_or_form(
        request, found, form, "Who manages the offender",
        lambda: order_assign(
            actor_of(request), reason=form.cleaned_data["reason"], access=granted,
            order_id=order_id, manager_id=form.cleaned_data["manager_id"] or None,
            national_reference=form.cleaned_data["national_reference"],
        ),
    )  # fmt: skip


def order_form(
    request: HttpRequest, form: GovukForm, heading: str, order: Order | None = None
) -> HttpResponse:
    """Show a form of an order."""
    shown = {"granted": case_access_of(request), "order": order, "form": form, "heading": heading}
    return render(request, "orders/form.html", shown)


def _done_or_form(
    request: HttpRequest, order: Order, form: GovukForm, heading: str, service: Callable[[], object]
) -> HttpResponse:
    if form.is_valid() and attempt(form, service) is not None:
        return redirect("orders:page", case_id=order.case_id, order_id=order.pk)
    return order_form(request, form, heading, order)
