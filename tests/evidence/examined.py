"""Examinations by the command itself, as a user runs it: `polit examine`, then `polit list`."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence.compare import Row

_COMPLETE = (0, 3)


@dataclass(frozen=True, slots=True)
class Examined:
    """What one examination gave.

    Args:
        code: The exit code, 0 or 3.
        summary: The object that ``examine --json`` ends with.
        rows: The objects of ``list --jsonl``.
        package: The package's folder.
    """

    code: int
    summary: Row
    rows: tuple[Row, ...]
    package: Path


def examine(source: Path, out: Path, *options: str) -> Examined:
    """Examine a source with ``python -m polit examine`` and list the package.

    Raises:
        AssertionError: The command did not complete; the message has its words.
    """
    case = ("--case", "T-1", "--exhibit", "AB/1", "--examiner", "test")
    command = ("examine", str(source), *case, "--out", str(out), "--json", *options)
    ended = polit(command, data=out / "data")
    if ended.returncode not in _COMPLETE:
        raise AssertionError(f"examine ended with {ended.returncode}: {ended.stderr[-2000:]}")
    summary = json.loads(ended.stdout)
    package = Path(summary["package"])
    package = package if package.is_absolute() else out / package
    listed = polit(("list", str(package), "--jsonl"), data=out / "data")
    if listed.returncode != 0:
        raise AssertionError(f"list ended with {listed.returncode}: {listed.stderr[-2000:]}")
    rows = tuple(json.loads(line) for line in listed.stdout.splitlines())
    return Examined(ended.returncode, summary, rows, package)


def polit(arguments: Sequence[str], *, data: Path) -> "subprocess.CompletedProcess[str]":
    """Run ``python -m polit`` with a data folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "polit", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"POLIT_DATA": str(data)},
        timeout=280,
        check=False,
    )
