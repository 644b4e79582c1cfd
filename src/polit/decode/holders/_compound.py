"""An OLE compound file through olefile: its streams by path, each within the limits.

Source: MS-CFB. Names are kept as UTF-8; their control characters stay.
"""

import io
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import olefile

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_STREAMS = 10_000

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream, and whether it is as long as the directory says."""

    data: bytes
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Compound:
    """An open compound file."""

    file: olefile.OleFileIO
    paths: tuple[Path, ...]
    is_cut: bool

    def read(self, path: Path) -> Stream | None:
        """Return a stream as far as it can be read; ``None`` where there is none."""
        try:
            with self.file.openstream(list(path)) as stream:
                data = bytes(stream.read())
            return Stream(data, len(data) >= self.file.get_size(list(path)))
        except (OSError, IndexError, struct.error):
            return None

    def content(self, path: Path) -> bytes:
        """Return what of a stream can be read, nothing where there is none."""
        stream = self.read(path)
        return stream.data if stream else b""

    def below(self, folder: Path) -> Iterator[Path]:
        """Give the streams below a storage."""
        length = len(folder)
        return (path for path in self.paths if len(path) > length and path[:length] == folder)


def open_compound(untrusted: mmap.mmap) -> Compound:
    """Open a compound file; its streams come in the order of its directory.

    Raises:
        OSError: It is none, or its tables lead nowhere.
    """
    file = olefile.OleFileIO(io.BytesIO(untrusted[:]))
    paths = tuple(tuple(path) for path in file.listdir(streams=True, storages=False))
    return Compound(file, paths[:_MAX_STREAMS], len(paths) > _MAX_STREAMS)


def path_bytes(path: Path) -> bytes:
    """Return a path as a step of a locator shows it."""
    return "/".join(path).encode("utf-8", "surrogateescape")


def sample(streams: dict[str, bytes]) -> bytes:
    """Build a tiny compound file of a few streams of at least 4,096 bytes, for ``warm``."""
    fat = [0xFFFFFFFD, 0xFFFFFFFE]
    entries = [_entry("Root Entry", 5, child=1 if streams else -1)]
    body = b""
    for number, (name, data) in enumerate(streams.items(), start=1):
        start, sectors = len(fat), -(-len(data) // 512)
        fat += [*range(start + 1, start + sectors), 0xFFFFFFFE]
        right = number + 1 if number < len(streams) else -1
        entries.append(_entry(name, 2, right=right, start=start, size=len(data)))
        body += data.ljust(sectors * 512, b"\0")
    header = MAGIC + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<10i", 0, 1, 1, 0, 4096, -2, 0, -2, 0, 0) + b"\xff" * 432
    fat += [0xFFFFFFFF] * (128 - len(fat))
    return header + struct.pack("<128I", *fat) + b"".join(entries).ljust(512, b"\0") + body


def _entry(
    name: str, kind: int, *, right: int = -1, child: int = -1, start: int = -2, size: int = 0
) -> bytes:
    raw = name.encode("utf-16-le")
    links = struct.pack("<HBB3i", len(raw) + 2, kind, 1, -1, right, child)
    return raw.ljust(64, b"\0") + links + bytes(36) + struct.pack("<iQ", start, size)
