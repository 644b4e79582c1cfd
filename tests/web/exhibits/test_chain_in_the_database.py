"""The chain holds below everything that writes: whatever raw SQL tries, there is no gap."""

from itertools import pairwise
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web.conftest import MakeCase
from web.exhibits import samples
from web.exhibits.custody_stories import SUPERVISOR, after, happening, record, seized, split_off

from polit.base.errors import UsageError
from polit.base.ids import new_uuid
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.exhibits.continuity import PARTS, follows, offered
from polit.web.exhibits.corrections import Correction, Field
from polit.web.exhibits.models import CustodyEvent, Exhibit
from polit.web.exhibits.rules import CUSTODY_ROLES, EventKind, Person
from polit.web.exhibits.services import custody_correct

COLUMNS = [field.attname for field in CustodyEvent._meta.concrete_fields]


@pytest.fixture
def case(make_case: MakeCase) -> Case:
    return make_case("OP/1")


def insert(event: CustodyEvent, **changed: Any) -> None:
    """Write a row as somebody with a shell on the database would."""
    values = {name: getattr(event, name) for name in COLUMNS} | {"id": new_uuid()} | changed
    prepared = [
        field.get_db_prep_save(values[field.attname], connection)
        for field in CustodyEvent._meta.concrete_fields
    ]
    marks = ", ".join(["%s"] * len(COLUMNS))
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO exhibits_custody_event ({names}) VALUES ({marks})", prepared)


def following(last: CustodyEvent, **changed: Any) -> dict[str, Any]:
    """Return the columns of a row that goes on from another."""
    return {
        "number": last.number + 1,
        "kind": "copy",
        "occurred_at": last.occurred_at,
        "state_before": last.state_after,
        "state_after": last.state_after,
        "holder_before": last.holder_after,
        "holder_after": last.holder_after,
        "seal_before": last.seal_after,
        "seal_after": last.seal_after,
        "split_from_id": None,
        "corrects_id": None,
    } | changed


