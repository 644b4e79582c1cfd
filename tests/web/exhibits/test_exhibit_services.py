"""What services of exhibits keep, and what they refuse."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from web.conftest import MakeCase, MakeUser
from web.exhibits.custody_stories import (
    OFFICER,
    PHONE,
    SEIZURE,
    after,
    happening,
    record,
    seized,
    split_off,
)

from polit.base.errors import AuthorityError, IntegrityError, UsageError
from polit.broker.client import ReencodedPhotograph
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core import sealing
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role
from polit.web.exhibits.catalogue import finer_label, power_label
from polit.web.exhibits.continuity import Signatures
from polit.web.exhibits.corrections import Correction, Field
from polit.web.exhibits.models import CustodyEvent, Exhibit
from polit.web.exhibits.rules import (
    DeviceFacts,
    DeviceKind,
    EventKind,
    Person,
    Power,
    SeizedThing,
    Seizure,
    check_imei,
    check_reference,
    next_reference,
    safe_name,
    sort_key,
)
from polit.web.exhibits.sealing import keep_sealed, open_sealed
from polit.web.exhibits.services import (
    GivenPasscode,
    Paper,
    Printed,
    SplitOff,
    Turn,
    custody_correct,
    custody_record_all,
    exhibit_correct,
    exhibit_seize,
    exhibit_split,
    facts_digest,
    paper_print,
    passcode_add,
    passcode_show,
    photograph_add,
    photograph_move,
    photograph_withdraw,
)
from polit.web.exhibits.services import photographs as photograph_services
from polit.web.exhibits.services.chain import last_event
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add


@pytest.fixture
def case(make_case: MakeCase) -> Case:
    return make_case("OP/1")


def seize(case: Case, *, seizure: Seizure = SEIZURE, **other: Any) -> Exhibit:
    thing = replace(PHONE, **other)
    return exhibit_seize(SYSTEM, reason="search", case=case, seizure=seizure, thing=thing)


WRONG_SEIZURES: dict[str, tuple[Seizure, str]] = {
    "future": (replace(SEIZURE, seized_at=after(24 * 365 * 20)), "not come yet"),
    "nobody": (replace(SEIZURE, producer=Person(" ")), "seized by"),
    "a name nobody can print": (replace(SEIZURE, producer=Person("a\u202eb")), "seized by"),
    "nowhere": (replace(SEIZURE, place=" "), "where"),
    "no such power": (replace(SEIZURE, power_code="x"), "power: choose"),
    "no warrant number": (replace(SEIZURE, power_reference=" "), "number"),
    "no agreement": (replace(SEIZURE, power_code="pcsca-2022-s37"), "agreement"),
    "no scope": (replace(SEIZURE, power_code="pcsca-2022-s37", agreement="by A"), "scope"),
}


@pytest.mark.parametrize("name", WRONG_SEIZURES)
def test_seizure_that_does_not_say_all_is_refused(name: str, case: Case) -> None:
    seizure, words = WRONG_SEIZURES[name]
    with pytest.raises(UsageError, match=words):
        seize(case, seizure=seizure)
    assert not Exhibit.objects.exists()


def test_witness_device_is_kept_with_its_agreement_and_scope(case: Case) -> None:
    agreed = replace(
        SEIZURE, power_code="pcsca-2022-s37", agreement="By D. Example", scope="One chat"
    )
    exhibit = seize(case, seizure=agreed)
    assert (exhibit.agreement, exhibit.scope) == ("By D. Example", "One chat")


PHONE_DEVICE = PHONE.device
WRONG_THINGS: dict[str, tuple[dict[str, Any], str]] = {
    "no reference": ({"reference": " "}, "reference"),
    "long reference": ({"reference": "A" * 101}, "at most"),
    "reference nobody can print": ({"reference": "A\u202e/1"}, "printed"),
    "no description": ({"description": " "}, "description"),
    "long description": ({"description": "x" * 4001}, "at most"),
    "none": ({"quantity": 0}, "quantity"),
    "seal nobody can print": ({"seal": "S\n1"}, "seal"),
    "IMEI too short": ({"device": replace(PHONE_DEVICE, imei="123")}, "15 digits"),
    "IMEI of other digits": ({"device": replace(PHONE_DEVICE, imei="٣" * 15)}, "15 digits"),
    "IMEI with a wrong check digit": (
        {"device": replace(PHONE_DEVICE, imei="356938035643808")},
        "last digit",
    ),
    "IMEI read and not": (
        {"device": replace(PHONE_DEVICE, imei="356938035643809", is_imei_unreadable=True)},
        "not both",
    ),
    "finer kind of another kind": (
        {"device": DeviceFacts(DeviceKind.COMPUTER, "smartphone")},
        "kind of device",
    ),
    "unknown finer kind": ({"device": DeviceFacts(DeviceKind.PHONE, "x")}, "kind of device"),
}


@pytest.mark.parametrize("name", WRONG_THINGS)
def test_thing_that_cannot_be_is_refused(name: str, case: Case) -> None:
    changed, words = WRONG_THINGS[name]
    with pytest.raises(UsageError, match=words):
        seize(case, **changed)
    assert not Exhibit.objects.exists()


def test_owner_is_somebody_of_the_case(case: Case, make_case: MakeCase) -> None:
    place = person_add(
        SYSTEM,
        reason="a test",
        case=case,
        details=PersonDetails(given_name="E.", family_name="Example"),
        place=PlaceInCase(PersonRole.SUSPECT),
    )
    exhibit = seize(case, owner_id=place.id, owner="said so")
    assert exhibit.owner_shown == f"{place.label}: said so"
    with pytest.raises(UsageError, match="whose"):
        seize(make_case("OP/2"), owner_id=place.id)


def test_references_are_ordered_named_and_followed() -> None:
    ordered = ["AB/1", "AB/1/1", "AB/1/2", "AB/1/10", "AB/1-A", "AB/2", "AB/10"]
    assert sorted(ordered, key=sort_key)[:4] == ordered[:4]
    assert sort_key("AB/2") < sort_key("AB/10")
    assert len({sort_key(each) for each in ("1", "01", "11", "1" * 9, "1" * 10)}) == 5
    assert [next_reference(each) for each in ("AB/1", "AB/09", "7", "AB", "AB/99")] == [
        "AB/2", "AB/10", "8", "", "AB/100",
    ]  # fmt: skip
    assert safe_name("AB/1/1") == "AB%2F1%2F1"
    assert check_reference(" AB/1 ") == "AB/1"
    assert check_imei("") == ""
    assert check_imei("35-693803 564380/9") == "356938035643809"
    assert all(each.label for each in (*DeviceKind, *Power))


def test_labels_of_codes_that_no_file_knows_stand_for_themselves() -> None:
    assert power_label("england-wales-1", "pace-1984-s8").startswith("Warrant")
    assert power_label("england-wales-1", "x") == "x"
    assert finer_label("smartphone") == "Smartphone"
    assert finer_label("x") == "x"


def test_part_begins_where_its_parent_stands(case: Case) -> None:
    parent = seized(case)
    part = split_off(parent, seal="S-2")
    first = part.events.get()
    assert (first.kind, first.holder_after, first.seal_after) == ("split", OFFICER.text, "S-2")
    assert first.split_from == parent.events.get(number=2)
    assert (part.depth, part.power_code, part.seized_at) == (
        1,
        parent.power_code,
        parent.seized_at,
    )
    deeper = exhibit_split(
        SYSTEM,
        reason="again",
        parent=replace_seal(part),
        thing=SeizedThing("AB/1/1/1", "A chip", DeviceFacts(DeviceKind.OTHER)),
        split_off=SplitOff(after(3), "Laboratory", Person("B. Example"), 2),
    )
    assert deeper.depth == 2


def replace_seal(part: Exhibit) -> Exhibit:
    record(part, happening(EventKind.OPEN_SEAL, 2, seal="S-2"))
    return part


@pytest.mark.parametrize("reference", ["AB/2", "AB/1", "AB/1/", "XAB/1/1"])
def test_part_is_called_after_its_parent(reference: str, case: Case) -> None:
    parent = seized(case)
    with pytest.raises(UsageError, match=r"sub-exhibit|already"):
        split_off(parent, reference)
    assert parent.events.count() == 1


def test_part_of_a_sealed_or_moved_parent_is_refused(case: Case) -> None:
    with pytest.raises(UsageError, match="open seal S-1 first"):
        split_off(seized(case, seal="S-1"))
    with pytest.raises(UsageError, match="meanwhile"):
        split_off(seized(case, "AC/1"), "AC/1/1", 0)
    assert Exhibit.objects.count() == 2


def correct(exhibit: Exhibit, **changed: Any) -> Exhibit:
    thing = replace(PHONE, **({"reference": exhibit.reference} | changed))
    exhibit.refresh_from_db()
    shown = facts_digest(exhibit)
    return exhibit_correct(SYSTEM, reason="read again", exhibit=exhibit, thing=thing, shown=shown)


def test_description_is_corrected_with_old_and_new_in_the_audit(case: Case) -> None:
    exhibit = seized(case)
    assert correct(exhibit, description="A tablet").description == "A tablet"
    details = AuditEvent.objects.get(action="exhibits.correct").details
    assert details == '{"description":{"new":"A tablet","old":"A phone"}}'
    with pytest.raises(UsageError, match="nothing is different"):
        correct(exhibit, description="A tablet")


def test_reference_changes_only_while_nothing_hangs_on_it(case: Case) -> None:
    exhibit, other = seized(case), seized(case, "AB/9")
    renamed = correct(exhibit, reference="AB/2")
    assert (renamed.reference, renamed.sort_key) == ("AB/2", sort_key("AB/2"))
    with pytest.raises(UsageError, match="already"):
        correct(renamed, reference="ab/9")
    record(other, happening(EventKind.SEAL))
    with pytest.raises(UsageError, match="in use already"):
        correct(other, reference="Z/1")
    parent = seized(case, "AC/1")
    part = split_off(parent, "AC/1/1")
    with pytest.raises(UsageError, match="sub-exhibit"):
        correct(part, reference="Q/1")
    assert correct(part, reference="AC/1/7").reference == "AC/1/7"


def test_reference_that_a_printed_label_bears_stays(case: Case) -> None:
    exhibit, other = seized(case, 'A"\u00e9/1'), seized(case, "AB/2")
    printed = Printed(Paper.LABELS, (exhibit.reference,), "0" * 64)
    paper_print(SYSTEM, reason="labels", case=case, printed=printed)
    with pytest.raises(UsageError, match="in use already"):
        correct(exhibit, reference="AB/3")
    assert correct(other, reference="AB/4").reference == "AB/4"


def test_second_of_two_who_correct_a_thing_at_once_is_told_so(case: Case) -> None:
    exhibit = seized(case)
    shown = facts_digest(exhibit)
    correct(exhibit, description="A red phone")
    with pytest.raises(UsageError, match="somebody else corrected it"):
        exhibit_correct(SYSTEM, reason="x", exhibit=exhibit, thing=PHONE, shown=shown)
    exhibit.refresh_from_db()
    assert exhibit.description == "A red phone"


def test_audit_of_a_seizure_binds_what_was_said_of_the_thing(case: Case) -> None:
    exhibit = seized(case)
    part = split_off(exhibit)
    for action, each in (("exhibits.seize", exhibit), ("exhibits.split", part)):
        details = AuditEvent.objects.get(action=action).details
        assert f'"facts":"{facts_digest(each)}"' in details


def test_part_is_seized_when_its_corrected_parent_was(case: Case) -> None:
    parent = seized(case)
    part = split_off(parent)
    deeper = exhibit_split(
        SYSTEM, reason="again", parent=part,
        thing=SeizedThing("AB/1/1/1", "A chip", DeviceFacts(DeviceKind.OTHER)),
        split_off=SplitOff(after(3), "Laboratory", Person("B. Example"), 1),
    )  # fmt: skip
    correct_event(parent, 1, Field.OCCURRED_AT, "x", occurred_at=after(-2))
    correct_event(parent, 1, Field.PLACE, "2 Example Street")
    for each in (parent, part, deeper):
        each.refresh_from_db()
        assert (each.seized_at, each.seized_place) == (after(-2), "2 Example Street")


def test_part_never_begins_before_it_was_split_off(case: Case) -> None:
    parent = seized(case)
    part = split_off(parent)
    with pytest.raises(UsageError, match="before it happened after"):
        correct_event(part, 1, Field.OCCURRED_AT, "x", occurred_at=after(0.5))
    with pytest.raises(UsageError, match="after it happened before"):
        correct_event(parent, 2, Field.OCCURRED_AT, "x", occurred_at=after(1.5))
    correct_event(part, 1, Field.OCCURRED_AT, "x", occurred_at=after(1.5))
    correct_event(parent, 2, Field.OCCURRED_AT, "x", occurred_at=after(1.4))
    with pytest.raises(UsageError, match="before it happened after"):
        correct_event(part, 1, Field.OCCURRED_AT, "x", occurred_at=after(1.3))


def test_broken_seal_is_never_put_on_again(case: Case) -> None:
    exhibit = seized(case, seal="S-1")
    record(exhibit, happening(EventKind.OPEN_SEAL, 1, seal="S-1"))
    with pytest.raises(UsageError, match="s-1 was broken with event 2"):
        record(exhibit, happening(EventKind.SEAL, 2, new_seal="s-1"))
    record(exhibit, happening(EventKind.SEAL, 2, new_seal="S-3"))
    correct_event(exhibit, 3, Field.SEAL, "S-2")
    mistyped = happening(EventKind.CHANGE_SEAL, 3, seal="S-2", new_seal="S-3")
    assert record(exhibit, mistyped).seal_after == "S-3"


def test_who_hands_over_is_who_has_it_or_the_note_says_why(case: Case) -> None:
    exhibit = seized(case)
    strange = happening(EventKind.HAND_OVER, signatures=Signatures("Z. Other", "B. Example"))
    with pytest.raises(UsageError, match=r"has it with A. Example \(1234\)"):
        record(exhibit, strange)
    assert record(exhibit, replace(strange, note="A. Example was called away")).number == 2
    signed = Signatures("b example 5678", "C. Example")
    last = happening(EventKind.HAND_OVER, 2, taker=Person("C. Example"), signatures=signed)
    assert record(exhibit, last).number == 3


def test_correction_is_of_what_the_event_says(case: Case) -> None:
    exhibit = seized(case)
    for field in (Field.COPY, Field.DOCUMENT, Field.SIGNATURE):
        with pytest.raises(UsageError, match="says nothing of that"):
            correct_event(exhibit, 1, field, "x")
    assert correct_event(exhibit, 1, Field.AUTHORITY, "W-2").number == 2
    assert correct_event(exhibit, 1, Field.PRODUCER, "C. Example").number == 3


def correct_event(
    exhibit: Exhibit, number: int, field: Field, text: str, **at: Any
) -> CustodyEvent:
    return custody_correct(
        SYSTEM,
        reason="notebook",
        exhibit=exhibit,
        correction=Correction(number, field, text, **at),
        after_number=exhibit.events.count(),
    )


def test_correction_of_the_seizure_moves_what_figures_count_by(case: Case) -> None:
    exhibit = seized(case)
    correct_event(exhibit, 1, Field.OCCURRED_AT, "earlier", occurred_at=after(-2))
    correct_event(exhibit, 1, Field.PLACE, "2 Example Street")
    correct_event(exhibit, 1, Field.NOTE, "It rained")
    exhibit.refresh_from_db()
    assert (exhibit.seized_at, exhibit.seized_place) == (after(-2), "2 Example Street")


def test_next_event_goes_on_from_the_corrected_holder_seal_and_time(case: Case) -> None:
    exhibit = seized(case)
    record(exhibit, happening(EventKind.SEAL, 4, new_seal="S-1"))
    record(exhibit, happening(EventKind.HAND_OVER, 6))
    correct_event(exhibit, 3, Field.HOLDER, "C. Example")
    correct_event(exhibit, 2, Field.SEAL, "S-9")
    correct_event(exhibit, 3, Field.OCCURRED_AT, "earlier", occurred_at=after(5))
    last = record(exhibit, happening(EventKind.STORE, 5.5, taker=Person("Store")))
    assert (last.holder_before, last.seal_before, last.occurred_at) == (
        "C. Example",
        "S-9",
        after(5.5),
    )
    with pytest.raises(UsageError, match="after that"):
        correct_event(exhibit, 2, Field.OCCURRED_AT, "later", occurred_at=after(-1))
    with pytest.raises(UsageError, match="no event"):
        correct_event(exhibit, 99, Field.NOTE, "x")
    earlier = correct_event(exhibit, 3, Field.HOLDER, "D. Example")
    assert earlier.holder_after == "Store"
    sealed = correct_event(exhibit, 1, Field.SEAL, "S-0")
    assert sealed.seal_after == "S-9"


def test_several_move_together_or_not_at_all(case: Case, make_case: MakeCase) -> None:
    first, second = seized(case), seized(case, "AB/2")
    moved = happening(EventKind.HAND_OVER)

    def together(*turns: Turn, kind: EventKind = EventKind.HAND_OVER) -> tuple[CustodyEvent, ...]:
        return custody_record_all(
            SYSTEM, reason="moved", case=case, turns=turns, happening=replace(moved, kind=kind)
        )

    with pytest.raises(UsageError, match="AB/2: somebody recorded event 1 meanwhile"):
        together(Turn(first.id, 1), Turn(second.id, 0))
    assert first.events.count() == 1
    assert len(together(Turn(first.id, 1), Turn(second.id, 1))) == 2
    with pytest.raises(UsageError, match="by itself"):
        together(Turn(first.id, 2), kind=EventKind.SEAL)
    with pytest.raises(UsageError, match="at least one"):
        together()
    stranger = seized(make_case("OP/2"))
    with pytest.raises(UsageError, match="not of this case"):
        together(Turn(stranger.id, 1))


def test_roles_are_those_the_actor_holds_now(case: Case, make_user: MakeUser) -> None:
    exhibit = seized(case)
    grader = make_user("g.example", Role.GRADER)
    actor = Actor("user", str(grader.pk), grader.username)
    with pytest.raises(AuthorityError):
        record(exhibit, happening(EventKind.SEAL), actor)
    with pytest.raises(AuthorityError):
        exhibit_correct(actor, reason="x", exhibit=exhibit, thing=PHONE, shown="")
    with pytest.raises(AuthorityError):
        exhibit_seize(actor, reason="x", case=case, seizure=SEIZURE, thing=PHONE)
    examiner = make_user("e.example", Role.EXAMINER)
    actor = Actor("user", str(examiner.pk), examiner.username)
    assert record(exhibit, happening(EventKind.SEAL), actor).recorded_by == "e.example"
    with pytest.raises(AuthorityError):
        record(exhibit, happening(EventKind.FORFEIT, 2), actor)


GIVEN = GivenPasscode("4711", "screen lock", "C. Example", after(1), "RIPA 2000 s.49")


def test_code_opens_again_and_with_its_own_row_alone(case: Case) -> None:
    exhibit = seized(case)
    one = passcode_add(SYSTEM, reason="given", exhibit=exhibit, given=GIVEN)
    two = passcode_add(SYSTEM, reason="given", exhibit=exhibit, given=replace(GIVEN, code="0815"))
    assert passcode_show(SYSTEM, reason="examination", passcode=two) == "0815"
    one.sealed = two.sealed
    with pytest.raises(IntegrityError):
        passcode_show(SYSTEM, reason="examination", passcode=one)
    with pytest.raises(UsageError, match="never changed"):
        one.save()


@pytest.mark.parametrize("name", ["code", "opens", "given_by", "power"])
def test_code_says_who_gave_it_and_why(name: str, case: Case) -> None:
    exhibit = seized(case)
    given: Any = {name: " "}
    with pytest.raises(UsageError, match="code: give it"):
        passcode_add(SYSTEM, reason="given", exhibit=exhibit, given=replace(GIVEN, **given))
    later = replace(GIVEN, given_at=after(24 * 365 * 20))
    with pytest.raises(UsageError, match="not come yet"):
        passcode_add(SYSTEM, reason="given", exhibit=exhibit, given=later)


class Reencoder:
    """Stands for the broker: what it answers are no pixels, but bytes to tell apart."""

    def photograph_reencode(self, data: bytes) -> ReencodedPhotograph:
        return ReencodedPhotograph("image/jpeg", b"full" + data, 4, 3, b"small" + data)


def test_photograph_is_kept_sealed_and_only_its_new_encoding_is_shown(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photograph_services, "broker", Reencoder)
    monkeypatch.setattr(photograph_services, "MAX_PHOTOGRAPHS", 2)
    exhibit = seized(case)

    def add(data: bytes) -> Any:
        return photograph_add(
            SYSTEM, reason="x", exhibit=exhibit, untrusted_data=data, caption="Back"
        )

    kept, other = add(b"one"), add(b"two")

    assert (kept.position, other.position) == (1, 2)
    assert open_sealed(kept.shown_sha256) == b"fullone"
    assert open_sealed(kept.original_sha256) == b"one"
    path = sealing._folder("photographs") / kept.original_sha256
    assert b"one" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError, match="already"):
        add(b"one")
    with pytest.raises(UsageError, match="at most 2"):
        add(b"three")


def test_photograph_that_is_refused_leaves_no_file(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(photograph_services, "broker", Reencoder)
    monkeypatch.setattr(photograph_services, "MAX_PHOTOGRAPHS", 1)
    monkeypatch.setenv("POLIT_DATA", str(tmp_path))
    exhibit = seized(case)
    add = partial(photograph_add, SYSTEM, reason="x", exhibit=exhibit)
    with pytest.raises(UsageError, match="caption"):
        add(untrusted_data=b"one", caption="x" * 301)
    add(untrusted_data=b"one", caption="")
    with pytest.raises(UsageError, match="at most 1"):
        add(untrusted_data=b"two", caption="")
    assert len(list(sealing._folder("photographs").iterdir())) == 3


def test_withdrawn_photograph_is_neither_moved_nor_withdrawn_again(
    case: Case, monkeypatch: pytest.MonkeyPatch, make_user: MakeUser
) -> None:
    monkeypatch.setattr(photograph_services, "broker", Reencoder)
    exhibit = seized(case)
    add = partial(photograph_add, SYSTEM, reason="x", exhibit=exhibit, caption="")
    _first, second = add(untrusted_data=b"one"), add(untrusted_data=b"two")
    grader = make_user("g.example", Role.GRADER)
    actor = Actor("user", str(grader.pk), grader.username)
    for write in (photograph_withdraw, photograph_move):
        with pytest.raises(AuthorityError):
            write(actor, reason="x", photograph=second)
    gone = photograph_withdraw(SYSTEM, reason="blurred", photograph=second)
    with pytest.raises(UsageError, match="withdrawn already"):
        photograph_withdraw(SYSTEM, reason="blurred", photograph=second)
    with pytest.raises(UsageError, match="it was withdrawn"):
        photograph_move(SYSTEM, reason="order", photograph=second)
    with pytest.raises(UsageError, match="never changed"):
        gone.save()


def test_sealed_bytes_that_were_altered_or_are_gone_do_not_open() -> None:
    sha256 = keep_sealed(b"a drawing")
    assert keep_sealed(b"a drawing") == sha256
    path = sealing._folder("photographs") / sha256
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(IntegrityError):
        open_sealed(sha256)
    path.unlink()
    with pytest.raises(IntegrityError, match="gone"):
        open_sealed(sha256)
    sealing._write_once(path, b"first")
    sealing._write_once(path, b"second")
    assert path.read_bytes() == b"first"


def test_exhibit_without_continuity_is_told_of(case: Case) -> None:
    bare = Exhibit(
        case=case, reference="Z/1", sort_key=sort_key("Z/1"), description="x",
        producer_name="x", device_kind="other", powered="off", seized_at=after(0),
        seized_place="x", power_law="england-wales-1", power_code="pace-1984-s19",
    )  # fmt: skip
    with act(SYSTEM, "tests.exhibit", reason="a test") as deed:
        bare.save()
        deed.about("exhibit", bare.id)
    with pytest.raises(UsageError, match="no continuity"):
        last_event(bare)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"owner": "x" * 201}, "owner text: at most 200"),
        ({"condition": "a\x00b"}, "condition: it has a null"),
        ({"seal": "S" * 101}, "seal after: at most 100"),
    ],
)
def test_text_that_its_column_cannot_hold_is_refused_with_words(
    changed: dict[str, Any], words: str, case: Case
) -> None:
    with pytest.raises(UsageError, match=words):
        seize(case, **changed)
    assert not Exhibit.objects.exists()
