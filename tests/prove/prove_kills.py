"""Kill an examination again and again at random moments; every resumed result is the same.

Hash sets of the image's own files are asked: some are set aside as known-good, some alert, and a
list of fingerprints finds what resembles them.
"""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import examinations as run
from evidence import catalogue
from hash_sets import written

from polit.base.clock import monotonic_s
from polit.model.matching import SetStatus

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
    store = _hash_sets(image, scratch)
    reference = run.examine(image, scratch / "reference", POLIT_HASHSETS=str(store)).json()
    longest_s = monotonic_s() - began_s
    rng, kills, sealed = random.Random(20261122), 0, 0
    while kills < count:
        place = scratch / f"run-{sealed}"
        where = (image, place, store)
        here = _until_sealed(where, rng, longest_s, count - kills)
        kills += here
        sealed += 1
        _check(where, reference)
        shutil.rmtree(place)
    return {
        "kills": kills,
        "packages_sealed": sealed,
        "rows_sha256": reference["rows_sha256"],
        "tally": reference["tally"],
        "matches": reference["matches"],
        "seconds": round(monotonic_s() - began_s),
    }


def _hash_sets(image: Path, scratch: Path) -> Path:
    """Make sets of what the image holds: every seventh content is good, another one alerts."""
    plain, store = scratch / "plain", scratch / "hashsets"
    run.examine(image, plain, "--no-sets")
    rows = {str(row["sha256"]): row for row in run.entries_of(plain) if row["sha256"]}
    digests = sorted(rows)
    written(store, "good", "\n".join(digests[::7]) + "\n", status=SetStatus.KNOWN_GOOD)
    written(store, "wanted", "\n".join(digests[3::7]) + "\n", status=SetStatus.ALERT)
    clear = [row for row in rows.values() if row["pdq"] and int(str(row["pdq_quality"])) >= 50]
    lines = "\n".join(sorted(str(row["pdq"]) for row in clear)[::3])
    written(store, "alike", f"{lines}\n", form="pdq", status=SetStatus.ALERT)
    return store


Where = tuple[Path, Path, Path]
"""The image, the place of the run, the store of hash sets."""


def _until_sealed(where: Where, rng: random.Random, longest_s: float, most: int) -> int:
    """Kill sessions of one package until one gets through, or enough were killed."""
    (image, place, store), kills = where, 0
    for _ in range(_GIVE_UP):
        process = subprocess.Popen(
            [sys.executable, "-m", "polit", "examine", str(image), *run.OPTIONS,
             "--out", str(place / "out"), "--json", "--resume"],
            env=run.environment(place / "data", POLIT_HASHSETS=str(store)),
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


def _check(where: Where, reference: dict[str, object]) -> None:
    """Finish a package undisturbed and compare it with the undisturbed one."""
    image, place, store = where
    finished = run.examine(image, place, "--resume", POLIT_HASHSETS=str(store))
    summary = json.loads(finished.stdout)
    assert summary["rows_sha256"] == reference["rows_sha256"], finished.stderr
    assert summary["tally"] == reference["tally"]
    assert summary["matches"] == reference["matches"]
    verified = run.polit(place / "data", "verify", run.package_of(place), "--json")
    assert verified.code == 0, verified.stdout
