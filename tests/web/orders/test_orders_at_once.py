"""Two officers record something under two orders of one person at once: both orders know both."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import connections
from web.conftest import MakeCase
from web.orders.samples import BEGINS, access_to, order_of

from polit.web.core.acting import SYSTEM
from polit.web.orders.derive import order_kept
from polit.web.orders.given import GivenAssessment, GivenVisit
from polit.web.orders.models import Order
from polit.web.orders.services import order_assess, visit_record

AT_ONCE = 4
pytestmark = pytest.mark.usefixtures("flush_below_triggers")


@pytest.mark.django_db(transaction=True)
def test_what_is_due_knows_both_acts(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    orders = [order_of(case, "SHPO/1"), order_of(case, "SRO/1", "sro")]
    access = access_to(case)

    def record(number: int) -> None:
        order, at = orders[number % 2], BEGINS + timedelta(days=number)
        try:
            if number % 2:
                order_assess(SYSTEM, reason="a", access=access, order_id=order.pk,
                             given=GivenAssessment(at, "arms", "high"))  # fmt: skip
            else:
                visit_record(SYSTEM, reason="a", access=access, order_id=order.pk,
                             given=GivenVisit(at, was_seen=True))  # fmt: skip
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(record, range(AT_ONCE * 2)))

    for order in orders:
        found = Order.objects.get(pk=order.pk)
        kept = asdict(order_kept(found))
        assert {name: getattr(found, name) for name in kept} == kept
