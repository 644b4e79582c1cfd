"""When responses are due is told of thousands as the queue tells it, in a random world."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.conftest import MakeCase, MakeUser
from web.due_asked import due_of_kind
from web.risk.samples import ASSESSED, received, suspect_of
from web.warrants.samples import executed, granted_warrant

from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import case_change_status
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.people.models import CasePerson
from polit.web.referrals.models import Referral
from polit.web.risk.models import RiskAssessment
from polit.web.risk.responses import Responses
from polit.web.risk.rules import RiskLevel

CASES, ASSESSMENTS = 12, 60


def assessed(chance: random.Random, about: Case | Referral, person: CasePerson | None) -> None:
    """Keep an assessment; a few are corrected or withdrawn."""
    times = [ASSESSED + timedelta(hours=each, microseconds=each % 2) for each in range(6)]
    row = None
    for is_withdrawal in chance.choice(([False], [False], [False, False], [False, True])):
        row = RiskAssessment(
            case=about if isinstance(about, Case) else None,
            referral=about if isinstance(about, Referral) else None,
            person=person, corrects=row, is_withdrawal=is_withdrawal, tool_scheme="england-wales-1",
            tool="kirat", level=chance.choice(list(RiskLevel)).value, assessor="DC Reed",
            assessed_at=chance.choice(times), rationale="As said", by="system", reason="a test",
        )  # fmt: skip
        row.save()


@pytest.mark.parametrize("seed", [1, 2])
def test_times_are_those_of_the_queue_in_its_order(
    seed: int, make_user: MakeUser, make_case: MakeCase
) -> None:
    chance = random.Random(seed)
    user = make_user("i.example", Role.INVESTIGATOR)
    cases = [
        make_case(f"OP-{each}", *([user] if chance.random() < 0.8 or not each else []))
        for each in range(CASES)
    ]
    suspects = {case.pk: suspect_of(case) for case in cases[::2]}
    about: list[Case | Referral] = [*cases]
    for hour in range(8):
        case = chance.choice([*cases, None])
        about.append(received(case, ASSESSED - timedelta(hours=hour % 3)))
    with act(SYSTEM, "tests.assess", reason="a test") as deed:
        deed.about("sample", "1")
        for _ in range(ASSESSMENTS):
            one = chance.choice(about)
            named = suspects.get(one.pk) if chance.random() < 0.5 else None
            assessed(chance, one, named)
    executed(cases[0], granted_warrant(cases[0]))
    for days in (20, 21):  # one of them assessed
        later = received(cases[0], ASSESSED + timedelta(days=days))
    with act(SYSTEM, "tests.assess", reason="a test") as deed:
        deed.about("sample", "2")
        assessed(chance, later, None)
    case_change_status(SYSTEM, reason="done", case=cases[1], action="close")

    for most in (1, 3, 100):
        found = due_of_kind("risk.response", user, most)
    assert {each.subject for each in found} == {"Case", "Referral"}
    with CaptureQueriesContext(connection) as queries:
        Responses().times(user, 100)
    assert len(queries) == 7
    assert not due_of_kind("risk.response", make_user("a", Role.AUDITOR), 100)
