"""Several people record the next event of an exhibit at one moment: one of them wins."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from web.conftest import MakeCase
from web.exhibits.custody_stories import happening, seized

from polit.base.errors import UsageError
from polit.web.core.acting import SYSTEM
from polit.web.exhibits.rules import EventKind, Person
from polit.web.exhibits.services import custody_record

AT_ONCE = 6
pytestmark = pytest.mark.usefixtures("flush_below_triggers")


@pytest.mark.django_db(transaction=True)
def test_one_of_many_wins_and_the_others_are_told_the_new_state(make_case: MakeCase) -> None:
    exhibit = seized(make_case("OP-1"))

    def hand_over(person: int) -> str:
        story = happening(EventKind.HAND_OVER, taker=Person(f"P. {person}"))
        try:
            custody_record(SYSTEM, reason="a", exhibit=exhibit, happening=story, after_number=1)
        except UsageError as error:
            return str(error)
        finally:
            connections.close_all()
        return "recorded"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = sorted(pool.map(hand_over, range(AT_ONCE)))

    winner = exhibit.events.get(number=2).holder_after
    assert answers.count("recorded") == 1
    told = [answer for answer in answers if answer != "recorded"]
    assert all(f"with an officer ({winner})" in answer for answer in told)
    assert exhibit.events.count() == 2