FORGED: dict[str, dict[str, Any]] = {
    "a gap": {"number": 5},
    "the same number again": {"number": 2},
    "a holder who never had it": {"holder_before": "X", "holder_after": "X"},
    "another seal": {"seal_before": "X", "seal_after": "X"},
    "another state": {"state_before": "in_store", "state_after": "in_store"},
    "before the last": {"occurred_at": after(0.5)},
    "in the future": {"occurred_at": after(24 * 365 * 30)},
    "a way that is none": {"kind": "copy", "state_after": "returned"},
    "a holder changed by a copy": {"holder_after": "X"},
    "a seal changed by a copy": {"seal_after": "X"},
    "no reason": {"reason": ""},
    "nobody": {"holder_after": "", "kind": "hand_over"},
    "a handover that nobody signed": {"kind": "hand_over", "holder_after": "X"},
    "a correction of nothing": {"kind": "correct"},
    "a second beginning": {"kind": "seizure", "state_before": ""},
    "a split without a parent": {"kind": "split"},
    "recorded in the future": {
        "occurred_at": after(24 * 365 * 30), "recorded_at": after(24 * 365 * 31)
    },
    "a seal over none": {"kind": "seal"},
    "an opening of no seal": {"kind": "open_seal", "seal_found": "intact"},
    "a change of no seal": {"kind": "change_seal", "seal_after": "X", "seal_found": "intact"},
    "disposed of without an authority": {"kind": "dispose", "state_after": "disposed"},
}  # fmt: skip
CORRECTED: dict[str, dict[str, Any]] = {
    "a holder by a correction of a note": {"corrected_field": "note", "holder_after": "X"},
    "another holder than the right one": {"corrected_field": "holder", "holder_after": "X"},
    "a seal by a correction of a holder": {"corrected_field": "holder", "seal_after": "X"},
    "a seal where there is none": {"corrected_field": "seal", "seal_after": "Y"},
    "of no field": {"corrected_field": ""},
    "of an unknown field": {"corrected_field": "x"},
    "to nothing": {"corrected_text": ""},
    "a time to none": {"corrected_field": "occurred_at"},
    "a time to before the event before": {
        "corrected_field": "occurred_at", "corrected_at": after(-5), "occurred_at": after(-5)
    },
    "a time to after the event after": {"corrected_field": "occurred_at", "corrected_at": after(9)},
    "a time back though others followed": {
        "corrected_field": "occurred_at", "corrected_at": after(1.5), "occurred_at": after(1.5)
    },
    "another time than the right one": {
        "corrected_field": "occurred_at", "corrected_at": after(1.5), "occurred_at": after(-5)
    },
    "a note and a time": {"corrected_field": "note", "corrected_at": after(1.5)},
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_forged_row_is_refused_by_the_database(name: str, case: Case) -> None:
    exhibit = seized(case)
    record(exhibit, happening(EventKind.SEAL, 1))
    last = record(exhibit, happening(EventKind.OPEN_SEAL, 2, seal="N-1"))
    good = following(last)

    with pytest.raises(DatabaseError):
        insert(last, **(good | FORGED[name]))

    insert(last, **good)
    assert exhibit.events.count() == 4


@pytest.mark.parametrize("name", CORRECTED)
def test_correction_changes_nothing_but_what_it_says(name: str, case: Case) -> None:
    exhibit = seized(case)
    wrong = record(exhibit, happening(EventKind.SEAL, 1))
    last = record(exhibit, happening(EventKind.OPEN_SEAL, 2, seal="N-1"))
    said = {"corrects_id": wrong.id, "corrected_field": "note", "corrected_text": "Y"}
    good = following(last, kind="correct") | said

    with pytest.raises(DatabaseError):
        insert(last, **(good | CORRECTED[name]))

    insert(last, **good)


def test_holder_that_a_later_event_set_anew_is_not_moved_by_a_correction(case: Case) -> None:
    exhibit = seized(case)
    wrong = record(exhibit, happening(EventKind.HAND_OVER, 1, taker=Person("P. 1")))
    last = record(exhibit, happening(EventKind.STORE, 2, taker=Person("Store")))
    said = {"corrects_id": wrong.id, "corrected_field": "holder", "corrected_text": "X"}
    with pytest.raises(DatabaseError):
        insert(last, **(following(last, kind="correct") | said | {"holder_after": "X"}))


@pytest.mark.parametrize("written", ["2026-01-05T00:00:00", "2026-01-05 09:30:00+14:00", 0])
def test_instant_written_another_way_is_refused_where_instants_are_text(
    written: str | int, case: Case
) -> None:
    exhibit = seized(case)
    last = exhibit.events.get()
    insert(last, **following(last))
    if connection.vendor == "postgresql":  # there a column holds an instant, however it came
        return
    copied = ", ".join(name for name in COLUMNS if name not in {"id", "number", "occurred_at"})
    statement = (
        f"INSERT INTO exhibits_custody_event (id, number, occurred_at, {copied}) "
        f"SELECT %s, 3, %s, {copied} FROM exhibits_custody_event WHERE number = 2"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [new_uuid().replace("-", ""), written])


def test_case_and_parent_of_an_exhibit_stay(case: Case, make_case: MakeCase) -> None:
    exhibit, other = seized(case), seized(case, "AB/2")
    elsewhere = make_case("OP/2")
    key = Exhibit._meta.pk
    for column, value in (("parent_id", other.id), ("case_id", elsewhere.id)):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE exhibits_exhibit SET {column} = %s WHERE id = %s",
                [key.get_db_prep_save(each, connection) for each in (value, exhibit.id)],
            )


def test_time_of_a_split_stays_with_its_parents(case: Case) -> None:
    parent = seized(case)
    part = split_off(parent)
    first, last = part.events.get(), parent.events.get(number=2)
    said = {"corrected_field": "occurred_at", "corrected_text": "x"}
    for event, right in ((first, after(0.5)), (last, after(1.5))):
        changed = {"corrects_id": event.id, "corrected_at": right, "occurred_at": right}
        with pytest.raises(DatabaseError):
            insert(event, **(following(event, kind="correct") | said | changed))
    bare = bare_exhibit(case, parent)
    with pytest.raises(DatabaseError):  # one split begins one part
        insert(first, exhibit_id=bare.id)


