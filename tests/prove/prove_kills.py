"""Kill an examination again and again at random moments; every resumed result is the same."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import examinations as run
from evidence import catalogue

from polit.base.clock import monotonic_s

NAME = "kills"
FULL_COUNT = 200
_SHORTEST_S = 0.2
_GIVE_UP = 40


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Kill ``count`` times by SIGKILL, resuming each time until the package is sealed.

    The moments are spread over the whole of a session, start-up and sealing included. When a
    package is sealed, the next one is begun.
    """
    image = catalogue.built("mbr")[0]
    began_s = monotonic_s()
    reference = run.examine(image, scratch / "reference").json()
    longest_s = monotonic_s() - began_s
    rng, kills, sealed = random.Random(20261122), 0, 0
    while kills < count:
        place = scratch / f"run-{sealed}"
        here = _until_sealed(image, place, rng, longest_s, count - kills)
        kills += here
        sealed += 1
        _check(image, place, reference)
        shutil.rmtree(place)
    return {
        "kills": kills,
        "packages_sealed": sealed,
        "rows_sha256": reference["rows_sha256"],
        "tally": reference["tally"],
        "seconds": round(monotonic_s() - began_s),
    }


def _until_sealed(image: Path, place: Path, rng: random.Random, longest_s: float, most: int) -> int:
    """Kill sessions of one package until one gets through, or enough were killed."""
    kills = 0
    for _ in range(_GIVE_UP):
        process = subprocess.Popen(
            [sys.executable, "-m", "polit", "examine", str(image), *run.OPTIONS,
             "--out", str(place / "out"), "--json", "--resume"],
            env=run.environment(place / "data"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(timeout=_SHORTEST_S + rng.random() * longest_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
            if kills >= most:
                break
        else:
            break
    return kills


def _check(image: Path, place: Path, reference: dict[str, object]) -> None:
    """Finish a package undisturbed and compare it with the undisturbed one."""
    finished = run.examine(image, place, "--resume")
    summary = json.loads(finished.stdout)
    assert summary["rows_sha256"] == reference["rows_sha256"], finished.stderr
    assert summary["tally"] == reference["tally"]
    verified = run.polit(place / "data", "verify", run.package_of(place), "--json")
    assert verified.code == 0, verified.stdout
