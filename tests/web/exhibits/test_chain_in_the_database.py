"""The chain holds below everything that writes: whatever raw SQL tries, there is no gap."""

from itertools import pairwise
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web.conftest import MakeCase
from web.exhibits import samples
from web.exhibits.custody_stories import SUPERVISOR, after, happening, record, seized

from polit.base.errors import UsageError
from polit.base.ids import new_uuid
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.exhibits.continuity import PARTS, Correction, Field, follows, offered
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
}


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


def test_correction_of_another_exhibit_and_of_a_correction_are_refused(case: Case) -> None:
    exhibit, other = seized(case), seized(case, "AB/2")
    last = exhibit.events.get()
    foreign = following(
        last, kind="correct", corrects_id=other.events.get().id, corrected_field="note"
    )
    with pytest.raises(DatabaseError):
        insert(last, **foreign)
    own = foreign | {"corrects_id": last.id}
    insert(last, **own)
    second = exhibit.events.get(number=2)
    with pytest.raises(DatabaseError):
        insert(second, **(following(second) | {"kind": "correct", "corrects_id": second.id}))


def test_part_cannot_begin_as_if_it_had_been_seized(case: Case) -> None:
    parent = seized(case)
    part = seized(case, "AB/1/1")
    first = part.events.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exhibits_exhibit SET parent_id = %s WHERE id = %s",
            [
                Exhibit._meta.pk.get_db_prep_save(parent.id, connection),
                Exhibit._meta.pk.get_db_prep_save(part.id, connection),
            ],
        )
    bare = seized(case, "AC/1")
    with pytest.raises(DatabaseError):
        insert(first, exhibit_id=part.id, number=1)
    with pytest.raises(DatabaseError):
        insert(first, exhibit_id=bare.id, kind="split", split_from_id=first.id)


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
