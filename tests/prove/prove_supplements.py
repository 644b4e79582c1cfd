"""Match very many packages again, killed at random moments; each ends with one whole supplement."""

import random
import subprocess
import sys
from pathlib import Path

import examinations as run
import hash_sets
import hashed_packages as hashed

from polit.base.clock import monotonic_s, sleep_s
from polit.model.matching import SetStatus
from polit.package.supplement import list_supplements
from polit.package.verify import verify_package
from polit.store.keys import create_keys

NAME = "supplements"
FULL_COUNT = 1000
_CONTENTS = 12
_PACKAGES_A_KILL = 10
_LONGEST_S = 0.06


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Match ``count`` packages in one command, killed by SIGKILL once for ten packages.

    A session that is killed is begun anew with the same command, until one gets through. Whenever
    one was killed, every package must hold; at the end each has one supplement, with the rows
    that an undisturbed session gives.
    """
    began_s = monotonic_s()
    packages = _make(count, scratch)
    rng, kills, half, done = random.Random(20261126), 0, 0, 0
    while _is_killed(scratch, rng, done):
        kills += 1
        assert kills < count, "the sessions come to no end"
        done = sum(bool(list_supplements(package)) for package in packages)
        half += sum((package / "supplements" / ".new").exists() for package in packages)
        _check(packages[max(0, done - _PACKAGES_A_KILL) : done + _PACKAGES_A_KILL])
    _check(packages)
    rows = [_only_rows(package) for package in packages]
    again = run.polit(scratch / "data", "match", scratch / "packages", "--again", "--json")
    assert again.code == 0, again.stderr
    for package, once in zip(packages, rows, strict=True):
        first, second = list_supplements(package)
        assert (first.rows_sha256, second.rows_sha256) == (once, once)
        assert (first.new_alerts, second.new_alerts) == (1, 0)
    _check(packages)
    return {
        "packages": count,
        "contents": count * _CONTENTS,
        "kills": kills,
        "kills_that_left_a_hidden_folder": half,
        "seconds": round(monotonic_s() - began_s),
    }


def _make(count: int, scratch: Path) -> list[Path]:
    keys = create_keys(scratch / "data")
    sought, packages = [], []
    for number in range(count):
        place = scratch / "packages" / f"{number:05}"
        made = hashed.hashed_package(place, keys, contents=_CONTENTS, seed=number)
        sought.append(made.contents[0])
        packages.append(made.folder)
    store = scratch / "data" / "hashsets"
    hash_sets.listed(store, "sought", sought, status=SetStatus.ALERT)
    return packages


def _is_killed(scratch: Path, rng: random.Random, done: int) -> bool:
    """Run a session and kill it at a random moment; tell whether that came before its end.

    Args:
        scratch: Where everything lies.
        rng: Gives the moment: so many packages after those that are done, and a bit.
        done: How many packages have their supplement.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "polit", "match", str(scratch / "packages"), "--jsonl",
         "--no-verify"],
        env=run.environment(scratch / "data"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for _ in range(done + rng.randint(0, 2 * _PACKAGES_A_KILL)):
            if not process.stdout.readline():
                break
        sleep_s(rng.random() * _LONGEST_S)
        process.kill()
        process.stdout.read()
    return process.returncode != 0


def _check(packages: list[Path]) -> None:
    for package in packages:
        found = verify_package(package)
        assert found.all_hold, [check for check in found.all_checks if not check.holds]


def _only_rows(package: Path) -> str:
    (supplement,) = list_supplements(package)
    return supplement.rows_sha256
