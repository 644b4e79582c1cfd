"""Import lists of every format with ``count`` rows: memory, speed, and kills at random moments.

Each list is imported once undisturbed, and once into another store while it is killed three times
by SIGKILL at random moments and begun again. Both must give the same set, of which every part is
verified and keys drawn from the list are found. No import may take more than 500 MB, whatever its
rows; those that index fingerprints map them all while the index is written, which counts for 32
bytes each that the system may take back, and 900 MB are allowed.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from hash_lists import KINDS, made_row, write_list

from polit.match.hashsets import HashSets

NAME = "hashsets"
FULL_COUNT = 10_000_000
_KILLS = 3
_DRAWN = 200
_MOST_MB = 500
_MOST_NEAR_MB = 900
_SHARES = {"vpdq": 10_000}
"""A list of vPDQ is one video: ten million seconds would be no video."""
_NOT_A_FILE = frozenset({"nsrl-sql"})
_CODE = "from polit.cli import main; main()"
_SEED = 20261126
_REFUSED = 3


@dataclass(frozen=True, slots=True)
class Imported:
    """What one run of an import took, and how it ended."""

    exit_code: int
    seconds: float
    peak_mb: int


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Prove every kind, one after the other; nothing of one is kept for the next."""
    rng = random.Random(_SEED)
    figures: dict[str, object] = {}
    for kind in KINDS:
        if kind in _NOT_A_FILE:
            continue
        rows = max(count // _SHARES.get(kind, 1), 10)
        place = scratch / kind
        place.mkdir()
        figures[kind] = _prove_kind(kind, rows, place, rng)
        print(f"{kind}: {figures[kind]}", flush=True)
        shutil.rmtree(place)
    return figures


def _prove_kind(kind: str, rows: int, place: Path, rng: random.Random) -> dict[str, object]:
    path = write_list(place / "made.list", kind, rows)
    whole = _import(path, place / "whole")
    assert whole.exit_code in {0, _REFUSED}, (place / "told").read_text("utf-8")[-2000:]
    killed, peak_mb = 0, whole.peak_mb
    for _ in range(_KILLS):
        ran = _import(path, place / "killed", after_s=rng.uniform(0.2, whole.seconds * 0.9))
        killed += ran.exit_code < 0
        peak_mb = max(peak_mb, ran.peak_mb)
    last = _import(path, place / "killed")
    assert last.exit_code in {0, _REFUSED}, (place / "told").read_text("utf-8")[-2000:]
    (undisturbed,) = HashSets(place / "whole").listed()
    (resumed,) = HashSets(place / "killed").listed()
    assert resumed.sha256 == undisturbed.sha256, kind
    report = resumed.document.report
    assert report == undisturbed.document.report
    assert report.read == report.kept + sum(report.rejected.values())
    for store in ("whole", "killed"):
        (verified,) = HashSets(place / store).verify()
        assert verified.holds, verified.findings
    is_near = bool({"pdq", "vpdq"} & resumed.facts.keys.keys())
    peak_mb = max(peak_mb, last.peak_mb)
    assert peak_mb <= (_MOST_NEAR_MB if is_near else _MOST_MB), (kind, peak_mb)
    return {
        "rows": rows,
        "kept": report.kept,
        "file_mb": path.stat().st_size // 1_000_000,
        "seconds": round(whole.seconds, 1),
        "rows_per_s": round(rows / whole.seconds),
        "peak_mb": peak_mb,
        "kills": killed,
        "found": _found(place / "whole", rows, rng),
    }


def _import(path: Path, store: Path, after_s: float | None = None) -> Imported:
    """Run an import; kill it after some seconds where they are given."""
    command = [sys.executable, "-c", _CODE, "hashset", "import", str(path), "--status", "alert"]
    environment = {**os.environ, "POLIT_HASHSETS": str(store)}
    began_s = time.monotonic()
    with path.with_name("told").open("wb") as told:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=told)
    if after_s is not None:
        time.sleep(after_s)
        # Not by the object: it would collect what wait4 measures, of one that has ended already.
        os.kill(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Imported(
        process.returncode, time.monotonic() - began_s, usage.ru_maxrss * 1024 // 1_000_000
    )


def _found(store: Path, rows: int, rng: random.Random) -> int:
    """Look drawn rows up by every digest that the set has; return how many lookups hit."""
    drawn = [made_row(rng.randrange(rows)) for _ in range(_DRAWN)]
    hits = 0
    with HashSets(store).open_enabled() as (opened,):
        for name in ("md5", "sha1", "sha256"):
            if not opened.facts.keys.get(name):
                continue
            keys = [getattr(made, name) for made in drawn]
            found = opened.find(name, keys)
            assert {place for place, _ in found} == set(range(_DRAWN)), name
            assert all(getattr(opened.stated(r), name) == keys[place] for place, r in found)
            hits += len(found)
    return hits
