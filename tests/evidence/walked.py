"""A plain walk of one volume through polit's own drivers, in this process, as listing rows.

The shortest way from a driver to ``compare``: no sandbox, no package, no order of importance.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from evidence.compare import Row
from polit.base.errors import SourceUnreadable
from polit.base.text import name_text
from polit.evidence.filesystem import FileSystem
from polit.evidence.opening import open_filesystem
from polit.evidence.source import ByteSource
from polit.model.evidence import ContentState, EntryType, FoundEntry, VolumeFacts

_CHUNK_BYTES = 1 << 20


class FileSource:
    """A raw image as a byte source."""

    def __init__(self, path: Path) -> None:
        self._opened = path.open("rb")
        self._size_bytes = path.stat().st_size

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self._opened.seek(offset_bytes)
        return self._opened.read(length_bytes)

    def bad_ranges(self) -> tuple[()]:
        return ()

    def problems(self) -> tuple[()]:
        return ()

    def close(self) -> None:
        self._opened.close()


def walked_rows(image: Path) -> list[Row]:
    """Return a row for each entry that the driver of an unpartitioned image tells of."""
    source = FileSource(image)
    try:
        return rows_of(source)
    finally:
        source.close()


def rows_of(source: ByteSource, volume: VolumeFacts | None = None) -> list[Row]:
    """Return a row for each entry of a volume of a source, of the whole where none is given."""
    whole = VolumeFacts(0, "none", "", 0, source.size_bytes, allocated=True)
    opened = open_filesystem(source, volume or whole)
    assert opened is not None, "no driver opens the volume"
    return list(rows_of_system(opened))


def rows_of_system(opened: FileSystem) -> Iterator[Row]:
    """Yield a row for each entry of an opened file system, the orphans last."""
    waiting = [("", opened.root)]
    seen = {bytes(opened.root)}
    orphans_wait = True
    while waiting or orphans_wait:
        try:
            if waiting:
                folder, address = waiting.pop()
                found = list(opened.list_folder(address, start_index=0, journal=_no_journal))
            else:
                folder, orphans_wait = "$OrphanFiles/", False
                found = list(opened.list_orphans(start_index=0, journal=_no_journal))
        except SourceUnreadable:
            continue
        for path, entry in _named(found, folder):
            yield _row(opened, entry, path)
            is_new = entry.entry_type is EntryType.FOLDER and bytes(entry.address) not in seen
            if is_new and entry.content is not ContentState.REALLOCATED:
                seen.add(bytes(entry.address))
                waiting.append((f"{path}/", entry.address))


def _named(
    found: Iterable[tuple[int, FoundEntry]], folder: str
) -> Iterator[tuple[str, FoundEntry]]:
    for _, entry in found:
        name = name_text(entry.raw_name)
        if entry.entry_type is EntryType.STREAM:
            owner = name_text(entry.owner_name)
            yield (f"{folder}{owner}:{name}" if owner else f"{folder.rstrip('/')}:{name}"), entry
        else:
            yield folder + name, entry


def _row(opened: FileSystem, entry: FoundEntry, path: str) -> Row:
    is_read = entry.content is ContentState.READABLE and entry.entry_type in {
        EntryType.FILE,
        EntryType.STREAM,
        EntryType.METADATA,
    }
    sha256 = _digest(opened, entry) if is_read else None
    return {
        "path": path,
        "locator": f"volume:0@0;{opened.facts.kind}:/{path};record:{entry.record}",
        "state": entry.state.value,
        "overwritten": entry.overwritten,
        "outcome": "done" if is_read else "skipped",
        "reason": "" if is_read else entry.content.value,
        "size_bytes": entry.size_bytes,
        "sha256": sha256,
        "kind": entry.entry_type.value,
    }


def _digest(opened: FileSystem, entry: FoundEntry) -> str | None:
    digest, at = hashlib.sha256(), 0
    try:
        content = opened.open_content(entry.address)
        try:
            while data := content.read_at(at, _CHUNK_BYTES):
                digest.update(data)
                at += len(data)
        finally:
            content.close()
    except SourceUnreadable:
        return None
    return digest.hexdigest()


def _no_journal(index: int) -> None:
    del index
