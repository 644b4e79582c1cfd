"""Mounts through FUSE and loop devices that always come undone again."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evidence.tools import ToolFailed, run, tool

_TRIES = 200


@contextmanager
def ntfs_mounted(image: Path, at: Path) -> Iterator[Path]:
    """Mount with ``ntfs-3g -o no_detach,streams_interface=windows,compression IMAGE DIR``.

    The process stays a child: umount of a FUSE mount on a plain file returns before the last
    bytes are written, so the end of the child is what we wait for.

    Raises:
        ToolFailed: It could not mount; the message has its words.
    """
    options = "no_detach,streams_interface=windows,compression"
    command: list[str | Path] = [tool("ntfs-3g"), "-o", options, image, at]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as served:
        _wait_until_mounted(served, at)
        try:
            yield at
        finally:
            _unmount(at)
            served.wait(timeout=60)


@contextmanager
def exfat_mounted(image: Path, at: Path) -> Iterator[Path]:
    """Mount with ``losetup -f --show IMAGE`` and ``mount.exfat-fuse DEVICE DIR``."""
    device = run(["losetup", "-f", "--show", image]).decode().strip()
    try:
        run(["mount.exfat-fuse", device, at])
        try:
            yield at
        finally:
            _unmount(at)
    finally:
        run(["losetup", "-d", device])


def write_until_full(path: Path, data: bytes) -> int:
    """Write data until the volume is full, and return how many bytes the file has then."""
    with path.open("wb", buffering=0) as made:
        written = 0
        while written < len(data):
            try:
                written += made.write(data[written : written + (1 << 16)])
            except OSError:
                break
    return path.stat().st_size


def set_times(root: Path, at_s: int) -> None:
    """Give everything below a folder one time, links excepted."""
    for folder, names, held in os.walk(root):
        for name in (*names, *held):
            path = Path(folder) / name
            if not path.is_symlink():
                os.utime(path, (at_s, at_s))


def _wait_until_mounted(served: "subprocess.Popen[bytes]", at: Path) -> None:
    for _ in range(_TRIES):
        if os.path.ismount(at):
            return
        if served.poll() is not None:
            said = served.stderr.read() if served.stderr else b""
            raise ToolFailed(f"ntfs-3g could not mount: {said.decode(errors='replace')[-300:]}")
        time.sleep(0.02)
    served.terminate()
    raise ToolFailed("ntfs-3g did not mount in time")


def _unmount(at: Path) -> None:
    said = b""
    for _ in range(_TRIES):
        done = subprocess.run([tool("umount"), at], capture_output=True, check=False)
        if done.returncode == 0:
            return
        said = done.stderr
        time.sleep(0.05)
    raise ToolFailed(f"{at} cannot be unmounted: {said!r}")
