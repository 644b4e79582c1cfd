"""Runs the command line as a user would: a process of its own, its answers read back."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CASE = ("--case", "T-1", "--exhibit", "AB/1", "--examiner", "tester")
OPTIONS = (*CASE, "--no-carve")
"""Carving compiles its loops for seconds at each start: tests of it ask for it by name."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the command line came to."""

    code: int
    stdout: bytes
    stderr: str

    def json(self) -> dict[str, object]:
        """Return the one object on stdout."""
        values: dict[str, object] = json.loads(self.stdout)
        return values

    def rows(self) -> list[dict[str, object]]:
        """Return the objects on stdout, one a line."""
        return [json.loads(line) for line in self.stdout.splitlines()]


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return an environment with its own data folder and nothing of polit's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLIT_")}
    return {**kept, "POLIT_DATA": str(data), **more}


def polit(data: Path, *words: str | Path, **more: str) -> Ran:
    """Run one verb to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "polit", *map(str, words)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=environment(data, **more),
        timeout=280,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr.decode())


def examine(source: Path, place: Path, *words: str | Path, **more: str) -> Ran:
    """Examine a source below ``place``: keys in ``data``, the package in ``out``. No carving."""
    return carve(source, place, "--no-carve", *words, **more)


def carve(source: Path, place: Path, *words: str | Path, **more: str) -> Ran:
    """Examine a source as ``examine`` does, and carve what is free in it."""
    return polit(
        place / "data", "examine", source, *CASE, "--out", place / "out", "--json", *words,
        **more,
    )  # fmt: skip


def package_of(place: Path) -> Path:
    """Return the folder of the package that ``examine`` makes there."""
    return place / "out" / "AB%2F1.polit"


def entries_of(place: Path) -> list[dict[str, object]]:
    """Return all entries of that package, in the order of their locators."""
    return polit(place / "data", "list", package_of(place), "--jsonl").rows()
