"""Referrals: kept with the report as it came, compared with what is known, put into a case."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from web.conftest import MakeCase, MakeUser

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, IntegrityError, UsageError
from polit.base.ids import new_uuid
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember, Unit
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.chronology import happenings_of
from polit.web.core.rules import Role
from polit.web.core.sightings import Sighting, register_sightings
from polit.web.people.models import CasePerson
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.referrals import found as told
from polit.web.referrals.knowing import known_of
from polit.web.referrals.models import Referral, ReferralOriginal
from polit.web.referrals.queries import linked_list, referral_get, referrals_for
from polit.web.referrals.rules import (
    ORIGINAL_MOST_BYTES,
    REFERRAL_STATES,
    GivenAccount,
    GivenFile,
    GivenIp,
    GivenOriginal,
    GivenParts,
    GivenReferral,
    ReferralState,
    check_original,
)
from polit.web.referrals.sealing import ORIGINALS
from polit.web.referrals.services import (
    GivenSuspect,
    original_add,
    original_take,
    part_end,
    parts_add,
    referral_act,
    referral_change,
    referral_link,
    referral_link_case,
    referral_mark_duplicate,
    referral_open_case,
    referral_receive,
)

WHY = "a test"
NOTHING = GivenParts()
PARTS = GivenParts(
    (GivenAccount("username", "Night Owl", "Example Chat"), GivenAccount("phone", "07700 900123")),
    (GivenIp("192.0.2.7", 443, now_utc() - timedelta(days=4), "UTC", "upload"),),
    (GivenFile("a.jpg", md5="AB" * 16, sha256="CD" * 32),),
)


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def given(source_reference: str = "", parts: GivenParts = NOTHING) -> GivenReferral:
    received_at = now_utc() - timedelta(days=2)
    return GivenReferral("industry_report", received_at, source_reference, parts=parts)


def received(source_reference: str = "", parts: GivenParts = PARTS, by: Actor = SYSTEM) -> Referral:
    return referral_receive(by, reason=WHY, given=given(source_reference, parts))


def test_referral_gets_the_next_number_and_keeps_each_part_once() -> None:
    first, second = received("X/1"), received("X/2")
    parts_add(SYSTEM, reason=WHY, referral_id=first.pk, parts=PARTS, source_reference="ignored")

    year = first.year
    assert [first.reference, second.reference] == [f"R{year}-00001", f"R{year}-00002"]
    counts = (first.accounts.count(), first.ips.count(), first.files.count())
    assert counts == (2, 1, 1)
    file = first.files.get()
    assert (file.md5, file.sha256, file.viewed) == ("ab" * 16, "cd" * 32, "not_stated")
    first.refresh_from_db()
    assert first.source_reference == "X/1"
    details = "".join(AuditEvent.objects.values_list("details", flat=True))
    assert "Owl" not in details
    assert "cd" * 32 not in details


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"source": "nobody"}, "no source is called"),
        ({"received_at": now_utc() + timedelta(days=1)}, "future"),
        ({"event_from": now_utc(), "event_to": now_utc() - timedelta(days=1)}, "ends before"),
        ({"source_reference": "x" * 201}, "at most 200"),
        ({"summary": "nul \x00"}, "null character"),
        ({"area_id": UUID(new_uuid())}, "no such area"),
        ({"parts": GivenParts(ips=(GivenIp("300.1.1.1"),))}, "no IP address"),
        ({"parts": GivenParts(ips=(GivenIp("fe80::1%eth0"),))}, "zone of an interface"),
        ({"parts": GivenParts(ips=(GivenIp("192.0.2.1", 70_000),))}, "a port is"),
        ({"parts": GivenParts(files=(GivenFile(),))}, "name or one of its digests"),
        ({"parts": GivenParts(files=(GivenFile("a", md5="xy" * 16),))}, "hexadecimal"),
        ({"parts": GivenParts((GivenAccount("phone", "none"),))}, "no telephone number"),
        ({"parts": GivenParts((GivenAccount("tin", "1"),))}, "no kind of identifier"),
        ({"originals": (GivenOriginal("a", b""),)}, "is empty"),
    ],
)
def test_what_contradicts_itself_is_refused_whole(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        referral_receive(SYSTEM, reason=WHY, given=replace(given(), **wrong))  # type: ignore[arg-type]
    assert not Referral.objects.exists()


def test_report_stays_as_it_came_and_no_change_of_it_goes_unseen() -> None:
    data = b"\x00\xff%PDF <script>alert(1)</script>"
    kept = referral_receive(
        SYSTEM, reason=WHY, given=replace(given(), originals=(GivenOriginal("a\u202e.pdf", data),))
    )
    original = kept.originals.get()

    assert original_take(SYSTEM, reason=WHY, original=original) == data
    assert original.sha256 == ORIGINALS.digest(data)
    with pytest.raises(UsageError, match="exactly this report"):
        original_add(SYSTEM, reason=WHY, referral_id=kept.pk, given=GivenOriginal("b", data))
    with pytest.raises(UsageError, match="at most 25 MB"):
        check_original(GivenOriginal("b", b"x" * (ORIGINAL_MOST_BYTES + 1)))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE referrals_original SET sha256 = 'x'")
    with pytest.raises(IntegrityError, match="gone"):
        original_take(SYSTEM, reason=WHY, original=ReferralOriginal(referral=kept, sha256="0" * 64))


def test_change_tells_the_fields_and_no_words_of_a_summary(make_user: MakeUser) -> None:
    kept = received("X/1", GivenParts())
    with act(SYSTEM, "tests.unit", reason=WHY) as deed:
        unit = Unit(kind="team", name="North")
        unit.save()
        deed.about("unit", unit.pk)
    changed = replace(given(" x/2 "), source="public", summary="A secret", team_id=unit.pk)

    referral_change(SYSTEM, reason=WHY, referral_id=kept.pk, given=changed)

    event = AuditEvent.objects.get(action="referrals.change")
    fields = ["source", "source_reference", "summary", "team_id"]
    assert set(fields) <= set(json.loads(event.details)["changed"])
    assert "secret" not in event.details
    kept.refresh_from_db()
    assert (kept.source_key, kept.team) == ("x/2", unit)
    grader = make_user("g", Role.GRADER)
    with pytest.raises(AuthorityError):
        referral_change(actor(grader), reason=WHY, referral_id=kept.pk, given=changed)


def test_what_does_not_belong_is_taken_off_and_compared_no_more(make_user: MakeUser) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    one, two = received(), received(parts=GivenParts(PARTS.accounts[:1]))
    assert [each.referral for each in known_of(officer, two).referrals] == [one]

    account = two.accounts.get()
    part_end(actor(officer), reason=WHY, referral_id=two.pk, part_id=account.pk)

    assert not known_of(officer, two).is_something
    with pytest.raises(UsageError, match="taken off already"):
        part_end(actor(officer), reason=WHY, referral_id=two.pk, part_id=account.pk)
    parts_add(SYSTEM, reason=WHY, referral_id=two.pk, parts=GivenParts(PARTS.accounts[:1]))
    assert two.accounts.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    ("action", "state", "role", "words"),
    [
        ("assess", "assessing", Role.SAFEGUARDING, ""),
        ("research", "researching", Role.INVESTIGATOR, ""),
        ("pass_on", "passed_on", Role.INVESTIGATOR, ""),
        ("take_no_action", "no_further_action", Role.SUPERVISOR, ""),
        ("take_no_action", "received", Role.INVESTIGATOR, "ask a supervisor"),
        ("pass_on", "received", Role.SAFEGUARDING, "ask a supervisor"),
        ("assess", "received", Role.EXAMINER, "do not allow"),
        ("reopen", "received", Role.SUPERVISOR, "cannot reopen"),
        ("open_case", "received", Role.SUPERVISOR, "needs to know which"),
    ],
)
def test_state_follows_the_table_and_the_roles(
    make_user: MakeUser, action: str, state: str, role: Role, words: str
) -> None:
    kept, user = received(), make_user("u", role)
    refused = pytest.raises((UsageError, AuthorityError), match=words) if words else nullcontext()
    with refused:
        referral_act(
            actor(user), reason=WHY, referral_id=kept.pk, action=action, passed_to="Northshire"
        )
    kept.refresh_from_db()
    assert kept.state == state
    assert kept.passed_to == ("Northshire" if state == "passed_on" else "")


def test_end_is_gone_back_on_by_a_supervisor_alone() -> None:
    assert {each.value for each in ReferralState} == set(REFERRAL_STATES.states)
    kept = received()
    with pytest.raises(UsageError, match="name the force"):
        referral_act(SYSTEM, reason=WHY, referral_id=kept.pk, action="pass_on")
    for action in ("take_no_action", "reopen"):
        referral_act(SYSTEM, reason=WHY, referral_id=kept.pk, action=action)
    kept.refresh_from_db()
    assert (kept.state, kept.is_waiting, kept.standing.label) == ("assessing", True, "Assessing")


def test_duplicate_goes_where_the_one_goes_that_it_repeats(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer, other = make_user("i", Role.INVESTIGATOR), make_user("o", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    first, second, third = received(), received(), received()
    by = actor(officer)
    referral_mark_duplicate(by, reason=WHY, referral_id=third.pk, of_id=second.pk)
    referral_mark_duplicate(by, reason=WHY, referral_id=second.pk, of_id=first.pk)
    referral_link_case(by, reason=WHY, referral_id=first.pk, case=case)

    assert set(Referral.objects.filter(case=case, duplicate_of=first)) == {second, third}
    assert not referrals_for(other).exists()
    for of_id, words in ((first.pk, "cannot mark_duplicate"), (second.pk, "no duplicate of its")):
        with pytest.raises(UsageError, match=words):
            referral_mark_duplicate(by, reason=WHY, referral_id=second.pk, of_id=of_id)
    fresh = received()
    with pytest.raises(UsageError, match="itself a duplicate"):
        referral_mark_duplicate(by, reason=WHY, referral_id=fresh.pk, of_id=second.pk)
    referral_act(SYSTEM, reason=WHY, referral_id=first.pk, action="leave_case")
    assert not Referral.objects.exclude(case=None).exists()


def test_link_stands_once_whichever_way(make_user: MakeUser, make_case: MakeCase) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    one, two, three = received(), received(), received()
    referral_link(SYSTEM, reason="same town", referral_id=two.pk, other_id=one.pk)
    referral_link(SYSTEM, reason="same town", referral_id=one.pk, other_id=three.pk)
    referral_link_case(SYSTEM, reason=WHY, referral_id=three.pk, case=make_case("OP-9"))

    shown, hidden = linked_list(officer, one)
    assert [(each, link.note) for each, link in shown] == [(two, "same town")]
    assert hidden == 1
    with pytest.raises(UsageError, match="linked already"):
        referral_link(SYSTEM, reason=WHY, referral_id=one.pk, other_id=two.pk)
    with pytest.raises(UsageError, match="with itself"):
        referral_link(SYSTEM, reason=WHY, referral_id=one.pk, other_id=one.pk)
    with pytest.raises(UsageError, match="no such referral"):
        referral_link(actor(officer), reason=WHY, referral_id=one.pk, other_id=three.pk)


def test_case_takes_over_suspect_accounts_area_and_team(make_user: MakeUser) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    kept = received("X/1")
    accounts = tuple(kept.accounts.values_list("pk", flat=True))
    suspect = GivenSuspect(PersonDetails(family_name="Example"), account_ids=accounts)

    case = referral_open_case(
        actor(officer), reason=WHY, referral_id=kept.pk, reference="OP-1", title="A test",
        offences=("making",), suspects=(suspect,),
    )  # fmt: skip

    place = CasePerson.objects.get(case=case)
    assert (place.role, place.person.family_name) == ("suspect", "Example")
    held = place.person.identifiers.values_list("kind", "service", "value")
    assert set(held) == {("username", "Example Chat", "Night Owl"), ("phone", "", "07700 900123")}
    assert CaseMember.objects.get(case=case).duty == "lead"
    assert [each.code for each in case.offences.all()] == ["making"]
    kept.refresh_from_db()
    assert (kept.state, kept.case) == ("in_case", case)
    assert not referrals_for(make_user("o", Role.INVESTIGATOR)).exists()
    ids = frozenset({place.person_id})
    assert [each.title for each in happenings_of(officer, ids)].count("Referral received") == 1
    with pytest.raises(UsageError, match="cannot open_case"):
        referral_open_case(
            actor(officer), reason=WHY, referral_id=kept.pk, reference="OP-2", title="x"
        )
    assert not Case.objects.filter(reference="OP-2").exists()


def test_known_person_gets_a_place_and_only_what_they_do_not_have(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    person = _person(make_case("OP-1", officer), "phone", "+447700900123")
    kept = received()
    known = known_of(officer, kept)
    assert [(each.person_id, each.shares) for each in known.people] == [
        (person.person_id, ("Telephone number 07700 900123",))
    ]
    accounts = tuple(kept.accounts.values_list("pk", flat=True))

    case = referral_open_case(
        actor(officer), reason=WHY, referral_id=kept.pk, reference="OP-2", title="A test",
        suspects=(GivenSuspect(person_id=person.person_id, account_ids=accounts),),
    )  # fmt: skip

    assert CasePerson.objects.get(case=case).person_id == person.person_id
    assert person.person.identifiers.filter(ended_at=None).count() == 2


def test_known_is_of_ones_own_cases_and_others_are_counted(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    strange = make_case("OP-X")
    _person(strange, "phone", "07700 900123")
    hidden = received("X/1")
    referral_link_case(SYSTEM, reason=WHY, referral_id=hidden.pk, case=strange)
    same_reference = received(" x/1", GivenParts())
    same_ip = received(parts=GivenParts(ips=PARTS.ips))
    same_file = received(parts=GivenParts(files=(GivenFile(sha256="cd" * 32),)))
    _other_ip = received(parts=GivenParts(ips=(replace(PARTS.ips[0], occurred_at=None),)))
    kept = received("X/1")

    seen: list[frozenset[str]] = []

    def sightings(_user: object, digests: frozenset[str]) -> list[Sighting]:
        seen.append(digests)
        return [Sighting("cd" * 32, "OP-1", "/", "Exhibit AB/1")]

    register_sightings("a test", sightings)
    try:
        known = known_of(officer, kept)
    finally:
        register_sightings("a test", lambda _user, _digests: ())

    assert {each.referral: each.shares for each in known.referrals} == {
        same_reference: ("the source's reference",), same_ip: ("192.0.2.7 at an instant",),
        same_file: ("a reported file",),
    }  # fmt: skip
    assert (known.hidden_referrals, known.people, known.hidden_cases) == (1, (), 1)
    assert seen == [frozenset({"cd" * 32})]
    assert [each.text for each in known.sightings] == ["Exhibit AB/1"]


def test_comparing_asks_no_more_for_more_rows(make_user: MakeUser) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    received("X/1")
    kept = received("X/1")
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            known_of(officer, referral_get(officer, kept.pk))
        counts.append(len(asked))
        for at in range(8):
            received("X/1")
            one = GivenParts(ips=(GivenIp(f"192.0.2.{at}", occurred_at=now_utc()),))
            parts_add(SYSTEM, reason=WHY, referral_id=kept.pk, parts=one)
    assert counts[1] <= counts[0]


def test_case_of_others_takes_no_referral(make_user: MakeUser, make_case: MakeCase) -> None:
    kept, case = received(), make_case("OP-1")
    with pytest.raises(AuthorityError, match="no access"):
        referral_link_case(
            actor(make_user("i", Role.INVESTIGATOR)), reason=WHY, referral_id=kept.pk, case=case
        )


def test_search_finds_a_referral_by_what_it_names_within_its_case(make_case: MakeCase) -> None:
    kept = received("X/1")
    (entry,) = told.entries([kept])
    assert (entry.case_id, entry.title) == (None, f"Referral {kept.reference}")
    assert "Night Owl" in entry.text
    case = make_case("OP-1")
    referral_link_case(SYSTEM, reason=WHY, referral_id=kept.pk, case=case)
    (entry,) = told.entries([Referral.objects.get(pk=kept.pk)])
    assert entry.case_id == case.pk
    assert told.referral_of_account(kept.accounts.all()[0]) == (kept.pk,)


def _person(case: Case, kind: str, value: str) -> CasePerson:
    return person_add(
        SYSTEM, reason=WHY, case=case, details=PersonDetails(family_name="Example"),
        place=PlaceInCase(PersonRole.SUSPECT), identifier=GivenIdentifier(kind, value),
    )  # fmt: skip
