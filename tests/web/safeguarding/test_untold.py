"""What victims are still to be told: each arrest, release and decision once, wherever one looks."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.arrests.samples import access_to, arrest_of_case
from web.conftest import ClientFor, MakeCase, MakeUser
from web.due_asked import due_asked
from web.safeguarding.samples import CHILD_NAME, Granted, child_of

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.arrests.models import Arrest, ArrestOutcome
from polit.web.arrests.rules import ArrestKind, GivenArrest, GivenOutcome, OutcomeKind
from polit.web.arrests.services import (
    arrest_correct,
    arrest_record,
    arrest_withdraw,
    following_withdraw,
    outcome_record,
)
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.due import Asking
from polit.web.core.rules import Role
from polit.web.court.models import Charge
from polit.web.court.rules import GivenCharge
from polit.web.court.services import charge_record, court_withdraw
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.safeguarding.due import due_sources
from polit.web.safeguarding.models import ChildRecord, SupportContact
from polit.web.safeguarding.queries import child_get, children_for, next_steps
from polit.web.safeguarding.queries.children import missing
from polit.web.safeguarding.rules import GivenChild, GivenContact, GivenIdentified, GivenReply
from polit.web.safeguarding.services import (
    child_change,
    child_identify,
    child_version,
    contact_act,
    contact_owe,
)

ARREST, BAIL, DECISION = (
    "Told of an arrest",
    "Told of bail, release or changed conditions",
    "Told of a decision to charge or not to",
)
CODES = {ARREST: "told_of_arrest", BAIL: "told_of_bail", DECISION: "told_of_decision"}
WHY = "a test"


def ago(hours: float) -> datetime:
    return now_utc() - timedelta(hours=hours)


def victim_of(case: Case, identified_at: datetime | None = None) -> ChildRecord:
    """Return the child of a case, identified before anything happened unless told otherwise."""
    child = child_of(case)
    given = GivenIdentified(identified_at or ago(300), "by her school")
    return child_identify(SYSTEM, reason=WHY, access=Granted(case), child_id=child.pk, given=given)


def outcome(
    arrest: Arrest, kind: OutcomeKind, at: datetime, corrects: ArrestOutcome | None = None
) -> ArrestOutcome:
    runs = kind in {OutcomeKind.BAIL, OutcomeKind.RELEASED_UNDER_INVESTIGATION}
    given = GivenOutcome(
        kind, at, "too little evidence", due_at=at + timedelta(days=20) if runs else None,
        bail_level="first" if kind is OutcomeKind.BAIL else "",
    )  # fmt: skip
    return outcome_record(
        SYSTEM, reason=WHY, access=access_to(arrest.case), arrest_id=arrest.first_id, given=given,
        corrects=corrects.pk if corrects else None,
    )  # fmt: skip


def corrected(arrest: Arrest, at: datetime, kind: ArrestKind = ArrestKind.ARREST) -> Arrest:
    given = GivenArrest(
        arrest.place_id, kind, at, "at home", "reported", "PC Sample",
        ("investigation",) if kind is ArrestKind.ARREST else (),
    )  # fmt: skip
    return arrest_correct(SYSTEM, reason=WHY, access=access_to(arrest.case),
                          arrest_id=arrest.first_id, given=given)  # fmt: skip


def asked(case: Case, child: ChildRecord, user: User) -> list[str]:
    """Return what a victim is to be told, as the page and the list of what is due agree."""
    steps = next_steps(child_get(Granted(case), child.pk))
    (source,) = (each for each in due_sources() if each.kind == "safeguarding.contact")
    page = sorted((each.label, each.due_at) for each in steps if each.label in CODES)
    dues = due_asked(source, user, 99)
    assert page == sorted((each.label, each.due_at) for each in dues if each.label in CODES)
    waits = children_for(user).filter(missing("contact"), pk=child.pk).exists()
    assert waits == any(each.contact_id or each.url for each in steps)
    assert not any(CHILD_NAME in f"{each.subject} {each.label} {each.url}" for each in dues)
    return sorted((label for label, _due_at in page), key=list(CODES).index)


def tell(case: Case, child: ChildRecord, label: str, at: datetime, **more: UUID) -> SupportContact:
    """Add a contact and give it."""
    kept = contact_owe(SYSTEM, reason=WHY, access=Granted(case), child_id=child.pk,
                       given=GivenContact(CODES[label], at, **more))  # fmt: skip
    return contact_act(SYSTEM, reason=WHY, access=Granted(case), contact_id=kept.pk,
                       action="give", reply=GivenReply(now_utc(), "by telephone"))  # fmt: skip


@pytest.fixture
def lead(make_user: MakeUser) -> User:
    return make_user("i.example", Role.INVESTIGATOR)


@pytest.fixture
def case(make_case: MakeCase, lead: User) -> Case:
    return make_case("OP-1", lead)


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        (OutcomeKind.BAIL, BAIL),
        (OutcomeKind.RELEASED_UNDER_INVESTIGATION, BAIL),
        (OutcomeKind.CHARGE, DECISION),
        (OutcomeKind.CAUTION, DECISION),
        (OutcomeKind.NO_FURTHER_ACTION, DECISION),
    ],
)
def test_victim_is_told_of_each_outcome(
    case: Case, lead: User, kind: OutcomeKind, label: str
) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    outcome(arrest, kind, ago(1))
    assert asked(case, child, lead) == [ARREST, label]
    tell(case, child, label, ago(1))
    assert asked(case, child, lead) == [ARREST]


def test_link_brings_kind_and_time_and_a_contact_is_owed_once(
    case: Case, lead: User, client_for: ClientFor
) -> None:
    child, arrest = child_of(case), arrest_of_case(case)
    assert asked(case, child, lead) == []  # a child at risk is no victim
    identified_at = ago(1)
    victim_of(case, identified_at)
    base = f"/cases/{case.id}/children/{child.pk}/"
    link = f"{base}contacts/add/?kind=told_of_arrest&follows={arrest.first_id}"
    client = client_for(lead)
    assert link in client.get(base).content.decode().replace("&amp;", "&")
    initial = client.get(link).context["form"].initial
    assert initial == {"kind": "told_of_arrest", "arises_at": identified_at}
    filled = client.get(link).context["form"]
    time = filled.fields["arises_at"].widget.decompress(identified_at)
    sent = {f"arises_at_{number}": value for number, value in enumerate(time)}
    sent |= {"kind": "told_of_arrest", "reason": WHY}
    assert client.post(link, sent).status_code == 302
    assert asked(case, child, lead) == [ARREST]  # owed now, with its clock
    assert SupportContact.objects.get(kind="told_of_arrest").follows == arrest.first_id
    again = client.post(link, sent)  # somebody else had the page open
    assert "owed already" in again.content.decode()
    assert link not in client.get(base).content.decode()


def test_what_is_corrected_is_told_once(case: Case, lead: User) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    released = outcome(arrest, OutcomeKind.BAIL, ago(1))
    tell(case, child, ARREST, arrest.occurred_at)
    tell(case, child, BAIL, released.occurred_at)
    corrected(arrest, ago(2.5))
    once = outcome(arrest, OutcomeKind.BAIL, ago(0.9), released)
    outcome(arrest, OutcomeKind.BAIL, ago(0.8), once)
    assert asked(case, child, lead) == []


def test_who_was_told_of_another_outcome_is_told_anew(case: Case, lead: User) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    tell(case, child, ARREST, arrest.occurred_at)
    wrong = outcome(arrest, OutcomeKind.CHARGE, ago(1))
    tell(case, child, DECISION, wrong.occurred_at)
    right = outcome(arrest, OutcomeKind.NO_FURTHER_ACTION, ago(1), wrong)
    assert asked(case, child, lead) == [DECISION]
    tell(case, child, DECISION, right.occurred_at)
    assert asked(case, child, lead) == []


def test_nothing_withdrawn_is_told_even_where_a_contact_is_owed(case: Case, lead: User) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    released = outcome(arrest, OutcomeKind.BAIL, ago(1))
    for label, at in ((ARREST, arrest.occurred_at), (BAIL, released.occurred_at)):
        contact_owe(SYSTEM, reason=WHY, access=Granted(case), child_id=child.pk,
                    given=GivenContact(CODES[label], at))  # fmt: skip
    assert asked(case, child, lead) == [ARREST, BAIL]
    following_withdraw(SYSTEM, reason=WHY, access=access_to(case), arrest_id=arrest.first_id,
                       kind="outcome", row_id=released.pk)  # fmt: skip
    assert asked(case, child, lead) == [ARREST]
    outcome(arrest, OutcomeKind.BAIL, ago(1))
    assert asked(case, child, lead) == [ARREST, BAIL]
    arrest_withdraw(SYSTEM, reason=WHY, access=access_to(case), arrest_id=arrest.first_id)
    assert asked(case, child, lead) == []


def test_what_was_no_arrest_after_all_is_not_told(case: Case, lead: User) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    contact_owe(SYSTEM, reason=WHY, access=Granted(case), child_id=child.pk,
                given=GivenContact(CODES[ARREST], arrest.occurred_at))  # fmt: skip
    corrected(arrest, arrest.occurred_at, ArrestKind.VOLUNTARY_ATTENDANCE)
    assert asked(case, child, lead) == []
    outcome(arrest, OutcomeKind.NO_FURTHER_ACTION, ago(1))
    assert asked(case, child, lead) == [DECISION]


def test_who_is_identified_late_is_told_where_things_stand(case: Case, lead: User) -> None:
    arrest = arrest_of_case(case)
    outcome(arrest, OutcomeKind.BAIL, ago(2))
    outcome(arrest, OutcomeKind.CHARGE, ago(1.5))
    child = victim_of(case, ago(1))
    assert asked(case, child, lead) == [ARREST, DECISION]


def test_each_bail_is_told_and_a_contact_by_hand_tells_of_the_last(case: Case, lead: User) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    tell(case, child, ARREST, arrest.occurred_at)
    outcome(arrest, OutcomeKind.BAIL, ago(2))
    outcome(arrest, OutcomeKind.BAIL, ago(1))
    assert asked(case, child, lead) == [BAIL, BAIL]
    assert tell(case, child, BAIL, ago(0.5)).follows != tell(case, child, BAIL, ago(0.4)).follows
    assert asked(case, child, lead) == []


def test_who_was_told_before_it_was_recorded_is_not_told_again(case: Case, lead: User) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    tell(case, child, ARREST, arrest.occurred_at)
    at = ago(1)
    assert tell(case, child, DECISION, at).follows is None
    with pytest.raises(UsageError, match="owed already"):
        tell(case, child, DECISION, at)
    outcome(arrest, OutcomeKind.CHARGE, at)
    assert asked(case, child, lead) == []


def test_suspects_taken_at_once_are_told_of_apart(case: Case, lead: User) -> None:
    child, arrest = child_of(case), arrest_of_case(case)
    other = person_add(
        SYSTEM, reason=WHY, case=case, place=PlaceInCase(PersonRole.SUSPECT),
        details=PersonDetails(given_name="Ambrose", family_name="Tindle"),
    )  # fmt: skip
    given = GivenArrest(
        other.pk, ArrestKind.ARREST, arrest.occurred_at, "at home", "reported", "PC Sample",
        ("investigation",),
    )  # fmt: skip
    second = arrest_record(SYSTEM, reason=WHY, access=access_to(case), given=given)
    victim_of(case)
    child.refresh_from_db()
    child_change(
        SYSTEM, reason=WHY, access=Granted(case), child_id=child.pk, seen=child_version(child),
        given=replace(_facts(child), suspect_id=None),
    )  # fmt: skip
    assert asked(case, child, lead) == [ARREST, ARREST]
    tell(case, child, ARREST, arrest.occurred_at, follows=arrest.first_id)
    tell(case, child, ARREST, arrest.occurred_at, follows=second.first_id)
    assert asked(case, child, lead) == []


def _facts(child: ChildRecord) -> GivenChild:
    assert child.identified_at is not None
    identified = GivenIdentified(child.identified_at, child.identified_how)
    return GivenChild(child.risk_known_at, identified=identified)


def test_victim_is_told_of_the_own_suspect_alone(case: Case, lead: User) -> None:
    child, arrest = child_of(case), arrest_of_case(case)
    outcome(arrest, OutcomeKind.CHARGE, ago(1))
    other = person_add(
        SYSTEM, reason=WHY, case=case, place=PlaceInCase(PersonRole.SUSPECT),
        details=PersonDetails(given_name="Ambrose", family_name="Tindle"),
    )  # fmt: skip
    victim_of(case)
    for suspect_id, told in ((other.pk, []), (arrest.place_id, [ARREST, DECISION])):
        child.refresh_from_db()
        child_change(SYSTEM, reason=WHY, access=Granted(case), child_id=child.pk,
                     seen=child_version(child),
                     given=replace(_facts(child), suspect_id=suspect_id))  # fmt: skip
        assert asked(case, child, lead) == told


def charge(arrest: Arrest, count: int, hours: float, *, is_on_arrest: bool = False) -> Charge:
    given = GivenCharge(
        arrest.place_id, ago(hours), count, "made ten images", date(2020, 1, 1),
        offence="making", arrest_id=arrest.first_id if is_on_arrest else None,
    )  # fmt: skip
    access = access_to(arrest.case)
    return charge_record(SYSTEM, reason=WHY, access=access, given=given)


@pytest.mark.parametrize("is_on_arrest", [False, True])
def test_victim_is_told_of_a_charge_once(case: Case, lead: User, *, is_on_arrest: bool) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    tell(case, child, ARREST, arrest.occurred_at)
    first = charge(arrest, 1, 1)
    charge(arrest, 2, 0.9, is_on_arrest=is_on_arrest)
    assert asked(case, child, lead) == [DECISION]
    tell(case, child, DECISION, first.charged_at, follows=first.first_id)
    assert asked(case, child, lead) == []
    outcome(arrest, OutcomeKind.CHARGE, ago(0.8))  # the same, written down at the station later
    assert asked(case, child, lead) == []


def test_charge_that_an_outcome_tells_of_or_that_was_withdrawn_is_not_told(
    case: Case, lead: User
) -> None:
    child, arrest = victim_of(case), arrest_of_case(case)
    tell(case, child, ARREST, arrest.occurred_at)
    kept = charge(arrest, 1, 1, is_on_arrest=True)
    decided = outcome(arrest, OutcomeKind.CHARGE, ago(1.1))
    assert asked(case, child, lead) == [DECISION]
    tell(case, child, DECISION, decided.occurred_at)
    assert asked(case, child, lead) == []
    other = charge(arrest, 2, 0.5)
    for each in (kept, other):
        court_withdraw(SYSTEM, reason=WHY, access=access_to(case), kind="charge", row_id=each.pk)
    assert asked(case, child, lead) == []


def test_queries_do_not_grow_with_what_is_untold(make_case: MakeCase, lead: User) -> None:
    (source,) = (each for each in due_sources() if each.kind == "safeguarding.contact")
    counts = []
    for number in range(3):
        case = make_case(f"OP-{number}", lead)
        victim_of(case)
        outcome(arrest_of_case(case), OutcomeKind.BAIL, ago(1))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = source.steps.rows(Asking(lead, 99))
        assert sum(each.label in CODES for each in rows) == 2 * (number + 1)
        counts.append(len(queries))
    assert len(set(counts)) == 1
