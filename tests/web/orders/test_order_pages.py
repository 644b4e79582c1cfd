"""Pages of orders: one click to each next step, lists, who sees what, hostile text."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from web.conftest import ClientFor, MakeCase, MakeUser
from web.orders.samples import BEGINS, access_to, breach_id, order_event_id, order_of

from polit.base.clock import now_utc
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.orders.given import GivenNotifiable, GivenNotification, GivenVisit
from polit.web.orders.models import Breach, DeviceCheck, Notification, Order, Visit
from polit.web.orders.rules import EndKind
from polit.web.orders.services import (
    notifiable_record,
    notification_record,
    order_end,
    visit_record,
)
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add


def instant(name: str, *parts: str) -> dict[str, str]:
    return {f"{name}_{index}": part for index, part in enumerate(parts)}


WHEN = instant("occurred_at", "2", "2", "2026", "10:00")


def test_order_goes_from_the_form_to_its_end_by_one_click_a_step(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    manager = make_user("m.example", Role.OFFENDER_MANAGER)
    case = make_case("OP-1", manager)
    place = person_add(SYSTEM, reason="a", case=case, details=PersonDetails("Max", "Muster"),
                       place=PlaceInCase(PersonRole.SUSPECT))  # fmt: skip
    client, base = client_for(manager), f"/cases/{case.id}/orders/"
    assert f'value="{place.pk}" selected' in client.get(f"{base}make/").content.decode()
    data = {
        "place_id": str(place.pk), "kind": "shpo", "reference": "SHPO/7",
        "manager_id": str(manager.pk),
        **instant("made_on", "5", "1", "2026"), **instant("begins_on", "5", "1", "2026"),
        "condition_kind": "requirement", "condition_code": "devices",
        "condition_text": "Show every device.", "reason": "made",
    }  # fmt: skip
    half = client.post(f"{base}make/", {**data, "condition_text": ""}).content.decode()
    assert "Give a kind, a subject and words" in half
    assert client.post(f"{base}make/", data).status_code == 302
    order = Order.objects.get()
    page = f"{base}{order.pk}/"
    steps = {
        "events/visit/record/": {**WHEN, "was_seen": "True", "was_announced": "False"},
        "events/device_check/record/": {**WHEN, "device": "Phone", "result": "nothing"},
        "events/assess/record/": {**WHEN, "tool": "arms", "level": "high"},
        "events/notifiable/record/": {**WHEN, "rule": "change"},
        "events/notification/record/": {**WHEN, "rule": "initial"},
        "events/breach/record/": {
            **WHEN, **instant("known_at", "3", "2", "2026", "10:00"), "requirement": "initial",
            "text": "Came late",
        },
        "vary/": {**instant("varied_on", "1", "3", "2026"), "text": "Shorter"},
        "assign/": {"national_reference": "N/1"},
    }  # fmt: skip
    for step, sent in steps.items():
        assert client.get(page + step).status_code == 200, step
        answer = client.post(page + step, {**sent, "reason": "done"})
        assert answer.status_code == 302, (step, answer.content.decode())
    breach = Breach.objects.get()
    act = f"{page}breaches/{breach.pk}/act/"
    assert client.post(act, {**WHEN, "action": "warning", "reason": "a"}).status_code == 302
    shown = client.get(page).content.decode()
    for words in ("s.85(1) and (5)(b): within one year", "2 February 2026, s.83(1)", "Overdue",
                  "Max Muster", "Warning, ", "Late", "Show every device.", "N/1"):  # fmt: skip
        assert words in shown, words
    ended = {"how": "discharged", **instant("ended_on", "1", "4", "2026"), "reason": "heard"}
    assert client.post(f"{page}end/", ended).status_code == 302
    assert "Nothing: the order is over." in client.get(page).content.decode()
    assert "Sexual harm prevention order" in client.get(f"/cases/{case.id}/").content.decode()
    assert (
        "Orders against this person"
        in client.get(f"/cases/{case.id}/people/{place.person_id}/").content.decode()
    )


def test_event_is_corrected_and_withdrawn_from_the_page(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    manager = make_user("m.example", Role.OFFENDER_MANAGER)
    case = make_case("OP-1", manager)
    event, client = order_event_id(case), client_for(manager)
    base = f"/cases/{case.id}/orders/{order_of(case).pk}/events/visit/"
    first = client.get(f"{base}{event}/correct/").content.decode()
    assert 'value="True" checked' in first.replace(' id="id_was_seen_1"', "").replace(
        "  ", " "
    ) or ("checked" in first)
    sent = {**WHEN, "was_seen": "False", "was_announced": "True", "reason": "not at home"}
    assert client.post(f"{base}{event}/correct/", sent).status_code == 302
    assert client.get(f"{base}{event}/correct/").status_code == 404
    now = Visit.objects.standing().get()
    assert (now.was_seen, now.corrects_id) == (False, event)
    assert client.post(f"{base}{now.pk}/withdraw/", {"reason": "mistaken"}).status_code == 302
    assert not Visit.objects.standing().exists()
    shown = client.get(f"/cases/{case.id}/orders/{order_of(case).pk}/").content.decode()
    assert "Visit withdrawn" in shown
    assert client.get(f"/cases/{case.id}/orders/{order_of(case).pk}/events/burn/record/"
                      ).status_code == 404  # fmt: skip


def test_list_is_narrowed_sorted_searched_and_holds_own_cases_alone(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    manager, other = (make_user(name, Role.OFFENDER_MANAGER) for name in ("m.example", "o.example"))
    mine, theirs = make_case("OP-1", manager), make_case("OP-2", other)
    order_of(mine, "AAA/1")
    order_of(mine, "BBB/2", "sro")
    order_of(theirs, "CCC/3")
    client = client_for(manager)

    def found(query: str) -> set[str]:
        text = client.get(f"/orders/?{query}").content.decode()
        return {each for each in ("AAA/1", "BBB/2", "CCC/3") if each in text}

    assert found("") == {"AAA/1", "BBB/2"}
    assert found("kind=sro") == {"BBB/2"}
    assert found("q=aaa") == {"AAA/1"}
    assert found("overdue=yes&sort=end") == found("level=none&state=running") == {"AAA/1", "BBB/2"}
    assert found("level=high") == found("state=over") == set()
    assert found(f"manager={manager.pk}") == set()
    with CaptureQueriesContext(connection) as few:
        client.get("/orders/")
    for number in range(8):
        order_of(mine, f"D/{number}")
    with CaptureQueriesContext(connection) as many:
        client.get("/orders/")
    assert len(many) == len(few)
    order = Order.objects.get(reference="AAA/1")
    page = f"/cases/{mine.id}/orders/{order.pk}/"
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for hours in range(1, 6):
        order_event_id_of(order, hours)
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(many) == len(few)


def order_event_id_of(order: Order, hours: int) -> None:
    visit_record(SYSTEM, reason="a", access=access_to(order.case), order_id=order.pk,
                 given=GivenVisit(BEGINS + timedelta(hours=hours), was_seen=True))  # fmt: skip


def test_form_that_is_sent_twice_is_one_event_and_lists_begin_with_what_is_in_force(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    manager = make_user("m.example", Role.OFFENDER_MANAGER)
    case = make_case("OP-1", manager)
    client, order = client_for(manager), order_of(case)
    page = f"/cases/{case.id}/orders/{order.pk}/"
    sent = {**WHEN, "device": "Phone", "result": "nothing", "found": "x", "reason": "a"}
    assert client.post(f"{page}events/device_check/record/", sent).status_code == 302
    again = client.post(f"{page}events/device_check/record/", {**sent, "reason": "b"})
    assert "recorded already" in again.content.decode()
    assert DeviceCheck.objects.count() == 1
    assert order.reference in client.get("/orders/").content.decode()
    order_end(SYSTEM, reason="a", access=access_to(case), order_id=order.pk,
              how=EndKind.DISCHARGED, ended_on=timezone.localdate(now_utc()))  # fmt: skip
    assert order.reference not in client.get("/orders/").content.decode()
    assert order.reference in client.get("/orders/?state=").content.decode()


@pytest.mark.parametrize("text", ["\x00null", "x" * 10_000, "a\u202eb", "<b>bold</b>"])
def test_hostile_text_is_refused_or_shown_as_text(
    text: str, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    manager = make_user("m.example", Role.OFFENDER_MANAGER)
    case = make_case("OP-1", manager)
    client, page = client_for(manager), f"/cases/{case.id}/orders/{order_of(case).pk}/"
    sent = {**WHEN, "device": "Phone", "result": "nothing", "found": text, "reason": "a"}
    answer = client.post(f"{page}events/device_check/record/", sent)
    assert answer.status_code == (200 if "\x00" in text or len(text) > 4000 else 302)
    shown = client.get(page).content.decode()
    assert "<b>bold</b>" not in shown
    assert "\u202e" not in shown
    assert DeviceCheck.objects.count() == (answer.status_code == 302)


def test_suspect_who_is_a_child_has_no_name_for_an_offender_manager(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    manager, lead = make_user("m.example", Role.OFFENDER_MANAGER), make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", manager, lead)
    young = PersonDetails("Kim", "Kindname", born_on=date(2012, 5, 1))
    person_add(SYSTEM, reason="a", case=case, details=young, place=PlaceInCase(PersonRole.SUSPECT))
    breach_id(case)
    assert CasePerson.objects.count() == 1
    order = order_of(case)
    pages = [f"/cases/{case.id}/orders/{order.pk}/", f"/cases/{case.id}/orders/make/", "/orders/",
             f"/cases/{case.id}/orders/", f"/cases/{case.id}/"]  # fmt: skip
    for page in pages:
        assert "Kindname" not in client_for(manager).get(page).content.decode(), page
    assert "Kindname" in client_for(lead).get(pages[0]).content.decode()
    assert client_for(lead).get(pages[1]).status_code in {403, 404}
    assert not Notification.objects.exists()


def test_correction_of_a_notification_begins_with_what_it_answers(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    manager = make_user("m.example", Role.OFFENDER_MANAGER)
    case = make_case("OP-1", manager)
    order, access = order_of(case), access_to(case)
    moved = notifiable_record(SYSTEM, reason="a", access=access, order_id=order.pk,
                              given=GivenNotifiable(BEGINS, "change"))  # fmt: skip
    kept = notification_record(
        SYSTEM, reason="a", access=access, order_id=order.pk,
        given=GivenNotification(BEGINS, "change", event_id=moved.pk),
    )  # fmt: skip
    url = f"/cases/{case.id}/orders/{order.pk}/events/notification/{kept.pk}/correct/"
    assert f'value="{moved.pk}" selected' in client_for(manager).get(url).content.decode()
