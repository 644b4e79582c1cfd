"""The MBR disk in containers: split raw with ``split``, E01 with ``ewfacquire``."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from evidence.tools import run

_EWF = (
    "ewfacquire",
    "-u",
    "-q",
    "-C",
    "FIX-1",
    "-D",
    "benign fixture",
    "-e",
    "examiner",
    "-E",
    "AB/1",
    "-N",
    "made by a script",
    "-d",
    "sha1",
    "-m",
    "fixed",
    "-M",
    "physical",
)


def build_split_raw(disk: Path, folder: Path) -> Path:
    """Build with ``split -b 20M -a 3 --numeric-suffixes=1 mbr.dd disk.dd.`` (.001, .002 …)."""
    run(["split", "-b", "20M", "-a", "3", "--numeric-suffixes=1", disk, folder / "disk.dd."])
    return folder / "disk.dd.001"


def build_e01(disk: Path, folder: Path, *, compression: str, segment: str) -> Path:
    """Build with ``ewfacquire -u -f encase6 -c COMPRESSION -S SEGMENT -t disk mbr.dd``."""
    acquire(disk, folder / "disk", compression=compression, segment=segment)
    return folder / "disk.E01"


def acquire(disk: Path, target: Path, *, compression: str, segment: str) -> None:
    """Acquire a raw image into ``target``.E01 and its further segments.

    Args:
        disk: The raw image.
        target: Path without extension.
        compression: As ``ewfacquire -c`` takes it, such as ``deflate:fast`` or ``none``.
        segment: As ``ewfacquire -S`` takes it, such as ``1.4 GiB``.
    """
    chosen = ["-f", "encase6", "-c", compression, "-S", segment, "-b", "64"]
    run([*_EWF, *chosen, "-t", target, disk], cwd=target.parent)
    if not target.with_suffix(".E01").is_file():
        raise AssertionError(f"ewfacquire made no {target}.E01: {sorted(target.parent.iterdir())}")


def copied(image: Path, folder: Path) -> Path:
    """Copy an image with all its segments to a folder where a test may damage it."""
    for part in image.parent.iterdir():
        if part.name not in {"image", "truth.json"}:
            shutil.copyfile(part, folder / part.name)
    return folder / image.name


Container = Callable[[Path, Path], Path]

CONTAINERS: dict[str, Container] = {
    "split_raw": build_split_raw,
    "e01": partial(build_e01, compression="deflate:fast", segment="1.4 GiB"),
    "e01_best": partial(build_e01, compression="deflate:best", segment="1.4 GiB"),
    "e01_none": partial(build_e01, compression="none", segment="1.4 GiB"),
    "e01_segments": partial(build_e01, compression="deflate:fast", segment="2 MiB"),
    "e01_none_segments": partial(build_e01, compression="none", segment="16 MiB"),
}
"""By name: functions from a raw disk and a folder to the first segment in that folder."""
