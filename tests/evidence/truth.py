"""What a builder planted: the list that examinations are measured against.

Written by the builder from the bytes it planted, never by reading an image back with a
forensic tool. Second tools prove it afterwards (``evidence.second_tool``).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

LIVE = "live"
DELETED = "deleted"
CARVED = "carved"
FILE = "file"
FOLDER = "folder"
LINK = "link"
STREAM = "stream"
SPECIAL = "special"
EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Planted:
    r"""One name that a builder planted.

    Args:
        path: As polit writes it: ``/``-separated inside its file system, without a leading
            ``/``, a stream as ``file:stream``, bytes that are not UTF-8 as ``\xNN``.
        state: ``live`` or ``deleted``.
        recoverable: Its content must come out byte for byte.
        overwritten: It is deleted and at least one of its clusters is allocated again; the
            builder has checked that without the Sleuth Kit.
        sha256: Of the planted bytes, lower-case hex; ``None`` where there is no content.
        size_bytes: Of the planted bytes.
        entry_type: ``file``, ``folder``, ``link``, ``stream``, ``special`` or ``embedded``.
        volume: From 1 in the order of the partitions' offsets: 0 without a partition table.
        volume_offset_bytes: Where that volume begins in the source.
        note: Why the name or its content may not be found; empty where both must be.
    """

    path: str
    state: str = LIVE
    recoverable: bool = True
    overwritten: bool = False
    sha256: str | None = None
    size_bytes: int = 0
    entry_type: str = FILE
    volume: int = 0
    volume_offset_bytes: int = 0
    note: str = ""

    @property
    def must_be_found(self) -> bool:
        """Whether an examination that lacks it is wrong."""
        return self.state == LIVE or not self.note


@dataclass(frozen=True, slots=True)
class Truth:
    """All that was planted in one source.

    Args:
        planted: In the order of planting.
        limits: What the builder could not plant on this machine, and why; else empty.
    """

    planted: tuple[Planted, ...]
    limits: tuple[str, ...] = ()

    def live(self) -> tuple[Planted, ...]:
        """Return the live names."""
        return tuple(item for item in self.planted if item.state == LIVE)

    def deleted(self) -> tuple[Planted, ...]:
        """Return the deleted names."""
        return tuple(item for item in self.planted if item.state == DELETED)

    def live_files(self) -> dict[str, str]:
        """Return path to SHA-256 of each live file and stream (one volume only)."""
        return {
            item.path: item.sha256
            for item in self.live()
            if item.sha256 is not None and item.entry_type != EMBEDDED
        }

    def on_volume(self, number: int, *, offset_bytes: int) -> "Truth":
        """Return the same names on another volume."""
        moved = tuple(
            replace(item, volume=number, volume_offset_bytes=offset_bytes) for item in self.planted
        )
        return Truth(moved, self.limits)

    def save(self, path: Path) -> None:
        """Write the list as JSON."""
        document = {"planted": [asdict(item) for item in self.planted], "limits": self.limits}
        path.write_text(json.dumps(document, indent=1, ensure_ascii=True), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Truth":
        """Read a list that ``save`` wrote."""
        document = json.loads(path.read_text(encoding="utf-8"))
        planted = tuple(Planted(**item) for item in document["planted"])
        return cls(planted, tuple(document["limits"]))


def joined(truths: Iterable[Truth]) -> Truth:
    """Return one list of several, in order."""
    known = tuple(truths)
    return Truth(
        tuple(item for truth in known for item in truth.planted),
        tuple(limit for truth in known for limit in truth.limits),
    )


def live_file(path: str, data: bytes, *, entry_type: str = FILE) -> Planted:
    """Return the record of a live file or stream."""
    return Planted(path, sha256=sha256_hex(data), size_bytes=len(data), entry_type=entry_type)


def deleted_file(path: str, data: bytes, *, entry_type: str = FILE) -> Planted:
    """Return the record of a deleted file whose content must come out."""
    return replace(live_file(path, data, entry_type=entry_type), state=DELETED)


def overwritten_file(path: str, data: bytes) -> Planted:
    """Return the record of a deleted file whose clusters belong to another file now."""
    return replace(deleted_file(path, data), recoverable=False, overwritten=True)


def lost(item: Planted, note: str) -> Planted:
    """Return a deleted record that need not be found, with the reason."""
    return replace(item, state=DELETED, recoverable=False, note=note)


def recycled_folder(path: str, held: dict[str, bytes]) -> list[Planted]:
    """Return the records of a deleted folder whose clusters belong to another file now."""
    folder = Planted(path, DELETED, recoverable=False, overwritten=True, entry_type=FOLDER)
    note = "the folder that held its name was overwritten"
    return [folder, *(lost(live_file(inside, data), note) for inside, data in held.items())]


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of bytes as lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def path_text(raw_path: bytes) -> str:
    r"""Return a raw path as polit writes it: each name that is not UTF-8 with ``\xNN``."""
    return "/".join(
        name.decode("utf-8", errors="backslashreplace") for name in raw_path.split(b"/")
    )
