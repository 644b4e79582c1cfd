"""When responses are due is told of thousands as the queue tells it, in a random world."""

import random
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.conftest import MakeCase, MakeUser
from web.due_asked import due_of_kind
from web.risk.samples import ASSESSED, received, suspect_of
from web.warrants.samples import executed, granted_warrant

from polit.web.accounts.models import User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import cases_for
from polit.web.cases.rules import CaseStatus
from polit.web.cases.services import case_change_status
from polit.web.core.acting import SYSTEM
from polit.web.core.due import Asking
from polit.web.core.rules import Role
from polit.web.people.models import CasePerson
from polit.web.referrals.models import Referral
from polit.web.risk.models import RiskAssessment
from polit.web.risk.queue import queue_head, risk_queue
from polit.web.risk.responses import Responses
from polit.web.risk.reviews import Reviews
from polit.web.risk.rules import RiskLevel

CASES, ASSESSMENTS = 12, 60
REVIEWED = [ASSESSED.date() + timedelta(days=each) for each in (9, 10)]


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
            review_on=chance.choice((None, *REVIEWED)),
        )  # fmt: skip
        row.save()


def to_review(cases: Collection[UUID]) -> set[UUID]:
    """Return what is to be looked at again, by comparing each assessment with every other one."""
    rows = list(RiskAssessment.objects.standing().select_related("case", "referral"))

    def whose(row: RiskAssessment) -> UUID | None:
        if row.referral is not None:
            return row.referral.case_id or row.referral_id
        return row.case_id

    def is_newer(one: RiskAssessment, other: RiskAssessment) -> bool:
        return (one.assessed_at, one.recorded_at) > (other.assessed_at, other.recorded_at)

    return {
        row.pk
        for row in rows
        if row.review_on is not None
        and (whose(row) in cases or (row.referral and row.referral.case_id is None))
        and not any(
            is_newer(each, row) and whose(each) == whose(row)
            and (row.person_id is None or each.person_id == row.person_id)
            for each in rows
        )
    }  # fmt: skip


def check_head(user: User) -> None:
    """Check that the head of the queue is its beginning."""
    waiting = [(each.kind, each.reference, each.since) for each in risk_queue(user)]
    for most in (1, 4, 100):
        head = queue_head(Asking(user, most))
        assert [(each.kind, each.reference, each.since) for each in head] == waiting[:most]


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
        asking = Asking(user, 100)
        Responses().times(asking)
        reviews = Reviews().times(asking)
    assert len(queries) == 6
    mine = {each.pk for each in cases_for(user) if each.status != CaseStatus.CLOSED.value}
    assert {UUID(str(each.key)) for each in reviews} == to_review(mine)
    due_of_kind("risk.review", user, 3)
    check_head(user)
    assert not due_of_kind("risk.response", make_user("a", Role.AUDITOR), 100)
