"""Bad ranges: in order, without overlap, the same as marking every byte."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from polit.evidence.ranges import BadRanges
from polit.evidence.source import BadRange

CODES = ("chunk_checksum", "chunk_missing")


def test_neighbours_of_one_code_are_one() -> None:
    ranges = BadRanges()
    ranges.add(10, 5, "chunk_checksum")
    ranges.add(20, 5, "chunk_checksum")
    ranges.add(15, 5, "chunk_checksum")
    assert ranges.ranges() == (BadRange(10, 15, "chunk_checksum"),)


def test_first_code_stands() -> None:
    ranges = BadRanges()
    ranges.add(10, 10, "chunk_missing")
    ranges.add(5, 20, "chunk_checksum")
    assert ranges.ranges() == (
        BadRange(5, 5, "chunk_checksum"),
        BadRange(10, 10, "chunk_missing"),
        BadRange(20, 5, "chunk_checksum"),
    )


def test_nothing_adds_nothing() -> None:
    ranges = BadRanges()
    ranges.add(10, 0, "chunk_missing")
    assert ranges.ranges() == ()


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12), st.sampled_from(CODES)), max_size=25)
)
def test_same_as_marking_every_byte(additions: list[tuple[int, int, str]]) -> None:
    ranges = BadRanges()
    marked: dict[int, str] = {}
    for offset, length, code in additions:
        ranges.add(offset, length, code)
        for place in range(offset, offset + length):
            marked.setdefault(place, code)
    found = ranges.ranges()
    assert {
        place: bad.code
        for bad in found
        for place in range(bad.offset_bytes, bad.offset_bytes + bad.length_bytes)
    } == marked
    for left, right in pairwise(found):
        end = left.offset_bytes + left.length_bytes
        assert end < right.offset_bytes or (end == right.offset_bytes and left.code != right.code)
