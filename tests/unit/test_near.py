"""Near search finds exactly what comparing every pair finds, whichever way it takes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from near_values import Values, crowded, moved, pairs, skewed, spread
from numpy.typing import NDArray

from polit.base.errors import NearIndexDamaged, UsageError
from polit.match import _near_files, _near_search, near
from polit.match._near_search import Asked, Packed, search_tables
from polit.match._near_shapes import (
    ELEVEN,
    PLAIN,
    SHAPES,
    SIXTEEN,
    Shape,
    _shape,
    ball,
    masks,
    shape_for,
)
from polit.match._near_tables import Words
from polit.match.near import NearHits, NearIndex, search_brute, write_index
from polit.match.near_hits import words_of

COUNT = 6000
NARROW = _shape(ELEVEN.number, ((12, 2),) * 10 + ((10, 1),), ELEVEN.block_bits)
"""As ELEVEN is built, with tables of kilobytes: its buckets are as full as at 20 million values."""

SIXTEEN_AND_ELEVEN = pytest.mark.parametrize("shape", [SIXTEEN, ELEVEN], ids=["sixteen", "eleven"])


@pytest.fixture(params=[PLAIN, SIXTEEN, NARROW], ids=["plain", "sixteen", "narrow"])
def shape(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Shape:
    """Every kind of shape, whatever the size would choose."""
    chosen: Shape = request.param
    choose(chosen, monkeypatch)
    return chosen


def choose(shape: Shape, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "shape_for", lambda _: shape)
    monkeypatch.setattr(_near_files, "SHAPES", (PLAIN, SIXTEEN, NARROW))


def index_over(values: Values, *, threads: int | None = None) -> NearIndex:
    """An index in memory that asks its tables from the first query on."""
    return NearIndex(NearIndex.over(values)._tables, threads=threads, plain_comparisons=0)


def around(values: Values, *, count: int = 82, seed: int = 5) -> Values:
    """Queries at every distance from 0 to 40 of drawn values."""
    chance = np.random.default_rng(seed)
    chosen = values[chance.integers(0, len(values), count)]
    return moved(chance, chosen, np.arange(count) % 41)


def values_of(kind: str) -> Values:
    chance = np.random.default_rng(11)
    made = {"spread": spread, "skewed": skewed, "crowded": crowded}[kind](chance, COUNT)
    made[100:400] = made[50]
    made[5000] = made[7]
    return made


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize("kind", ["spread", "skewed", "crowded"])
def test_every_pair_within_the_threshold_is_found_once(kind: str, tmp_path: Path) -> None:
    values = values_of(kind)
    queries = np.concatenate([around(values), values[50:51], spread(np.random.default_rng(2), 9)])
    write_index(tmp_path / "index", values)

    with NearIndex.open(tmp_path / "index", plain_comparisons=0) as index:
        found = {t: pairs(index.search(queries, threshold_bits=t)) for t in (31, 30, 16, 15, 4, 0)}

    for threshold, hits in found.items():
        assert hits == pairs(search_brute(values, queries, threshold_bits=threshold))
    assert len(found[31]) > len(found[15]) > len(found[0]) > 300


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_indexes_and_no_queries(count: int, tmp_path: Path) -> None:
    values = spread(np.random.default_rng(1), count)
    write_index(tmp_path / "index", values)

    with NearIndex.open(tmp_path / "index", plain_comparisons=0) as index:
        assert pairs(index.search(values, threshold_bits=31)) == [(n, 0, n) for n in range(count)]
        assert len(index.search(values[:0], threshold_bits=31)) == 0
        assert np.array_equal(index.values, values)


def test_the_large_shape_equals_comparing_all(monkeypatch: pytest.MonkeyPatch) -> None:
    choose(ELEVEN, monkeypatch)
    values = np.concatenate([values_of("skewed"), values_of("crowded")])
    queries = np.concatenate([around(values), around(values_of("crowded"))])
    index = index_over(values)

    for threshold in (31, 17):
        hits = pairs(index.search(queries, threshold_bits=threshold))
        assert hits == pairs(search_brute(values, queries, threshold_bits=threshold))


@pytest.mark.parametrize("chosen", [SIXTEEN, NARROW], ids=["sixteen", "narrow"])
def test_crowded_queries_are_compared_with_everything(
    chosen: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(chosen, monkeypatch)
    values = values_of("crowded")
    queries = around(values)
    asked: list[int] = []
    scanned = _near_search._scanned

    def noted(words: Words, what: Asked, which: NDArray[np.int64], threads: int) -> Packed:
        asked.append(len(which))
        return scanned(words, what, which, threads)

    monkeypatch.setattr(_near_search, "_scanned", noted)

    hits = index_over(values).search(queries, threshold_bits=31)

    assert asked[0] > 60
    assert pairs(hits) == pairs(search_brute(values, queries, threshold_bits=31))


def test_the_full_blocks_of_an_index_are_searched_by_halves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose(NARROW, monkeypatch)
    monkeypatch.setattr(_near_search, "CROWDED_SHARE", 1)
    values = values_of("crowded")
    queries = around(values)

    hits = index_over(values).search(queries, threshold_bits=31)

    assert pairs(hits) == pairs(search_brute(values, queries, threshold_bits=31))


@pytest.mark.usefixtures("shape")
def test_threads_and_small_room_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values = values_of("skewed")
    queries = np.concatenate([around(values, count=287), values[50:51]])
    alone = pairs(index_over(values, threads=1).search(queries, threshold_bits=31))

    monkeypatch.setattr(_near_search, "_ROOM", 2)
    several = pairs(index_over(values, threads=3).search(queries, threshold_bits=31))

    assert several == alone == pairs(search_brute(values, queries, threshold_bits=31))


def test_the_compiled_comparison_equals_the_plain_one() -> None:
    values = values_of("skewed")
    asked = Asked(words_of(around(values)), 31)

    compiled = _near_search.scan_all(words_of(values), asked)

    assert pairs(compiled) == pairs(_near_search.compare_plainly(words_of(values), asked))


def test_little_is_searched_without_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    choose(SIXTEEN, monkeypatch)
    monkeypatch.setattr(near, "is_compiled", lambda: False)
    ways: list[str] = []

    def noted(*asked: Any) -> NearHits:
        ways.append("tables")
        return search_tables(*asked)

    monkeypatch.setattr(near, "search_tables", noted)
    made = NearIndex.over(values_of("spread"))
    index = NearIndex(made._tables, plain_comparisons=50 * COUNT)

    for _ in range(3):
        ways.append("search")
        index.search(index.values[:20], threshold_bits=31)

    assert ways == ["search", "search", "search", "tables"]


def test_the_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    values = values_of("spread")
    for name, given in (("one", values), ("two", np.asfortranarray(values))):
        write_index(tmp_path / name, given)

    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.rglob("*.bin")}

    assert len(digests) == 2
    with pytest.raises(FileExistsError):
        write_index(tmp_path / "one", values)


def test_a_million_equal_values_are_one(tmp_path: Path) -> None:
    values = np.repeat(spread(np.random.default_rng(4), 1), 1_000_000, axis=0)
    write_index(tmp_path / "index", values)

    with NearIndex.open(tmp_path / "index", plain_comparisons=0) as index:
        hits = index.search(values[:2], threshold_bits=31)

    assert np.array_equal(hits.place, np.tile(np.arange(1_000_000), 2))
    assert not hits.distance_bits.any()


def test_more_queries_than_a_hit_has_room_for_are_refused() -> None:
    index = NearIndex.over(spread(np.random.default_rng(1), 3))
    many = np.broadcast_to(index.values[:1], ((1 << 26) + 1, 32))

    with pytest.raises(UsageError, match="at most 67108864 at once"):
        index.search(many, threshold_bits=31)


@pytest.mark.parametrize("threshold", [-1, 32])
def test_thresholds_that_are_not_exact_are_refused(threshold: int) -> None:
    index = index_over(spread(np.random.default_rng(1), 3))

    with pytest.raises(UsageError, match="0 to 31"):
        index.search(index.values, threshold_bits=threshold)


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 31), np.uint8), np.zeros(32, np.uint8), np.zeros((1, 32), np.int64)]
)
def test_other_shapes_are_refused(wrong: Values, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="32"):
        write_index(tmp_path / "index", wrong)


@pytest.mark.parametrize("threshold", range(32))
@SIXTEEN_AND_ELEVEN
def test_radii_suffice_for_their_threshold(shape: Shape, threshold: int) -> None:
    radii = shape.radii(threshold)

    assert sum(radius + 1 for radius in radii) == threshold + 1
    assert all(-1 <= r <= c.radius_bits for r, c in zip(radii, shape.chunks, strict=True))


@SIXTEEN_AND_ELEVEN
def test_chunks_lie_beside_each_other_and_fit(shape: Shape) -> None:
    ends = [chunk.start_bits + chunk.width_bits for chunk in shape.chunks]

    assert [chunk.start_bits for chunk in shape.chunks] == [0, *ends[:-1]]
    assert ends[-1] == 256


def test_masks_are_all_differences_of_so_few_bits() -> None:
    made = masks(24, 2)

    assert len(made) == ball(24, 2) == 301
    assert np.array_equal(made, np.unique(made))
    assert int(np.bitwise_count(made).max()) == 2


def test_larger_lists_get_larger_tables() -> None:
    chosen = [shape_for(n) for n in (0, 10_000, 10_001, 1_500_000, 1_700_000, 50_000_000)]

    assert chosen == [PLAIN, PLAIN, SIXTEEN, SIXTEEN, ELEVEN, ELEVEN]
    assert [one.number for one in SHAPES] == [0, 1, 2]


def damaged_files(whole: bytes) -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "cut in the header", whole[:40]
    yield "cut", whole[:-64]
    yield "longer", whole + bytes(64)
    yield "another mark", b"NEARBYTE" + whole[8:]
    yield "another shape", whole[:8] + b"\x09" + whole[9:]
    yield "more values", whole[:16] + (COUNT + 1).to_bytes(8, "little") + whole[24:]
    yield "too many values", whole[:16] + (1 << 60).to_bytes(8, "little") + whole[24:]
    yield "more rows", whole[:24] + (1 << 40).to_bytes(8, "little") + whole[32:]
    yield "no copies", whole[:32] + bytes(8) + whole[40:]


def test_files_of_another_size_or_kind_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(SIXTEEN, monkeypatch)
    write_index(tmp_path / "index", values_of("spread"))
    file = tmp_path / "index" / "near.bin"

    for name, content in damaged_files(file.read_bytes()):
        file.write_bytes(content)
        with pytest.raises(NearIndexDamaged):
            pytest.fail(f"{name}: opened {NearIndex.open(tmp_path / 'index')}")
    file.unlink()
    with pytest.raises(NearIndexDamaged, match="cannot be read"):
        NearIndex.open(tmp_path / "index")


@pytest.mark.parametrize("chosen", [SIXTEEN, NARROW], ids=["sixteen", "narrow"])
def test_hostile_tables_never_lead_outside(
    chosen: Shape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(chosen, monkeypatch)
    values = values_of("crowded")
    write_index(tmp_path / "index", values)
    file = tmp_path / "index" / "near.bin"
    whole, chance, outcomes = np.fromfile(file, dtype=np.uint8), np.random.default_rng(3), set()
    queries = around(values, count=20)
    true = set(pairs(search_brute(values, queries, threshold_bits=31)))

    for spoiled_share in (1, 3, *[100] * 10, *[100_000] * 10):
        spoiled = whole.copy()
        at = chance.integers(64, len(whole), len(whole) // spoiled_share)
        spoiled[at] = chance.integers(0, 256, len(at))
        file.write_bytes(spoiled.tobytes())
        with NearIndex.open(tmp_path / "index", plain_comparisons=0) as index:
            try:
                hits = index.search(queries, threshold_bits=31)
            except NearIndexDamaged:
                outcomes.add("refused")
                continue
        assert set(pairs(hits)) <= true
        outcomes.add("searched")

    assert "refused" in outcomes
