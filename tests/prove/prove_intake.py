"""Kill an import again and again at random moments; the record is the same at the end."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from wide_packages import Shape, wide_package

from polit.base.clock import monotonic_s

NAME = "intake"
FULL_COUNT = 100
_ENTRIES, _FOLDERS = 60_000, 60
_SHORTEST_S = 0.5
_GIVE_UP = 60


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Kill ``count`` times by SIGKILL; each import is then let through and compared.

    The moments are spread over the whole of an import, verifying and the last transaction
    included. When a package is in, the next database is begun.
    """
    source = scratch / "source"
    source.mkdir()
    made = wide_package(source, Shape(_ENTRIES, _FOLDERS))
    began_s = monotonic_s()
    reference = _finished(source, scratch / "reference")
    longest_s = monotonic_s() - began_s
    rng, kills, imported = random.Random(20261126), 0, 0
    while kills < count:
        place = scratch / f"run-{imported}"
        kills += _until_in(source, place, rng, longest_s, count - kills)
        found = _finished(source, place)
        assert found["rows_digest"] == reference["rows_digest"]
        assert found["imports_recorded"] == 1
        imported += 1
        shutil.rmtree(place)
    return {
        "kills": kills,
        "packages_imported": imported,
        "entries": made.manifest.tally.entries,
        "rows_digest": reference["rows_digest"],
        "seconds": round(monotonic_s() - began_s),
    }


def _started(source: Path, place: Path) -> "subprocess.Popen[bytes]":
    place.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLIT_")}
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks._intake_run", str(source), "--once"],
        env={**kept, "POLIT_DATA": str(place), "PYTHONPATH": "tests:."},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _until_in(source: Path, place: Path, rng: random.Random, longest_s: float, most: int) -> int:
    """Kill imports into one database until one gets through, or enough were killed."""
    kills = 0
    for _ in range(_GIVE_UP):
        process = _started(source, place)
        try:
            process.communicate(timeout=_SHORTEST_S + rng.random() * longest_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            if kills >= most:
                break
        else:
            break
    return kills


def _finished(source: Path, place: Path) -> dict[str, object]:
    """Let an import into a database through, and return what is there."""
    process = _started(source, place)
    told, errors = process.communicate()
    assert process.returncode == 0, errors.decode()[-2000:]
    found: dict[str, object] = json.loads(told)
    return found
