"""A conviction leads to the order that follows it, and what it said is not typed twice."""

from dataclasses import replace

import pytest
from web.conftest import ClientFor, MakeCase, MakeUser
from web.court.test_court_services import charged, decided
from web.orders.samples import BEGINS, access_to, order_of

from polit.base.errors import UsageError
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.court.models import CourtResult
from polit.web.court.rules import GivenSentence
from polit.web.orders.given import GivenAssessment, GivenOrder
from polit.web.orders.law import current_rules
from polit.web.orders.services import order_assess, order_make
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add

REASON = "a test"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((("custody", 30),), "life_or_30_months"),
        ((("custody", 29), ("surcharge", 100)), "over_6_under_30_months"),
        ((("suspended", 6), ("suspended_for", 24), ("unpaid_work", 100)), "up_to_6_months"),
        ((("community", 24), ("activity", 20)), "other"),
        ((("fine", 200),), "other"),
        ((("custody", 4), ("custody", 4)), ""),  # added or not, the record does not say
        ((("extended", 48), ("extended_licence", 24)), ""),
        ((("conditional_discharge", 12),), ""),  # s.82: the period of the discharge, no row here
        ((), ""),
    ],
)
def test_length_follows_from_a_sentence_where_it_does(
    parts: tuple[tuple[str, int | None], ...], code: str
) -> None:
    assert current_rules().sentence_for(parts) == code


def test_conviction_leads_to_its_order_in_one_click(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    supervisor, officer = make_user("s", Role.SUPERVISOR), make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", supervisor, officer)
    charge = charged(case)
    result = decided(case, charge, "guilty", GivenSentence("custody", 18))
    page = f"/cases/{case.id}/court/defendants/{charge.place_id}/"
    make = f"/cases/{case.id}/orders/make/"
    step = f"{make}?place={charge.place_id}&amp;result={result.first_id}"
    client = client_for(supervisor)
    assert step in client.get(page).content.decode()
    assert make not in client_for(officer).get(page).content.decode()  # who may not is not led
    form = client.get(step.replace("&amp;", "&")).content.decode()
    for words in (str(result.first_id), str(charge.place_id), "over_6_under_30_months"):
        assert f'value="{words}" selected' in form
    assert result.court in form
    assert client.get(f"{make}?result=%00&place=x").status_code == 200
    made = order_make(SYSTEM, reason=REASON, access=access_to(case), given=GivenOrder(
        charge.place_id, "shpo", "SHPO/1", BEGINS.date(), BEGINS.date(),
        court_result_id=result.first_id,
    ))  # fmt: skip
    shown = client.get(f"/cases/{case.id}/orders/{made.pk}/").content.decode()
    assert f'href="{page}">Count 1: found guilty' in shown


def test_order_follows_only_a_conviction_of_its_person(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    charge = charged(case)
    acquitted = decided(case, charge, "not_guilty")
    convicted = decided(case, charge, "guilty")
    other = person_add(SYSTEM, reason=REASON, case=case, details=PersonDetails("B.", "Other"),
                       place=PlaceInCase(PersonRole.SUSPECT))  # fmt: skip
    given = GivenOrder(charge.place_id, "shpo", "SHPO/1", BEGINS.date(), BEGINS.date())
    for wrong in (
        replace(given, court_result_id=acquitted.first_id),
        replace(given, court_result_id=case.pk),
        replace(given, court_result_id=convicted.first_id, place_id=other.pk),
    ):
        with pytest.raises(UsageError):
            order_make(SYSTEM, reason=REASON, access=access_to(case), given=wrong)
    assert CourtResult.objects.filter(orders__isnull=False).count() == 0


def test_case_page_shows_what_tools_said_under_orders(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    manager, grader = make_user("m", Role.OFFENDER_MANAGER), make_user("g", Role.GRADER)
    case = make_case("OP-1", manager, grader)
    order = order_of(case)
    order_assess(SYSTEM, reason=REASON, access=access_to(case), order_id=order.pk,
                 given=GivenAssessment(BEGINS, "arms", "high"))  # fmt: skip
    shown = client_for(manager).get(f"/cases/{case.id}/").content.decode()
    section = shown.partition("Risk under orders")[2]
    assert f"/cases/{case.id}/orders/{order.pk}/" in section
    assert "High" in section
    assert b"Risk under orders" not in client_for(grader).get(f"/cases/{case.id}/").content
