"""The system tools that builders call, found also outside an ordinary user's PATH."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

EPOCH_S = 1_717_243_200
"""2024-06-01T12:00:00Z: the time that builders give to what they plant."""

PACKAGES = {
    "mkfs.fat": "dosfstools",
    "mcopy": "mtools",
    "mmd": "mtools",
    "mdel": "mtools",
    "mdeltree": "mtools",
    "mren": "mtools",
    "mshowfat": "mtools",
    "mkntfs": "ntfs-3g",
    "ntfs-3g": "ntfs-3g",
    "ntfscp": "ntfs-3g",
    "ntfsinfo": "ntfs-3g",
    "ntfscat": "ntfs-3g",
    "ntfscluster": "ntfs-3g",
    "mkfs.exfat": "exfatprogs",
    "fsck.exfat": "exfatprogs",
    "fsck.fat": "dosfstools",
    "e2fsck": "e2fsprogs",
    "ewfverify": "ewf-tools",
    "mount.exfat-fuse": "exfat-fuse",
    "mke2fs": "e2fsprogs",
    "debugfs": "e2fsprogs",
    "sfdisk": "fdisk",
    "mkswap": "util-linux",
    "ewfacquire": "ewf-tools",
    "mkfs.xfs": "xfsprogs",
    "genisoimage": "genisoimage",
    "mkudffs": "udftools",
    "mkfs.btrfs": "btrfs-progs",
    "7z": "p7zip-full",
    "fls": "sleuthkit",
    "icat": "sleuthkit",
    "split": "coreutils",
    "blkls": "sleuthkit",
}


class ToolMissing(Exception):
    """A tool is not there; the message says what to install."""


class ToolFailed(Exception):
    """A tool ended with an error; the message has its words."""


def tool(name: str) -> str:
    """Return the path of a tool.

    Raises:
        ToolMissing: It is not installed.
    """
    places = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin"
    found = shutil.which(name, path=places)
    if found is None:
        raise ToolMissing(f"{name} is missing: apt-get install {PACKAGES.get(name, name)}")
    return found


Command = Sequence[str | bytes | Path]


def run(command: Command, *, given: bytes = b"", cwd: Path | None = None) -> bytes:
    """Run a tool and return its output.

    Raises:
        ToolMissing: It is not installed.
        ToolFailed: It ended with an error.
    """
    return ended(command, given=given, cwd=cwd).stdout


def ended(
    command: Command, *, given: bytes = b"", cwd: Path | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Run a tool as ``run`` does, and return what it wrote to both of its outputs."""
    name = str(command[0])
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "MTOOLS_SKIP_CHECK": "1",
        "SOURCE_DATE_EPOCH": str(EPOCH_S),
        "E2FSPROGS_FAKE_TIME": str(EPOCH_S),
        "MKE2FS_DEVICE_SECTSIZE": "512",
    }
    done = subprocess.run(
        [tool(name), *command[1:]],
        input=given,
        capture_output=True,
        env=environment,
        cwd=cwd,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr + done.stdout).decode(errors="replace")[-800:]
        raise ToolFailed(f"{name} ended with {done.returncode}: {said}")
    return done


def can_fuse() -> bool:
    """Whether this process may mount through FUSE: /dev/fuse is there and may be opened."""
    return os.access("/dev/fuse", os.R_OK | os.W_OK)


def can_loop() -> bool:
    """Whether this process may set up loop devices."""
    return os.geteuid() == 0 and os.access("/dev/loop-control", os.R_OK | os.W_OK)


def blank(path: Path, size_bytes: int) -> Path:
    """Make a sparse file of zeros."""
    with path.open("wb") as made:
        made.truncate(size_bytes)
    return path


def write_tree(root: Path, files: dict[bytes, bytes]) -> None:
    """Write files below a folder by their raw paths, all with the builders' fixed time."""
    for raw_path, data in files.items():
        target = os.path.join(os.fsencode(root), raw_path)  # noqa: PTH118 - raw bytes, not text
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - raw bytes
        with open(target, "wb") as made:  # noqa: PTH123 - raw bytes
            made.write(data)
    for folder, names, held in os.walk(os.fsencode(root), topdown=False):
        for name in (*names, *held):
            os.utime(folder + b"/" + name, (EPOCH_S, EPOCH_S), follow_symlinks=False)
