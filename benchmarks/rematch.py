"""Matching sealed packages again: a thousand of them in one command, against a bare loop.

    python -m benchmarks.rematch [--packages 1000] [--contents 1000] [--exact 10000000]
                                 [--near 1000000] [--no-verify] [--place FOLDER] [--json]

Half of the contents have fingerprints. The peer asks the same sets for the same contents from
memory, in batches as large as polit's, and reads, verifies and seals nothing. Memory is the
greatest resident size of the process that matches. A place that is kept is taken up again.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from polit.examine.finding import find_packages
from polit.match.hashsets import HashSets
from polit.match.importing import ImportTerms, import_set
from polit.match.matcher import HashedContent, Matcher
from polit.model.matching import MatchTerms, SetStatus
from polit.package.contents import read_contents
from polit.package.database import open_reader
from polit.store.keys import create_keys
from tools.machine import machine_facts

if TYPE_CHECKING:
    from polit.package.contents import StoredContent

_DISTINCT = 20
_BATCH = 4096
_LINES = 100_000
_SEED = 20261126
_DIGESTS_SQL = "SELECT DISTINCT sha256 FROM results ORDER BY sha256"
_VALUES_SQL = "SELECT value FROM perceptual_hashes WHERE quality >= 50 ORDER BY value"


def prepare(place: Path, options: argparse.Namespace) -> None:
    """Make keys, sets and packages; what is there already stays."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    import hashed_packages  # noqa: PLC0415 - a test's maker, found by the line above

    keys = create_keys(place / "data")
    packages = place / "packages"
    for number in range(min(_DISTINCT, options.packages)):
        if not (packages / f"{number:04}").exists():
            made = place / "making"
            shutil.rmtree(made, ignore_errors=True)
            hashed_packages.hashed_package(made, keys, contents=options.contents, seed=number)
            packages.mkdir(exist_ok=True)
            made.rename(packages / f"{number:04}")
    for number in range(_DISTINCT, options.packages):
        if not (packages / f"{number:04}").exists():
            shutil.copytree(packages / f"{number % _DISTINCT:04}", packages / f"{number:04}")
    _import(place, "exact", options.exact, _known(packages, _DIGESTS_SQL))
    _import(place, "near", options.near, _known(packages, _VALUES_SQL))


def _known(packages: Path, sql: str) -> list[bytes]:
    """Return every hundredth value of the packages, so that something is found."""
    found = []
    for package in find_packages([packages]).packages[:_DISTINCT]:
        with closing(open_reader(package)) as findings:
            found += [row[0] for row in findings.execute(sql)][::100]
    return found


def _import(place: Path, name: str, count: int, known: list[bytes]) -> None:
    store = HashSets(place / "data" / "hashsets")
    if any(each.facts.name == name for each in store.listed()):
        return
    source, rng = place / f"{name}.txt", random.Random(_SEED)
    with source.open("w", encoding="ascii") as stream:
        stream.writelines(value.hex() + "\n" for value in known)
        for _ in range(0, count, _LINES):
            lines = rng.randbytes(32 * _LINES).hex("\n", 32)
            stream.write(lines + "\n")
    form = "pdq" if name == "near" else "plain"
    import_set(store, source, ImportTerms(name, form, SetStatus.ALERT, imported_by="bench"))
    source.unlink()


def bare(place: Path) -> float:
    """Return the seconds of the peer."""
    contents: list[StoredContent] = []
    for package in find_packages([place / "packages"]).packages:
        with closing(open_reader(package)) as findings:
            contents += read_contents(findings)
    with HashSets(place / "data" / "hashsets").open_enabled() as sets:
        matcher = Matcher(sets, MatchTerms())
        began = time.monotonic()
        for first in range(0, len(contents), _BATCH):
            batch = contents[first : first + _BATCH]
            matcher.exact([one.digests for one in batch])
            matcher.near([
                HashedContent(one.digests.sha256, one.hashes, one.is_video)
                for one in batch if one.hashes
            ])  # fmt: skip
        return time.monotonic() - began


def matched(place: Path, *, verify: bool) -> tuple[float, int, dict[str, int]]:
    """Return the seconds and the peak memory in MB of the command, and what it found."""
    for left in (place / "packages").glob("*/*/supplements"):
        shutil.rmtree(left)
    command = [sys.executable, "-m", "polit", "match", str(place / "packages"), "--json"]
    command += [] if verify else ["--no-verify"]
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        env={**os.environ, "POLIT_DATA": str(place / "data")},
    )
    assert process.stdout is not None
    answer = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"polit match ended with {process.returncode}")
    names = ("contents_matched", "contents_alert", "contents_near", "new_alerts")
    found = {name: sum(one[name] for one in answer["packages"]) for name in names}
    return time.monotonic() - began, usage.ru_maxrss // 1024, found


def measure(place: Path, options: argparse.Namespace) -> dict[str, object]:
    """Return the figures."""
    prepare(place, options)
    bare_s = bare(place)
    seconds, memory_mb, found = matched(place, verify=options.verify)
    contents = options.packages * options.contents
    return {
        "packages": options.packages,
        "contents": contents,
        "exact_keys": options.exact,
        "near_keys": options.near,
        "verified": options.verify,
        "seconds": round(seconds, 1),
        "contents_per_s": round(contents / seconds),
        "ms_per_package": round(1000 * seconds / options.packages, 1),
        "peak_mb": memory_mb,
        "bare_s": round(bare_s, 1),
        "ratio": round(seconds / bare_s, 2),
        **found,
    }


def main(arguments: list[str] | None = None) -> None:
    """Run it and print its figures."""
    parser = argparse.ArgumentParser(prog="rematch")
    parser.add_argument("--packages", type=int, default=1000)
    parser.add_argument("--contents", type=int, default=1000)
    parser.add_argument("--exact", type=int, default=10_000_000)
    parser.add_argument("--near", type=int, default=1_000_000)
    parser.add_argument("--verify", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="rematch-") as scratch:
        figures = {**measure(options.place or Path(scratch), options), "machine": machine_facts()}
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<18} {value}")


if __name__ == "__main__":
    main()
