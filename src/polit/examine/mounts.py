"""Where this machine's folders and devices lie: nothing is written into what is examined.

A path alone does not tell: links, bind mounts and mounted devices lead into the evidence under
another name. The mount table (proc(5), ``/proc/self/mountinfo``) tells where a path truly is.
"""

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import SourceError, UsageError

_TABLE = Path("/proc/self/mountinfo")
_OCTAL = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the mount table.

    Args:
        device: ``major:minor`` of the file system.
        root: The folder of the file system that is shown here.
        point: Where it is shown.
        source: What was mounted, such as ``/dev/sdb1``.
        is_writable: Whether the file system as a whole may be written to; a read-only view of
            it does not change that.
    """

    device: str
    root: Path
    point: Path
    source: Path
    is_writable: bool


def read_mounts(table: Path = _TABLE) -> list[Mount]:
    """Return the mount table in its order; the last of two at one place is the visible one."""
    mounts = []
    for line in table.read_bytes().splitlines():
        before, _, after = line.partition(b" - ")
        fields, options = before.split(b" "), after.split(b" ")
        mounts.append(
            Mount(
                fields[2].decode(),
                _path(fields[3]),
                _path(fields[4]),
                _path(options[1]),
                b"rw" in options[2].split(b","),
            )
        )
    return mounts


def check_outside(source: Path, targets: tuple[Path, ...]) -> None:
    """Refuse to write into the evidence, under whatever name.

    Args:
        source: A folder, an image or a device.
        targets: Folders that will be written to; they need not exist yet.

    Raises:
        UsageError: One of them is the source, lies inside it, or is named like it.
    """
    for target in targets:
        if _is_inside(target, source):
            raise UsageError(
                f"{target} lies inside the evidence {source}: choose another --out, or another "
                "--vault or POLIT_DATA where that is it"
            )


def check_unmounted(device: Path, number: int) -> None:
    """Refuse a block device that someone may be writing to.

    Args:
        device: The device, for the message.
        number: Its device number (``st_rdev``).

    Raises:
        SourceError: It, or a partition of it, is mounted for writing.
    """
    numbers = {f"{os.major(number)}:{os.minor(number)}"}
    for path in Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").glob("*/dev"):
        numbers.add(path.read_text(encoding="ascii").strip())
    for mount in read_mounts():
        if mount.is_writable and (mount.device in numbers or _number(mount.source) in numbers):
            raise SourceError(
                f"{device} is mounted for writing at {mount.point}: unmount it, or mount it "
                "read-only, and put a write blocker before it"
            )


def _is_inside(target: Path, source: Path) -> bool:
    resolved = target.absolute().resolve()
    facts = source.stat()
    for place in (resolved, *resolved.parents):
        with contextlib.suppress(OSError):
            if os.path.samestat(place.stat(), facts):
                return True
    if not source.is_dir():
        return False
    mounts = read_mounts()
    device, inner = _true_place(resolved, mounts)
    source_device, source_inner = _true_place(source.absolute().resolve(), mounts)
    return device == source_device and inner.is_relative_to(source_inner)


def _true_place(path: Path, mounts: list[Mount]) -> tuple[str, Path]:
    """Return the file system that a resolved path lies on, and its place within."""
    around = [mount for mount in mounts if path.is_relative_to(mount.point)]
    if not around:
        return "", path
    depth = max(len(mount.point.parts) for mount in around)
    mount = [mount for mount in around if len(mount.point.parts) == depth][-1]
    return mount.device, mount.root / path.relative_to(mount.point)


def _number(source: Path) -> str | None:
    if not source.is_absolute():
        return None
    try:
        number = source.stat().st_rdev
    except OSError:
        return None
    return f"{os.major(number)}:{os.minor(number)}" if number else None


def _path(field: bytes) -> Path:
    return Path(os.fsdecode(_OCTAL.sub(lambda match: bytes([int(match[1], 8)]), field)))
