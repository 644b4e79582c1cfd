"""Volumes whose names are lost: made anew over a fixture, or with a name taken away.

A quick format is the same command once more over the image: ``mkfs.fat``, ``mkfs.exfat``,
``mkntfs -Q`` and ``mke2fs`` write the structures of an empty volume and leave the rest.
"""

import random
import shutil
from pathlib import Path

from evidence.tools import run

QUICK_FORMATS: dict[str, tuple[str, ...]] = {
    "fat12": ("mkfs.fat", "--invariant", "-F", "12", "-s", "8"),
    "fat16": ("mkfs.fat", "--invariant", "-F", "16", "-s", "4"),
    "fat32": ("mkfs.fat", "--invariant", "-F", "32", "-s", "1"),
    "exfat_own": ("mkfs.exfat", "-c", "4096"),
    "ntfs": ("mkntfs", "-F", "-q", "-Q", "-c", "4096"),
    "ext2": ("mke2fs", "-q", "-F", "-t", "ext2", "-b", "4096", "-E", "nodiscard"),
    "ext4": ("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-E", "nodiscard"),
}
"""By the fixture's name: the command, to which the image's path is added."""

EMPTY_BYTES = 12 << 20
EMPTY_FORMATS: dict[str, tuple[str, ...]] = {
    "fat12": ("mkfs.fat", "--invariant", "-F", "12", "-s", "8"),
    "fat16": ("mkfs.fat", "--invariant", "-F", "16", "-s", "1"),
    "fat32": ("mkfs.fat", "--invariant", "-F", "32", "-s", "1"),
    "exfat": ("mkfs.exfat", "-c", "4096"),
    "ntfs": ("mkntfs", "-F", "-q", "-Q"),
    "ext2": ("mke2fs", "-q", "-F", "-t", "ext2", "-E", "nodiscard"),
    "ext3": ("mke2fs", "-q", "-F", "-t", "ext3", "-E", "nodiscard"),
    "ext4": ("mke2fs", "-q", "-F", "-t", "ext4", "-E", "nodiscard"),
}


def made_anew(image: Path, name: str, target: Path) -> Path:
    """Copy a fixture's image and format the copy, quickly."""
    shutil.copyfile(image, target)
    target.chmod(0o600)
    run([*QUICK_FORMATS[name], target])
    return target


def empty_volume(kind: str, target: Path, *, seed: int | None) -> Path:
    """Make a volume that never held a file, over zeros or over random bytes.

    Args:
        kind: One of ``EMPTY_FORMATS``.
        target: Where.
        seed: Of the random bytes beneath it; ``None`` for zeros.
    """
    size = EMPTY_BYTES * 4 if kind == "fat32" else EMPTY_BYTES
    beneath = bytes(size) if seed is None else random.Random(seed).randbytes(size)
    target.write_bytes(beneath)
    run([*EMPTY_FORMATS[kind], target])
    return target


def unlinked(image: Path, path: str, target: Path) -> Path:
    """Copy an ext image and take one name away with ``debugfs -w -R 'unlink PATH'``.

    The inode stays in use and its link count stays: nothing leads to it any more.
    """
    shutil.copyfile(image, target)
    target.chmod(0o600)
    run(["debugfs", "-w", "-R", f'unlink "/{path}"', target])
    return target
