"""Numbers of values: stable, complete, and never confused."""

from enum import StrEnum

import pytest

from polit.model import codes
from polit.model.codes import CodeTable
from polit.model.evidence import EntryState, EntryType, TimeBasis
from polit.model.matching import DIGEST_ALGORITHMS, SetStatus
from polit.model.media import MediaKind
from polit.model.outcome import Outcome


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (codes.ENTRY_TYPES, EntryType),
        (codes.ENTRY_STATES, EntryState),
        (codes.OUTCOMES, Outcome),
        (codes.KINDS, MediaKind),
        (codes.TIME_BASES, TimeBasis),
        (codes.SET_STATUSES, SetStatus),
    ],
)
def test_every_value_has_its_number(table: CodeTable, values: type[StrEnum]) -> None:
    assert set(table.values) == {value.value for value in values}
    assert [table.value(table.number(value)) for value in table.values] == list(table.values)


def test_numbers_do_not_move() -> None:
    assert codes.ENTRY_TYPES.number("embedded") == 7
    assert codes.ENTRY_STATES.number("carved") == 3
    assert codes.OUTCOMES.number("failed") == 3
    assert codes.KINDS.number("video") == 2
    assert codes.ROLES.number("tile") == 1
    assert codes.MATCH_ALGORITHMS.values[:3] == DIGEST_ALGORITHMS
    assert codes.MATCH_ALGORITHMS.number("vpdq") == 5


def test_what_is_not_in_the_table_is_told() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        codes.OUTCOMES.number("pending")
    for number in (0, -1, 4):
        with pytest.raises(IndexError):
            codes.OUTCOMES.value(number)