def test_correction_of_another_exhibit_and_of_a_correction_are_refused(case: Case) -> None:
    exhibit, other = seized(case), seized(case, "AB/2")
    last = exhibit.events.get()
    foreign = following(
        last,
        kind="correct",
        corrects_id=other.events.get().id,
        corrected_field="note",
        corrected_text="x",
    )
    with pytest.raises(DatabaseError):
        insert(last, **foreign)
    own = foreign | {"corrects_id": last.id, "corrected_text": "x"}
    insert(last, **own)
    second = exhibit.events.get(number=2)
    with pytest.raises(DatabaseError):
        insert(second, **(following(second) | own | {"corrects_id": second.id, "number": 3}))


def bare_exhibit(case: Case, parent: Exhibit | None) -> Exhibit:
    """Keep an exhibit without a continuity, as raw SQL could."""
    made = Exhibit(
        case=case, parent=parent, reference=f"Z/{new_uuid()}", sort_key=new_uuid(),
        description="x", producer_name="x", device_kind="other", powered="off",
        seized_at=after(0), seized_place="x", power_law="england-wales-1",
        power_code="pace-1984-s19",
    )  # fmt: skip
    with act(SYSTEM, "tests.exhibit", reason="a test") as deed:
        made.save()
        deed.about("exhibit", made.id)
    return made


def test_part_cannot_begin_as_if_it_had_been_seized(case: Case) -> None:
    parent = seized(case)
    first = parent.events.get()
    with pytest.raises(DatabaseError):
        insert(first, exhibit_id=bare_exhibit(case, parent).id)
    with pytest.raises(DatabaseError):
        insert(first, exhibit_id=bare_exhibit(case, None).id, kind="split", split_from_id=first.id)


@pytest.mark.parametrize("table", ["exhibits_custody_event", "exhibits_passcode"])
def test_rows_are_neither_changed_nor_deleted(table: str, case: Case) -> None:
    samples.passcode_id(case)
    for statement in (f"UPDATE {table} SET recorded_at = recorded_at", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*PARTS, EventKind.CORRECT]),
        st.floats(min_value=-0.5, max_value=3, allow_nan=False),
        st.integers(min_value=0, max_value=3),
    ),
    max_size=12,
)


@given(steps=STEPS)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_sequence_leaves_no_gap_and_what_is_not_offered_is_refused(
    steps: list[tuple[EventKind, float, int]], case: Case
) -> None:
    assert CUSTODY_ROLES >= SUPERVISOR
    exhibit = seized(case, f"P/{Exhibit.objects.count()}")
    hours = 0.0
    for kind, step, person in steps:
        last = exhibit.events.order_by("-number")[0]
        attempted = max(0.0, hours + step) if step >= 0 else hours + step
        try:
            _attempt(exhibit, last, kind, attempted, person)
        except UsageError:
            assert exhibit.events.count() == last.number
            continue
        assert kind is EventKind.CORRECT or kind in offered(last.standing, SUPERVISOR)
        if kind is not EventKind.CORRECT:
            hours = attempted
    chain = list(exhibit.events.order_by("number"))
    assert [each.number for each in chain] == list(range(1, len(chain) + 1))
    for before, event in pairwise(chain):
        assert follows(before.standing, event.standing, event.before)
        assert before.occurred_at <= event.occurred_at


def _attempt(
    exhibit: Exhibit, last: CustodyEvent, kind: EventKind, hours: float, person: int
) -> None:
    if kind is EventKind.CORRECT:
        custody_correct(
            SYSTEM,
            reason="a test",
            exhibit=exhibit,
            correction=Correction(1, Field.HOLDER, f"P. {person}"),
            after_number=last.number,
        )
        return
    story = happening(kind, hours, seal=last.seal_after)
    if story.taker is not None:
        story = happening(kind, hours, seal=last.seal_after, taker=Person(f"P. {person}"))
    record(exhibit, story)
