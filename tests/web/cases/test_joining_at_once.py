"""Several supervisors add the same person at one moment: one membership comes of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections
from web.conftest import MakeCase, MakeUser

from polit.base.errors import UsageError
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import CaseMember
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add

AT_ONCE = 6


pytestmark = pytest.mark.usefixtures("flush_below_triggers")


@pytest.mark.django_db(transaction=True)
def test_one_membership_comes_of_many_at_once(make_user: MakeUser, make_case: MakeCase) -> None:
    case, user = make_case("OP-1"), make_user("g", Role.GRADER)

    def add(_each: int) -> bool:
        try:
            member_add(SYSTEM, reason="a", case=case, user_id=user.pk, purpose=Purpose.GRADING)
        except UsageError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sorted(pool.map(add, range(AT_ONCE))) == [False] * (AT_ONCE - 1) + [True]
    assert CaseMember.objects.filter(case=case, ended_at=None).count() == 1
    assert AuditEvent.objects.filter(action="cases.member_add").count() == 1


@pytest.mark.django_db(transaction=True)
def test_children_added_at_once_get_numbers_of_their_own(make_case: MakeCase) -> None:
    case = make_case("OP-1")

    def add(_each: int) -> str:
        try:
            return person_add(
                SYSTEM,
                reason="a",
                case=case,
                details=PersonDetails(),
                place=PlaceInCase(PersonRole.CHILD),
            ).label
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        labels = set(pool.map(add, range(AT_ONCE)))
    assert labels == {f"Child {number}" for number in range(1, AT_ONCE + 1)}
    assert CasePerson.objects.count() == AT_ONCE


def test_flush_put_the_triggers_back(make_case: MakeCase) -> None:
    make_case("OP-1")
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")
