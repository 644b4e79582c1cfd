"""Exact lookup: every way finds what a plain search finds, and damage is told."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from polit.base.errors import HashSetDamaged, UsageError
from polit.match import exact, sorting
from polit.match.exact import KeyTable, find_sorted, top_bits
from polit.match.sorting import SortPlaces, sort_keys

WIDTHS = {"md5": 16, "sha1": 20, "sha256": 32}


def pairs(table: KeyTable, digests: Sequence[bytes]) -> list[tuple[int, int]]:
    """Return what is found as pairs of a place and a record."""
    return [(place, at) for place, records in table.find(digests) for at in records.tolist()]


def made(folder: Path, algorithm: str, stated: bytes, *, run_bytes: int = 1 << 20) -> KeyTable:
    (folder / f"{algorithm}.stated").write_bytes(stated)
    stated_at, keys, records, top = (
        folder / f"{algorithm}.{part}" for part in ("stated", "keys", "records", "top")
    )
    places = SortPlaces(stated_at, keys, records, top, folder / "runs")
    sort_keys(places, WIDTHS[algorithm], run_bytes=run_bytes)
    return KeyTable.open(folder, algorithm)


def random_keys(algorithm: str, count: int, seed: int = 1) -> list[bytes]:
    raw = np.random.default_rng(seed).bytes(WIDTHS[algorithm] * count)
    return [raw[at : at + WIDTHS[algorithm]] for at in range(0, len(raw), WIDTHS[algorithm])]


def expected(stated: list[bytes], queries: list[bytes]) -> list[tuple[int, int]]:
    return [
        (place, record)
        for place, query in enumerate(queries)
        for record, key in enumerate(stated)
        if key == query and any(key)
    ]


@pytest.mark.parametrize("algorithm", WIDTHS)
def test_every_record_of_every_key_is_found(algorithm: str, tmp_path: Path) -> None:
    keys = random_keys(algorithm, 300)
    stated = [*keys, bytes(WIDTHS[algorithm]), *keys[:50], *keys[:10]]
    table = made(tmp_path, algorithm, b"".join(stated))
    queries = [*keys[::3], *random_keys(algorithm, 100, seed=2), keys[0], keys[0]]
    assert pairs(table, queries) == expected(stated, queries)


@pytest.mark.parametrize("algorithm", WIDTHS)
def test_few_and_many_find_what_a_plain_search_finds(algorithm: str, tmp_path: Path) -> None:
    keys = random_keys(algorithm, 5_000)
    # Some end in zeros, which NumPy takes for padding; some begin alike for many bytes.
    keys += [key[:-3] + bytes(3) for key in keys[:200]]
    keys += [keys[0][:12] + key[12:] for key in keys[:200]]
    table = made(tmp_path, algorithm, b"".join(keys))
    lookalikes = [key[:-1] + bytes([key[-1] ^ 1]) for key in keys]
    strange = random_keys(algorithm, 999, seed=3)
    queries = np.array([*keys, *lookalikes, *strange], dtype=f"S{WIDTHS[algorithm]}")
    sorted_keys = np.fromfile(tmp_path / f"{algorithm}.keys", dtype=queries.dtype)
    plain = find_sorted(sorted_keys, queries)
    for found in (table.find_few(queries), table.find_many(queries)):
        assert np.array_equal(found[0], plain[0])
        assert np.array_equal(found[1], plain[1])
    assert len(plain[0]) >= len(keys)


@pytest.mark.parametrize(
    ("stated", "what"),
    [
        (b"".join(hashlib.md5(b"%d" % n).digest() for n in range(5_000)), "random"),
        (b"\xaa" * 16 * 5_000, "all the same"),
        (b"".join(b"\xaa" * 12 + n.to_bytes(4, "big") for n in range(5_000)), "long prefix"),
        (b"".join((5_000 - n).to_bytes(16, "big") for n in range(5_000)), "descending"),
        (b"".join(bytes(12) + (n % 3).to_bytes(4, "big") for n in range(5_000)), "zeros and few"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_many_runs_sort_like_one(stated: bytes, what: str, tmp_path: Path) -> None:
    assert what
    rows = [(stated[at * 16 : at * 16 + 16], at) for at in range(5_000)]
    rows = sorted(row for row in rows if any(row[0]))
    for run_bytes in (1, 20 * 700, 1 << 20):
        made(tmp_path, "md5", stated, run_bytes=run_bytes)
        assert (tmp_path / "md5.keys").read_bytes() == b"".join(key for key, _ in rows)
        records = np.fromfile(tmp_path / "md5.records", dtype="<u4").tolist()
        assert records == [number for _, number in rows]
        assert not (tmp_path / "runs").exists()


def test_no_share_of_equal_keys_outgrows_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    plain = sorting.rows_sorted

    def watched(rows: sorting.Rows) -> sorting.Rows:
        sizes.append(len(rows))
        return plain(rows)

    monkeypatch.setattr(sorting, "rows_sorted", watched)
    made(tmp_path, "md5", b"\xaa" * 16 * 50_000, run_bytes=20 * 2_000)
    assert max(sizes) <= 2 * 2_000


def test_the_index_is_of_a_size_that_fits_the_keys() -> None:
    counts = (0, 1, 8, 1_000, 50_000_000, 1 << 32)
    assert [top_bits(count) for count in counts] == [0, 0, 1, 7, 23, 23]


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    table = made(tmp_path, "md5", b"\xaa" * 16)
    for wrong in ([b"short"], [b"\xaa" * 20], [b"\xaa" * 15, b"\xaa" * 17]):
        with pytest.raises(UsageError, match="16 bytes"):
            pairs(table, wrong)
    assert pairs(table, []) == []


def test_a_key_repeated_often_is_found_with_every_record(tmp_path: Path) -> None:
    table = made(tmp_path, "md5", b"\xaa" * 16 * 300 + b"\xab" * 16)
    (found,) = table.find([b"\xaa" * 16])
    assert (found[0], found[1].tolist()) == (0, list(range(300)))


def test_many_keys_at_once_take_the_compiled_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = random_keys("md5", 100)
    table = made(tmp_path, "md5", b"".join(keys))
    few = pairs(table, keys)
    monkeypatch.setattr(exact, "COMPILED_FROM", 10)
    monkeypatch.setattr(KeyTable, "find_few", None)
    assert pairs(table, keys) == few


def test_without_keys_nothing_is_found(tmp_path: Path) -> None:
    table = made(tmp_path, "md5", bytes(16))
    queries = np.array([b"\xaa" * 16], dtype="S16")
    assert len(table) == 0
    assert pairs(table, [b"\xaa" * 16]) == []
    assert [len(each) for each in table.find_many(queries)] == [0, 0]
    assert [len(each) for each in find_sorted(np.empty(0, dtype="S16"), queries)] == [0, 0]


@pytest.mark.parametrize("part", ["keys", "records", "top"])
def test_a_part_cut_short_is_told(part: str, tmp_path: Path) -> None:
    made(tmp_path, "md5", b"".join(random_keys("md5", 100)))
    path = tmp_path / f"md5.{part}"
    for kept in (path.read_bytes()[:-3], path.read_bytes()[:-16]):
        path.write_bytes(kept)
        with pytest.raises(HashSetDamaged):
            KeyTable.open(tmp_path, "md5")
    path.unlink()
    with pytest.raises(HashSetDamaged):
        KeyTable.open(tmp_path, "md5")


def test_an_index_that_lies_reads_nothing_beyond_the_keys(tmp_path: Path) -> None:
    keys = random_keys("md5", 100)
    made(tmp_path, "md5", b"".join(keys))
    top = np.fromfile(tmp_path / "md5.top", dtype="<u4")
    (tmp_path / "md5.top").write_bytes(np.full_like(top, 0xFFFFFFFF).tobytes())
    table = KeyTable.open(tmp_path, "md5")
    queries = np.array(keys, dtype="S16")
    assert len(table.find_few(queries)[0]) <= 1
    assert len(table.find_many(queries)[0]) == 0
