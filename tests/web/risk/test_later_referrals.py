"""A referral that comes in after its case was answered waits for a response of its own."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeCase, MakeUser
from web.due_asked import due_of_kind
from web.risk.samples import given_assessment, received
from web.warrants.samples import APPLIED, executed, granted_warrant

from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.due import Asking
from polit.web.core.rules import Role
from polit.web.referrals.models import Referral
from polit.web.risk.queue import queue_head, risk_queue
from polit.web.risk.rules import RiskLevel
from polit.web.risk.services import assessment_record, response_cover, response_uncover

WHY = "the search covered these accounts"


@pytest.fixture
def lead(make_user: MakeUser) -> User:
    return make_user("s.example", Role.SUPERVISOR)


@pytest.fixture
def case(make_case: MakeCase, lead: User) -> Case:
    """Return a case that a warrant answered."""
    made = make_case("OP-1", lead)
    received(made, APPLIED - timedelta(days=1))
    executed(made, granted_warrant(made))
    return made


def waits(user: User) -> list[str]:
    """Return what waits for a response, as the queue and its head say."""
    found = risk_queue(user)
    assert [each.reference for each in queue_head(Asking(user, 9))] == [
        each.reference for each in found
    ]
    due = [each.reference for each in found if each.due_at]
    assert sorted(each.reference for each in due_of_kind("risk.response", user, 9)) == sorted(due)
    return [each.reference for each in found]


def later(case: Case, days: int = 2) -> Referral:
    return received(case, APPLIED + timedelta(days=days))


def test_later_referral_waits_by_its_own_level_until_a_later_execution(
    case: Case, lead: User
) -> None:
    assert waits(lead) == []
    received(case, APPLIED)  # before the execution, though it was joined after
    assert waits(lead) == []
    referral = later(case)
    assert waits(lead) == [referral.reference]
    assert risk_queue(lead)[0].due_at is None
    assessment_record(SYSTEM, reason=WHY, given=given_assessment(RiskLevel.LOW), case=case)
    assert risk_queue(lead)[0].level is RiskLevel.LOW
    high = given_assessment(RiskLevel.HIGH)
    assessment_record(SYSTEM, reason=WHY, given=high, referral_id=referral.pk)
    (row,) = risk_queue(lead)
    assert (row.level, row.since) == (RiskLevel.HIGH, referral.received_at)
    assert waits(lead) == [referral.reference]
    executed(case, granted_warrant(case, "W/2"), days=3)
    assert waits(lead) == []


def test_earlier_response_covers_it_once_somebody_says_so(case: Case, lead: User) -> None:
    referral = later(case)
    early = Referral.objects.exclude(pk=referral.pk).get()
    response_cover(SYSTEM, reason=WHY, referral_id=referral.pk)
    assert waits(lead) == []
    for each in (referral, early):
        with pytest.raises(UsageError, match="waits for no response"):
            response_cover(SYSTEM, reason=WHY, referral_id=each.pk)
    response_uncover(SYSTEM, reason=WHY, referral_id=referral.pk)
    assert waits(lead) == [referral.reference]
    with pytest.raises(UsageError, match="no earlier response"):
        response_uncover(SYSTEM, reason=WHY, referral_id=referral.pk)


def test_outsiders_see_nothing_of_it_and_graders_say_nothing(
    case: Case, make_user: MakeUser
) -> None:
    referral = later(case)
    assert waits(make_user("i.outsider", Role.INVESTIGATOR)) == []
    user = make_user("g.example", Role.GRADER)
    grader = Actor("user", str(user.pk), user.username)
    for service in (response_cover, response_uncover):
        with pytest.raises(AuthorityError):
            service(grader, reason=WHY, referral_id=referral.pk)


def test_pages_lead_from_the_case_to_the_reason(
    case: Case, lead: User, client_for: ClientFor
) -> None:
    referral, client = later(case), client_for(lead)
    page = f"/referrals/{referral.pk}/"
    assert page in client.get(f"/cases/{case.pk}/").content.decode()
    assert f"{page}risk/cover/" in client.get(page).content.decode()
    empty = client.post(f"{page}risk/cover/", {"reason": ""}).content.decode()
    assert "Warrant W/1 executed" in empty
    assert client.post(f"{page}risk/cover/", {"reason": WHY}).status_code == 302
    again = client.post(f"{page}risk/cover/", {"reason": WHY})  # somebody else had it open
    assert "waits for no response" in again.content.decode()
    assert WHY in client.get(page).content.decode()
    assert "Warrant" not in client.get(f"{page}risk/").content.decode()
    assert client.post(f"{page}risk/uncover/", {"reason": WHY}).status_code == 302
    assert "No response yet" in client.get(page).content.decode()
    executed(case, granted_warrant(case, "W/2"), days=3)
    assert "Warrant executed" in client.get(f"{page}risk/").content.decode()


def test_queries_do_not_grow_with_what_came_later(case: Case, lead: User) -> None:
    counts = []
    for days in (2, 3):
        later(case, days)
        with CaptureQueriesContext(connection) as queries:
            assert len(risk_queue(lead)) == days - 1
        counts.append(len(queries))
    assert len(set(counts)) == 1
