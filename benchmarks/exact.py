"""Exact lookup in millions of random MD5s, against a Python set and a join in SQLite.

    python -m benchmarks.exact [--keys 10000000] [--lookups 1000000] [--rounds 5] [--json]

polit's keys are sorted as an import sorts them, and mapped into memory; half of the lookups hit.
All sides look the same keys up, in alternating rounds in one process and one thread; a side's
figure is its best round, by the time that the processor spent on it. `few` is what a run asks
for, 256 keys at a time, without the compiled loop. A set of Python's needs about 90 bytes a key:
it is left out beyond 20 million.
"""

import argparse
import json
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polit.match.exact import KeyArray, KeyTable, find_sorted
from polit.match.sorting import SortPlaces, sort_keys

_WIDTH = 16
_PIECE = 1_000_000
_FEW = 256
_MOST_FEW = 100_000
_MOST_SET = 20_000_000
_MOST_SQLITE = 20_000_000
_SEED = 20261126
_TARGET_PER_S = 3_000_000
_TARGET_MB = 50


@dataclass(frozen=True, slots=True)
class Side:
    """One way to look keys up: how many it is asked, and what asks it and counts what it finds."""

    name: str
    lookups: int
    ask: Callable[[], int]


def build(place: Path, keys: int) -> tuple[KeyTable, float, int]:
    """Sort random keys into a table; return it, the seconds, and the peak in MB."""
    rng = np.random.default_rng(_SEED)
    with (place / "md5.stated").open("wb") as stream:
        for at in range(0, keys, _PIECE):
            stream.write(rng.bytes(_WIDTH * min(_PIECE, keys - at)))
    began_s = time.monotonic()
    sort_keys(
        SortPlaces(
            place / "md5.stated", place / "md5.keys", place / "md5.records", place / "md5.top",
            place / "runs",
        ),
        _WIDTH,
    )  # fmt: skip
    seconds = time.monotonic() - began_s
    return KeyTable.open(place, "md5"), seconds, _peak_mb()


def queries_for(place: Path, keys: int, lookups: int) -> KeyArray:
    """Return keys to look up, in random order; half of them are there."""
    rng = np.random.default_rng(_SEED + 1)
    stated = np.memmap(place / "md5.stated", dtype=f"S{_WIDTH}", mode="r", shape=(keys,))
    known = stated[rng.integers(0, keys, lookups // 2)]
    strange = np.frombuffer(rng.bytes(_WIDTH * (lookups - len(known))), dtype=known.dtype)
    return rng.permutation(np.concatenate([known, strange]))


def sides_for(place: Path, table: KeyTable, queries: KeyArray) -> list[Side]:
    """Return polit's ways and its peers, warm."""
    plain = np.fromfile(place / "md5.keys", dtype=queries.dtype)
    count = len(plain)
    some = queries[:_MOST_FEW]
    pieces = [some[at : at + _FEW] for at in range(0, len(some), _FEW)]
    raw = [bytes(row) for row in queries.view(np.uint8).reshape(-1, _WIDTH)]
    sides = [
        Side("polit many", len(queries), lambda: len(table.find_many(queries)[0])),
        Side("polit few", len(some), lambda: sum(len(table.find_few(each)[0]) for each in pieces)),
        Side("plain search", len(some), lambda: len(find_sorted(plain, some)[0])),
    ]
    if count <= _MOST_SET:
        known = {bytes(row) for row in plain.view(np.uint8).reshape(-1, _WIDTH)}
        sides.append(Side("python set", len(raw), lambda: sum(each in known for each in raw)))
    if count <= _MOST_SQLITE:
        connection = _database(place, plain)
        sides.append(Side("sqlite join", len(some), lambda: _joined(connection, raw[:_MOST_FEW])))
    return sides


def _database(place: Path, plain: KeyArray) -> sqlite3.Connection:
    connection = sqlite3.connect(place / "peer.sqlite")
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;"
        "CREATE TABLE known (md5 BLOB PRIMARY KEY) WITHOUT ROWID;"
        "CREATE TEMP TABLE asked (md5 BLOB);"
    )
    rows = plain.view(np.uint8).reshape(-1, _WIDTH)
    connection.executemany("INSERT OR IGNORE INTO known VALUES (?)", ((bytes(r),) for r in rows))
    connection.commit()
    return connection


def _joined(connection: sqlite3.Connection, asked: list[bytes]) -> int:
    connection.execute("DELETE FROM asked")
    connection.executemany("INSERT INTO asked VALUES (?)", ((each,) for each in asked))
    found = connection.execute("SELECT count(*) FROM asked JOIN known USING (md5)").fetchone()
    return int(found[0])


def run_rounds(sides: list[Side], rounds: int) -> dict[str, float]:
    """Return the lookups a second of each side's best round, after one that warms up."""
    best = {side.name: 0.0 for side in sides}
    found: dict[int, int] = {}
    for turn in range(rounds + 1):
        for side in sides:
            began_s = time.process_time()
            hits = side.ask()
            per_s = side.lookups / (time.process_time() - began_s)
            assert found.setdefault(side.lookups, hits) == hits, f"{side.name} finds others"
            if turn:
                best[side.name] = max(best[side.name], per_s)
    return best


def compiler_mb(table: KeyTable, queries: KeyArray) -> float:
    """Return how much memory the compiler keeps, in MB: once a process, whatever the sets."""
    before = _anonymous_kb()
    table.find_many(queries[:1])
    return round((_anonymous_kb() - before) / 1000, 1)


def own_memory_mb(table: KeyTable, queries: KeyArray) -> float:
    """Return how much memory looking up takes, beyond mapped files and the compiler, in MB."""
    before = _anonymous_kb()
    found = table.find_many(queries)
    after = _anonymous_kb()
    assert len(found[0])
    return round((after - before) / 1000, 1)


def _anonymous_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0])


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000


def main() -> None:
    """Measure, and compare with the targets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=10_000_000)
    parser.add_argument("--lookups", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-exact-") as scratch:
        place = Path(scratch)
        table, sort_s, peak_mb = build(place, options.keys)
        queries = queries_for(place, options.keys, options.lookups)
        loop_mb = compiler_mb(table, queries)
        kept_mb = own_memory_mb(table, queries)
        best = run_rounds(sides_for(place, table, queries), options.rounds)
    figures = {
        "keys": options.keys,
        "sort_s": round(sort_s, 1),
        "sort_peak_mb": peak_mb,
        "beyond_page_cache_mb": kept_mb,
        "compiler_mb": loop_mb,
        "lookups_per_s": {name: round(value) for name, value in best.items()},
        "times_a_python_set": _ratio(best, "python set"),
        "times_sqlite": _ratio(best, "sqlite join"),
        "reaches_target": best["polit many"] >= _TARGET_PER_S and kept_mb <= _TARGET_MB,
    }
    print(json.dumps(figures, indent=1))


def _ratio(best: dict[str, float], peer: str) -> float | None:
    return round(best["polit many"] / best[peer], 2) if peer in best else None


if __name__ == "__main__":
    main()
