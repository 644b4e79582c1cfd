"""Walk a file system to its end, as the walker would, and keep what was found."""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from polit.base.errors import SourceError
from polit.evidence.filesystem import FileSystem
from polit.evidence.source import BadRange, SourceProblem
from polit.model.evidence import Address, ContentState, EntryType, FoundEntry, VolumeFacts

_READ_AT_MOST = 64 << 20


class RawImage:
    """A raw image as a byte source; bytes can be changed in what is read, never in the file."""

    def __init__(self, path: Path, changes: dict[int, int] | None = None) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        self.size_bytes = os.fstat(self._descriptor).st_size
        self.changes = changes or {}
        self.bad: tuple[BadRange, ...] = ()

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        wanted = max(min(length_bytes, self.size_bytes - offset_bytes), 0)
        data = os.pread(self._descriptor, wanted, offset_bytes)
        touched = [at for at in self.changes if offset_bytes <= at < offset_bytes + len(data)]
        if touched:
            changed = bytearray(data)
            for at in touched:
                changed[at - offset_bytes] ^= self.changes[at]
            data = bytes(changed)
        return data

    def bad_ranges(self) -> tuple[BadRange, ...]:
        return self.bad

    def problems(self) -> tuple[SourceProblem, ...]:
        return ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, its path as bytes, and its content where it could be read."""

    path: bytes
    entry: FoundEntry
    content: bytes | None = None
    error: str = ""

    @property
    def md5(self) -> str:
        return hashlib.md5(self.content or b"", usedforsecurity=False).hexdigest()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content or b"").hexdigest()


def whole(source: RawImage) -> VolumeFacts:
    return VolumeFacts(0, "none", "whole", 0, source.size_bytes, allocated=True)


def walk(
    system: FileSystem, *, journal: Callable[[int], None] = lambda _: None, at_most: int = 10**6
) -> list[Found]:
    """Descend every folder once, then the orphans; folders that fail are left out."""
    found: list[Found] = []
    waiting: deque[tuple[bytes, Address]] = deque([(b"", system.root)])
    seen = {system.root}
    orphans_wait = True
    while waiting or orphans_wait:
        if waiting:
            path, address = waiting.popleft()
            listing = system.list_folder(address, start_index=0, journal=journal)
        else:
            path, orphans_wait = b"$Orphans", False
            listing = system.list_orphans(start_index=0, journal=journal)
        for item in _listed(system, listing, path):
            found.append(item)
            _queue(item, waiting, seen)
        assert len(found) <= at_most, "the walk does not end"
    return found


def _queue(item: Found, waiting: deque[tuple[bytes, Address]], seen: set[Address]) -> None:
    entry = item.entry
    descends = entry.entry_type is EntryType.FOLDER and entry.content is ContentState.NONE
    if descends and entry.address not in seen:
        seen.add(entry.address)
        waiting.append((item.path, entry.address))


def _listed(
    system: FileSystem, listing: Iterator[tuple[int, FoundEntry]], path: bytes
) -> Iterator[Found]:
    try:
        for _, entry in listing:
            yield _read(system, entry, path)
    except SourceError:
        return


def _read(system: FileSystem, entry: FoundEntry, folder: bytes) -> Found:
    owner = entry.owner_name + b":" if entry.owner_name else b""
    path = folder + b"/" + owner + entry.raw_name
    if entry.content is not ContentState.READABLE:
        return Found(path, entry)
    try:
        content = system.open_content(entry.address)
        data = content.read_at(0, min(content.size_bytes, _READ_AT_MOST))
        content.close()
    except SourceError as error:
        return Found(path, entry, error=str(error))
    return Found(path, entry, data)
