"""Officers of two cases that hold the same files decide at one moment: no decision is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from reviewed import actor, content, granted, review_of
from web.conftest import MakeCase, MakeUser

from polit.base.errors import DecisionRefused
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.cases.services import case_change_status
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.grading.models import Decision, FrozenSchedule, Standing
from polit.web.grading.queries import histories_of, values_read
from polit.web.grading.rules import Change, values_of
from polit.web.grading.services import Wish, batch_undo, decide
from polit.web.grading.services.freezing import schedule_rows

AT_ONCE = 6
TURNS = 4
A, B = "uk-2014/1/A", "uk-2014/1/B"


def check_replay(case: Case) -> None:
    """Fail where a standing is not what the whole history comes to."""
    histories = histories_of(case, [content(name) for name in "abc"])
    for stands in Standing.objects.filter(case=case):
        history = histories[bytes(stands.sha256)]
        assert values_read(stands) == values_of(history)
        assert stands.version == len(history)


@pytest.mark.usefixtures("flush_below_triggers")
@pytest.mark.django_db(transaction=True)
def test_no_decision_is_lost_and_court_falls_between_two(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    users = [make_user(f"o{number}.example", Role.GRADER) for number in range(AT_ONCE)]
    cases = [make_case("OP-1", *users), make_case("OP-2", *users)]
    review_of(cases[0], ["a", "b", "c"])
    review_of(cases[1], ["c", "b", "a"])

    def work(number: int) -> int:
        user, case, made = users[number], cases[number % 2], 0
        try:
            for turn in range(TURNS):
                if number == 0 and turn == TURNS - 1:
                    case_change_status(SYSTEM, reason="a", case=case, action="take_to_court")
                    break
                change = Change(A if (number + turn) % 2 else B)
                decide(actor(user), access=granted(user, case), places=[1, 2],
                       wish=Wish(change))  # fmt: skip
                made += 2
                if turn == 1:
                    batch_undo(actor(user), access=granted(user, case))
                    made += 2
        except DecisionRefused as error:
            assert error.code == "frozen"  # noqa: PT017 - another officer's court came first
        finally:
            connections.close_all()
        return made

    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = sum(pool.map(work, range(AT_ONCE)))

    assert Decision.objects.count() == made
    decided = ("grading.grade", "grading.undo")
    assert AuditEvent.objects.filter(action__in=decided).count() == made
    for case in cases:
        check_replay(case)
    served = schedule_rows(FrozenSchedule.objects.get(case=cases[0]))
    rows = Standing.objects.filter(case=cases[0]).exclude(code="")
    assert served == {bytes(each.sha256).hex(): (each.code, each.flags) for each in rows}
