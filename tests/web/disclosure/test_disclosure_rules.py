"""How versions differ, how lines are numbered and named: properties and a few examples."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web.disclosure.disclosed import unused, viewing

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.disclosure.rules import (
    Line,
    check_unused,
    check_viewing,
    differences,
    lines_chosen,
    numbered,
    summary,
)

keys = st.sampled_from("abcdefgh")
schedules = st.lists(
    st.dictionaries(keys, st.tuples(st.sampled_from("XYZ"), st.sampled_from("12"))),
    min_size=2, max_size=5,
)  # fmt: skip


def versions(schedule: list[dict[str, tuple[str, str]]]) -> list[tuple[Line, ...]]:
    """Return versions as services number them, one after the other."""
    known: dict[str, int] = {}
    found = []
    for each in schedule:
        lines = numbered(each.items(), known, max(known.values(), default=0))
        known |= {line.key: line.number for line in lines}
        found.append(lines)
    return found


@given(schedules)
def test_differences_applied_to_a_version_give_the_next(
    schedule: list[dict[str, tuple[str, str]]],
) -> None:
    for before, after in zip(found := versions(schedule), found[1:], strict=False):
        told = differences(before, after)
        new = {line.number: line for line in after}
        made = {line.number: line for line in before if line.number not in told.removed}
        for number in told.added:
            assert number not in made
            made[number] = new[number]
        for each in told.changed:
            cells = list(made.pop(each.before).cells)
            for column in each.columns:
                assert cells[column] != new[each.number].cells[column]
                cells[column] = new[each.number].cells[column]
            made[each.number] = replace(new[each.number], cells=tuple(cells))
        assert tuple(made[number] for number in sorted(made)) == after
        assert differences(after, after).are_none


@given(schedules)
def test_number_stays_with_its_key_and_is_never_given_again(
    schedule: list[dict[str, tuple[str, str]]],
) -> None:
    owners: dict[int, str] = {}
    for lines in versions(schedule):
        assert [line.number for line in lines] == sorted({line.number for line in lines})
        for line in lines:
            assert owners.setdefault(line.number, line.key) == line.key
    assert len(set(owners.values())) == len(owners)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("1", [1]), ("2-4, 9", [2, 3, 4, 9]), ("9\n1 - 2,,", [1, 2, 9])],
    ids=["one", "range", "lines"],
)
def test_lines_are_named_by_numbers_and_ranges(text: str, numbers: list[int]) -> None:
    lines = [Line(number, str(number), ()) for number in (1, 2, 3, 4, 9)]
    assert [line.number for line in lines_chosen(lines, text)] == numbers


@pytest.mark.parametrize("text", ["", " , ", "4-2", "0", "5", "1-8", "x", "1-", "\uff11"])
def test_lines_that_cannot_be_meant_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        lines_chosen([Line(number, str(number), ()) for number in (1, 2, 3, 4, 9)], text)


def test_summary_counts_by_category_kind_and_exhibits() -> None:
    def line(number: int, exhibits: str, category: str) -> Line:
        return Line(number, str(number), (exhibits, "1", "", "still", category, *[""] * 8))

    rows = summary([line(1, "AB/1 (2)", "u/1/A"), line(2, "AB/1 (1)", "u/1/A"),
                    line(3, "AB/1 (1)\nAB/2 (3)", "u/1/B")])  # fmt: skip
    assert rows == [("u/1/A", "still", "AB/1", 2), ("u/1/B", "still", "AB/1, AB/2", 1)]


@pytest.mark.parametrize(
    "changes",
    [{"description": " "}, {"held_where": ""}, {"reviewed_by": ""}, {"reviewed_on": None},
     {"decision": ""}, {"why": " "}, {"reviewed_on": date(2999, 1, 1)}],
    ids="-".join,
)  # fmt: skip
def test_unused_item_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        check_unused(unused(**changes), date(2026, 1, 1) + timedelta(days=9_999))


@pytest.mark.parametrize(
    "changes",
    [{"viewer": ""}, {"firm": " "}, {"conditions": ""}, {"served_id": None},
     {"to_at": now_utc() - timedelta(days=9)}, {"to_at": now_utc() + timedelta(days=9)},
     {"undertaken_on": date(2999, 1, 1)}],
    ids="-".join,
)  # fmt: skip
def test_viewing_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    given = viewing(**changes)
    with pytest.raises(UsageError):
        check_viewing(given, now_utc(), given.from_at.date())
