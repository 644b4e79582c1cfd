"""Near search against faiss and python-threatexchange, at 31 bits of 256.

    python -m benchmarks.near [--values 1000000 10000000] [--queries 512] [--kinds uniform skewed]

The peers run in an environment of their own, which is made here with pip: faiss's
``IndexBinaryFlat.range_search``, which compares all pairs, and python-threatexchange's
``PDQIndex``, whose ``search_with_distance_in_result`` takes all queries at once. Each side searches
the same queries, half of them values moved by up to 31 bits, with one thread and with one a core;
the best of the rounds counts. The hits of all sides are counted, for an index that is quick and
misses some is none. polit's index is searched through its files; its extra memory is what the
process holds beyond them. *Many* are 20 times the queries at once.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from near_values import Values, moved, skewed, spread

from polit.match import _near_kernels as kernels
from polit.match.near import NearIndex, write_index

TARGET_RATIO, GOAL_RATIO = 15.0, 30.0
TARGET_QUERIES_S, GOAL_QUERIES_S = 2000, 3000
PEERS = ("faiss-cpu==1.15.1", "threatexchange==1.2.17")
_MANY = 20
_PEER = """
import json, sys, time
import numpy as np, faiss
from threatexchange.signal_type.pdq.pdq_index import PDQIndex

which, folder, rounds, all_threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
values = np.fromfile(folder + "/values", dtype=np.uint8).reshape(-1, 32)
queries = np.fromfile(folder + "/queries", dtype=np.uint8).reshape(-1, 32)

def resident_mb():
    rows = open("/proc/self/status").read().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmRSS")) / 1024

before_mb, began_s = resident_mb(), time.monotonic()
if which == "flat":
    index = faiss.IndexBinaryFlat(256)
    index.add(values)
    def search():
        return len(index.range_search(queries, 32)[1])
else:
    index = PDQIndex((value.tobytes().hex(), None) for value in values).index
    asked = [query.tobytes().hex() for query in queries]
    def search():
        return sum(map(len, index.search_with_distance_in_result(asked, 31).values()))
told = {"build_s": time.monotonic() - began_s, "memory_mb": resident_mb() - before_mb}
for threads in all_threads:
    faiss.omp_set_num_threads(int(threads))
    best_s = float("inf")
    for _ in range(rounds):
        began_s = time.monotonic()
        told["hits"] = int(search())
        best_s = min(best_s, time.monotonic() - began_s)
    told[threads] = len(queries) / best_s
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Case:
    """One comparison: what is searched in what."""

    kind: str
    values: int
    queries: int
    rounds: int
    peers: tuple[str, ...]


def make_peers() -> Path:
    """Return the peers' interpreter, in an environment made once on this machine."""
    place = Path(tempfile.gettempdir()) / f"polit-peer-{os.getuid()}-near"
    python = place / "bin" / "python"
    if not (place / "built").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        (place / "built").touch()
    return python


def compare(case: Case, folder: Path, python: Path) -> dict[str, object]:
    """Search on all sides; return the figures."""
    chance = np.random.default_rng(26)
    make = {"uniform": spread, "skewed": skewed}[case.kind]
    values = make(chance, case.values)
    queries = _queries(chance, values, case.queries)
    many = _queries(chance, values, case.queries * _MANY)
    values.tofile(folder / "values")
    queries.tofile(folder / "queries")
    figures: dict[str, object] = {"values": case.values, "kind": case.kind}
    figures |= _ours(folder, values, (queries, many), case.rounds)
    for peer in case.peers:
        told = _run_peer(python, peer, folder, case.rounds)
        for threads in _threads():
            ours, theirs = figures[f"polit_queries_s_{threads}"], told[str(threads)]
            figures[f"{peer}_queries_s_{threads}"] = round(theirs, 1)
            figures[f"{peer}_ratio_{threads}"] = round(float(str(ours)) / theirs, 1)
        figures[f"{peer}_hits"] = told["hits"]
        figures[f"{peer}_build_s"] = round(told["build_s"], 1)
        figures[f"{peer}_memory_mb"] = round(told["memory_mb"])
    return figures


def _queries(chance: np.random.Generator, values: Values, count: int) -> Values:
    origins = values[chance.integers(0, len(values), count)]
    distances = np.where(np.arange(count) % 2, 128, np.arange(count) // 2 % 32)
    return moved(chance, origins, distances)


def _ours(
    folder: Path, values: Values, asked: tuple[Values, Values], rounds: int
) -> dict[str, object]:
    began_s = time.monotonic()
    kernels.arrange_kernel()
    arranging_s = time.monotonic() - began_s
    began_s = time.monotonic()
    write_index(folder / "index", values)
    figures: dict[str, object] = {
        "build_s": round(time.monotonic() - began_s, 1),
        "files_mb": round(sum(p.stat().st_size for p in (folder / "index").iterdir()) / 1e6),
    }
    began_s = time.monotonic()
    kernels.probe_kernel()
    compiling_s = arranging_s + time.monotonic() - began_s
    if compiling_s > 0.1:  # the first comparison alone compiles
        figures["compile_s"] = round(compiling_s, 2)
    for threads in _threads():
        held_mb = _held_mb()
        with NearIndex.open(folder / "index", threads=threads) as index:
            for name, queries in (("", asked[0]), ("many_", asked[1])):
                speed, hits = _speed(index, queries, rounds)
                figures[f"polit_{name}queries_s_{threads}"] = round(speed)
                figures[f"polit_{name}hits"] = hits
            figures[f"extra_memory_mb_{threads}"] = round(_held_mb() - held_mb, 1)
    return figures


def _speed(index: NearIndex, queries: Values, rounds: int) -> tuple[float, int]:
    best_s, hits = float("inf"), 0
    for _ in range(rounds):
        began_s = time.monotonic()
        hits = len(index.search(queries, threshold_bits=31))
        best_s = min(best_s, time.monotonic() - began_s)
    return len(queries) / best_s, hits


def _held_mb() -> float:
    """Return the memory that is this process's own: not the page cache."""
    rows = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Anonymous:")) / 1024


def _run_peer(python: Path, peer: str, folder: Path, rounds: int) -> dict[str, float]:
    done = subprocess.run(
        [python, "-c", _PEER, peer, folder, str(rounds), *map(str, _threads())],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _threads() -> list[int]:
    """One thread, and one a core."""
    return sorted({1, os.cpu_count() or 1})


def main() -> None:
    """Compare every size and kind asked for; print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--values", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--kinds", nargs="+", default=["uniform", "skewed"])
    parser.add_argument("--peers", nargs="*", default=["flat", "threatexchange"])
    parser.add_argument("--queries", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    python, told = make_peers(), []
    for values in options.values:
        for kind in options.kinds:
            case = Case(kind, values, options.queries, options.rounds, tuple(options.peers))
            with tempfile.TemporaryDirectory(prefix="near-") as name:
                told.append(compare(case, Path(name), python))
            if not options.json:
                for label, figure in told[-1].items():
                    print(f"{label:<32}{figure}")
                print(flush=True)
    targets = {
        "flat_ratio": [TARGET_RATIO, GOAL_RATIO],
        "queries_s_all_cores": [TARGET_QUERIES_S, GOAL_QUERIES_S],
    }
    print(json.dumps({"compared": told, "targets": targets}) if options.json else targets)


if __name__ == "__main__":
    main()
