"""Rows of free bytes: maps, joins, slack and addresses against the plainest way to count them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.base.errors import SourceUnreadable
from polit.evidence.carved_places import pack_places, unpack_places
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.free_space import JoinedSpace, PlacedContent, slack_of
from polit.evidence.source import BadRange, SourceProblem

SOURCE = bytes(number * 7 % 251 for number in range(4096))


class Bytes:
    """Bytes in memory as a source."""

    size_bytes = len(SOURCE)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        return SOURCE[offset_bytes : offset_bytes + length_bytes]

    def bad_ranges(self) -> tuple[BadRange, ...]:
        return ()

    def problems(self) -> tuple[SourceProblem, ...]:
        return ()


def _map(bits: list[bool], page_bits: int) -> AllocationMap:
    packed = np.packbits(np.array(bits, bool), bitorder="little").tobytes()
    size = page_bits // 8
    return AllocationMap(
        block_count=len(bits),
        page_bits=page_bits,
        read_page=lambda page: packed[page * size : (page + 1) * size],
    )


@given(bits=st.lists(st.booleans(), min_size=1, max_size=90), page=st.sampled_from([8, 16, 64]))
def test_free_runs_are_the_free_blocks_joined(bits: list[bool], page: int) -> None:
    runs = list(_map(bits, page).free_runs())
    free = [at for first, count in runs for at in range(first, first + count)]
    assert free == [at for at, used in enumerate(bits) if not used]
    assert all(a + n < b for (a, n), (b, _) in pairwise(runs))


_RANGES = st.lists(st.tuples(st.integers(0, 4200), st.integers(0, 300)), max_size=12)


@given(ranges=_RANGES, offset=st.integers(0, 4000), length=st.integers(0, 900))
def test_a_row_reads_its_ranges_end_to_end(
    ranges: list[tuple[int, int]], offset: int, length: int
) -> None:
    ranges.sort()
    places: list[int] = []
    for start, size in ranges:
        places += [at for at in range(start, min(start + size, len(SOURCE)))
                   if not places or at > places[-1]]  # fmt: skip
    space = JoinedSpace(Bytes(), ranges, block_bytes=512)
    expected = places[offset : offset + length]
    assert space.size_bytes == len(places)
    assert space.read_at(offset, length) == bytes(SOURCE[at] for at in expected)
    told = [at for start, size in space.places([(offset, length)])
            for at in range(start, start + size)]  # fmt: skip
    assert told == expected


@given(places=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 200)), min_size=1))
def test_a_placed_content_is_read_at_its_places_in_any_order(
    places: list[tuple[int, int]],
) -> None:
    whole = b"".join(SOURCE[at : at + size] for at, size in places)
    content = PlacedContent(Bytes(), unpack_places(pack_places(places), source_bytes=4096))
    assert content.size_bytes == len(whole)
    assert content.read_at(3, 500) == whole[3:503]
    assert content.places() == tuple(places)


@pytest.mark.parametrize("address", [b"", b"x" * 15, pack_places([(4000, 97)])])
def test_an_address_outside_the_source_is_refused(address: bytes) -> None:
    with pytest.raises(SourceUnreadable):
        unpack_places(address, source_bytes=4096)


def test_slack_is_what_lies_behind_the_end_in_the_clusters() -> None:
    assert slack_of([(1000, 512), (4096, 1024)], size_bytes=600) == [(4184, 936)]
    assert slack_of([(1000, 512), (4096, 1024)], size_bytes=100) == [(1100, 412), (4096, 1024)]
    assert slack_of([(1000, 512)], size_bytes=512) == []


def test_a_sparse_or_resident_content_has_no_slack_that_is_known() -> None:
    assert slack_of([], size_bytes=300) == []
    assert slack_of([(1000, 512)], size_bytes=2048) == []
