"""Damaged volumes end in bounded time, and our own code raises nothing but source errors."""

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from evidence.truth import Truth
from walked_evidence import RawImage, walk, whole

from polit.base.errors import SourceError
from polit.evidence.opening import open_filesystem

Images = Callable[[str], tuple[Path, Truth]]
KINDS = (
    *("fat12", "fat16", "fat32", "exfat", "ntfs", "ext2", "ext4"),
    *("xfs", "hfs", "iso9660", "udf"),
)
STARTS = {"ext2": 1024, "ext4": 1024, "hfs": 1026, "iso9660": 0x8000 + 80, "udf": 256 * 2048 + 16}
"""Where the first figures of each kind lie; else at byte 11."""
SECONDS = 40
_LOOKED_AT_BYTES = 64 << 20
UNEXPECTED = 3
ROUNDS = 12


def walk_in_child(path: Path, changes: dict[int, int], size_bytes: int | None = None) -> int:
    """Walk a changed image in a child; return its exit code, or minus the signal it died of."""
    child = os.fork()
    if child == 0:
        code = UNEXPECTED
        try:
            signal.alarm(SECONDS)
            walk_changed(path, changes, size_bytes)
            code = 0
        except BaseException as error:  # noqa: BLE001 - the child reports by its exit code
            os.write(2, repr(error).encode()[:500])
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def walk_changed(path: Path, changes: dict[int, int], size_bytes: int | None) -> None:
    with RawImage(path, changes) as source:
        source.size_bytes = min(source.size_bytes, size_bytes or source.size_bytes)
        try:
            system = open_filesystem(source, whole(source))
            if system is not None:
                _ = system.facts
                walk(system, at_most=100_000)
        except SourceError:
            return


def structures(path: Path) -> list[tuple[int, int]]:
    """Return ranges that hold more than zeros, where flips mean something."""
    ranges, at = [], 0
    with path.open("rb") as image:
        while at < _LOOKED_AT_BYTES and (block := image.read(4096)):
            if any(block):
                ranges.append((at, len(block)))
            at += len(block)
    return ranges


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bits_end_in_problems(kind: str, evidence_image: Images) -> None:
    path, _ = evidence_image(kind)
    ranges = structures(path)
    for number in range(ROUNDS):
        chance = random.Random(f"{kind} {number}")
        picked = chance.choices(ranges[:60], k=20) + chance.choices(ranges, k=20)
        changes = {
            start + chance.randrange(size): 1 << chance.randrange(8) for start, size in picked
        }
        assert walk_in_child(path, changes) not in (UNEXPECTED, -signal.SIGALRM), number


@pytest.mark.parametrize("kind", KINDS)
def test_boot_structures_of_noise_end_in_problems(kind: str, evidence_image: Images) -> None:
    path, _ = evidence_image(kind)
    for number in range(ROUNDS):
        chance = random.Random(f"boot {kind} {number}")
        start = STARTS.get(kind, 11)
        places = [start + chance.randrange(100) for _ in range(1 + number % 4)]
        changes = {at: chance.randrange(1, 256) for at in places if at not in (1080, 1081)}
        assert walk_in_child(path, changes) not in (UNEXPECTED, -signal.SIGALRM), number


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_volumes_end_in_problems(kind: str, evidence_image: Images) -> None:
    path, _ = evidence_image(kind)
    size = path.stat().st_size
    for part in (600, 5_000, size // 50, size // 10, size // 2, size - 700):
        assert walk_in_child(path, {}, part) not in (UNEXPECTED, -signal.SIGALRM), part
