"""What happens under an order: recorded, corrected, withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.found import or_404
from polit.web.orders.event_forms import (
    AssessForm,
    BreachForm,
    DeviceCheckForm,
    EventForm,
    NotifiableForm,
    NotificationForm,
    Offers,
    StepForm,
    VisitForm,
    WithdrawForm,
)
from polit.web.orders.models import Notification, Order, OrderEvent
from polit.web.orders.queries import (
    breach_list,
    condition_choices,
    event_get,
    event_now,
    exhibit_choices,
    order_get,
    pending_choices,
)
from polit.web.orders.rules import ACTING
from polit.web.orders.services import (
    breach_act,
    breach_record,
    device_check_record,
    event_withdraw,
    notifiable_record,
    notification_record,
    order_assess,
    visit_record,
)
from polit.web.orders.views.orders import order_form


@dataclass(frozen=True, slots=True)
class EventPage:
    """How one kind of event is recorded.

    Args:
        title: Its heading.
        form: What people fill in.
        service: What keeps it.
    """

    title: str
    form: type[EventForm]
    service: Callable[..., OrderEvent]


EVENTS = {
    "visit": EventPage("a visit", VisitForm, visit_record),
    "device_check": EventPage("a device check", DeviceCheckForm, device_check_record),
    "assess": EventPage("an assessment of risk", AssessForm, order_assess),
    "notifiable": EventPage("what has to be notified", NotifiableForm, notifiable_record),
    "notification": EventPage("a notification", NotificationForm, notification_record),
    "breach": EventPage("a breach", BreachForm, breach_record),
}


@access(ACTING, methods=("GET", "POST"))
def record_page(
    request: HttpRequest, case_id: UUID, order_id: UUID, order_event: str
) -> HttpResponse:
    """Record what happened under an order."""
    del case_id  # the gate has read it
    page, order = _page(order_event), _order(request, order_id)
    known: dict[str, Any] = {} if order_event == "notifiable" else {"occurred_at": this_minute()}
    known["visitors"] = user_of(request).full_name
    offers = _offers(case_access_of(request), order, order_event)
    form = page.form(offers, sent(request), initial=known)
    return _kept_or_form(request, page, order, form, f"Record {page.title}")


@access(ACTING, methods=("GET", "POST"))
def correct_page(
    request: HttpRequest, case_id: UUID, order_id: UUID, order_event: str, order_event_id: UUID
) -> HttpResponse:
    """Correct what was recorded: a further row that begins with what stood."""
    del case_id  # the gate has read it
    page, order = _page(order_event), _order(request, order_id)
    found = or_404(lambda: event_get(order, order_event, order_event_id))
    offers = _offers(case_access_of(request), order, order_event)
    known = page.form.known_of(found)
    if isinstance(found, Notification):
        answered = event_now(found.event)
        offers = {**offers, "event_id": pending_choices(order, answered=answered)}
        known["event_id"] = answered.pk if answered else None
    form = page.form(offers, sent(request), initial=known)
    form.fields["reason"].initial = ""
    return _kept_or_form(request, page, order, form, f"Correct {page.title}", found.pk)


@access(ACTING, methods=("GET", "POST"))
def withdraw_page(
    request: HttpRequest, case_id: UUID, order_id: UUID, order_event: str, order_event_id: UUID
) -> HttpResponse:
    """Say that something recorded never happened."""
    page, order = _page(order_event), _order(request, order_id)
    or_404(lambda: event_get(order, order_event, order_event_id))
    form = WithdrawForm(sent(request))
    if form.is_valid():
        done = attempt(
            form,
            lambda: event_withdraw(
                actor_of(request), order_event, reason=form.cleaned_data["reason"],
                access=case_access_of(request), order_id=order_id, event_id=order_event_id,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("orders:page", case_id=case_id, order_id=order_id)
    return order_form(request, form, f"Withdraw {page.title}", order)


@access(ACTING, methods=("GET", "POST"))
def breach_act_page(
    request: HttpRequest, case_id: UUID, order_id: UUID, breach_id: UUID
) -> HttpResponse:
    """Record what was done about a breach."""
    order = _order(request, order_id)
    if breach_id not in {each.pk for each in breach_list(order)}:
        raise Http404
    form = StepForm({}, sent(request), initial={"occurred_at": this_minute()})
    if form.is_valid():
        done = attempt(
            form,
            lambda: breach_act(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), order_id=order_id, breach_id=breach_id,
                given=form.fact(),
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("orders:page", case_id=case_id, order_id=order_id)
    return order_form(request, form, "Record what was done about the breach", order)


def _kept_or_form(
    request: HttpRequest, page: EventPage, order: Order, form: EventForm, heading: str,
    corrects: UUID | None = None,
) -> HttpResponse:  # fmt: skip
    if form.is_valid():
        kept = attempt(
            form,
            lambda: page.service(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), order_id=order.pk, given=form.fact(),
                corrects=corrects,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("orders:page", case_id=order.case_id, order_id=order.pk)
    return order_form(request, form, heading, order)


def _page(verb: str) -> EventPage:
    if verb not in EVENTS:
        raise Http404
    return EVENTS[verb]


def _order(request: HttpRequest, order_id: UUID) -> Order:
    return or_404(lambda: order_get(case_access_of(request), order_id))


def _offers(granted: CaseAccess, order: Order, verb: str) -> Offers:
    """Return the choices of a form's fields."""
    rules = order.rule_set.choices(order.kind_entry.duties)
    codes = tuple((each.code, f"{each.label} ({each.statute})") for each in rules)
    if verb == "device_check":
        return {"exhibit_id": exhibit_choices(granted)}
    if verb == "assess":
        return {"tool": tuple((each.code, each.label) for each in order.monitoring.tools)}
    if verb == "notifiable":
        started = [each for each in codes if each[0] not in {"initial", "periodic"}]
        return {"rule": started}
    if verb == "notification":
        return {"rule": codes, "event_id": pending_choices(order)}
    if verb == "breach":
        return {"condition_id": condition_choices(order, with_ended=True), "requirement": codes}
    return {}
