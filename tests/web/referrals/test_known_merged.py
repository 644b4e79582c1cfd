"""What is known of a referral follows records that are one person."""

from datetime import timedelta

from web.conftest import MakeCase, MakeUser

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.people.models import CasePerson
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import identifier_add, person_add, person_merge
from polit.web.referrals.knowing import known_of
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import GivenAccount, GivenParts, GivenReferral
from polit.web.referrals.services import referral_receive

REASON = "a test"


def suspect(case: Case, address: str) -> CasePerson:
    kept = person_add(SYSTEM, reason=REASON, case=case, details=PersonDetails("A.", "Sample"),
                      place=PlaceInCase(PersonRole.SUSPECT))  # fmt: skip
    identifier_add(SYSTEM, reason=REASON, case=case, person_id=kept.person_id,
                   given=GivenIdentifier("email", address))  # fmt: skip
    return kept


def received(address: str) -> Referral:
    parts = GivenParts(accounts=(GivenAccount("email", address),))
    given = GivenReferral("public", now_utc() - timedelta(days=1), parts=parts)
    return referral_receive(SYSTEM, reason=REASON, given=given)


def test_accounts_of_one_person_recorded_twice_are_known_together(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer, stranger = make_user("i", Role.INVESTIGATOR), make_user("o", Role.INVESTIGATOR)
    case, hidden = make_case("OP-1", officer), make_case("OP-2")
    one, two = suspect(case, "a@example.org"), suspect(case, "b@example.org")
    elsewhere = suspect(hidden, "c@example.org")
    first, second = received("a@example.org"), received("b@example.org")
    assert known_of(officer, second).referrals == ()
    for place, of in ((two, case), (elsewhere, hidden)):
        person_merge(SYSTEM, reason=REASON, case=of, person_id=place.person_id,
                     into_id=one.person_id)  # fmt: skip
    known = known_of(officer, second)
    assert [each.referral for each in known.referrals] == [first]
    assert known.referrals[0].shares == ("an account of the same person",)
    assert len(known.people) == 1  # two records, one person
    assert known.hidden_cases == 1  # the third record is of a case of others
    # Whose cases they are not in hears of no person, and of no referral through one.
    theirs = known_of(stranger, second)
    assert (theirs.referrals, theirs.people) == ((), ())
