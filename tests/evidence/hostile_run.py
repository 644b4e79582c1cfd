"""Hostile evidence through the command itself: what it told, how long, how much memory, no file."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence.compare import Row
from evidence.hostile_archives import ESCAPED
from polit.base.clock import monotonic_s

TIMEOUT_S = 900
_LOOK_EVERY_S = 0.05
# Where a file that escaped would land.
_OUTSIDE = (Path("/"), Path("/tmp"), Path.home())


@dataclass(frozen=True, slots=True)
class Ran:
    """What one examination came to.

    Args:
        code: The exit code of ``examine``; minus the signal it died of.
        words: The last line of what it said where it refused.
        summary: What it told at its end; empty where it refused.
        rows: The listing.
        seconds: How long it took.
        peak_mib: The greatest resident memory of any one process that it started.
        appeared: Files that appeared outside the package and the data folder.
    """

    code: int
    words: str
    summary: dict[str, object]
    rows: tuple[Row, ...]
    seconds: float
    peak_mib: int
    appeared: tuple[str, ...]


def run_hostile(source: Path, place: Path) -> Ran:
    """Examine a source in the real sandbox, with working and temporary folders of its own.

    Args:
        source: The evidence; its folder is watched too.
        place: An empty folder for the package, the data, and the folders that must stay empty.
    """
    out, data = place / "out", place / "data"
    watched = [source.parent, *(place / name for name in ("work", "temporary", "home"))]
    for folder in watched[1:]:
        folder.mkdir()
    environment = os.environ | {
        "POLIT_DATA": str(data), "TMPDIR": str(place / "temporary"), "HOME": str(place / "home"),
    }  # fmt: skip
    case = ("--case", "T-1", "--exhibit", "AB/1", "--examiner", "test", "--no-carve")
    command = ("examine", str(source), *case, "--out", str(out), "--json")
    before, begun_s = _listing(watched), monotonic_s()
    started = subprocess.Popen(
        [sys.executable, "-m", "polit", *command],
        cwd=place / "work", env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with _watched(started.pid) as peaks:
        said, complained = started.communicate(timeout=TIMEOUT_S)
    seconds = monotonic_s() - begun_s
    appeared = sorted(_listing(watched) - before) + _escaped(place)
    summary = json.loads(said) if '"tally"' in said else {}
    rows: tuple[Row, ...] = ()
    if summary:
        listed = subprocess.run(
            [sys.executable, "-m", "polit", "list", summary["package"], "--jsonl"],
            env=environment, cwd=place / "work", capture_output=True, check=True,
        )  # fmt: skip
        rows = tuple(json.loads(line) for line in listed.stdout.splitlines())
    words = (complained.strip().splitlines() or [""])[-1].replace(str(place), "")
    return Ran(
        started.returncode, words, summary, rows, round(seconds, 1),
        max(peaks.values(), default=0) // 1024, tuple(appeared),
    )  # fmt: skip


def _listing(folders: list[Path]) -> set[str]:
    return {str(path) for folder in folders for path in folder.rglob("*")}


def _escaped(place: Path) -> list[str]:
    """Return files with the name that every way out of an archive would give."""
    outside = [path for folder in _OUTSIDE for path in folder.glob(f"*{ESCAPED}*")]
    return [str(path) for path in (*outside, *place.rglob(f"*{ESCAPED}*"))]


@contextlib.contextmanager
def _watched(root_pid: int) -> Iterator[dict[int, int]]:
    """Keep the peak resident memory, in KiB, of each process below one, by its number."""
    peaks: dict[int, int] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_EVERY_S):
            parents = _parents()
            for pid in parents:
                if _is_below(pid, root_pid, parents):
                    peaks[pid] = max(peaks.get(pid, 0), _peak_kib(pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peaks
    finally:
        ended.set()
        looking.join()


def _parents() -> dict[int, int]:
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                told = (process / "stat").read_text(encoding="utf-8")
                found[int(process.name)] = int(told.rpartition(")")[2].split()[1])
    return found


def _is_below(pid: int, root_pid: int, parents: dict[int, int]) -> bool:
    for _ in range(64):
        if pid == root_pid:
            return True
        pid = parents.get(pid, 0)
        if not pid:
            break
    return False


def _peak_kib(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0
