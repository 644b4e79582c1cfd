"""Images for the container tests: benign bytes, acquired by ``ewfacquire``, cut by ``split``."""

import contextlib
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyewf
from evidence.tools import run

from polit.evidence.acquisition import ContainerSource
from polit.evidence.companion_search import open_companions
from polit.evidence.container import open_container
from polit.evidence.segments import Segment, close_segments, find_segments, open_segments

FORMATS = (
    *("ewf", "smart", "ftk", "encase1", "encase2", "encase3", "encase4", "encase5", "encase6"),
    *("encase7", "linen5", "linen6", "linen7", "ewfx"),
)
"""What ``ewfacquire -f`` makes of EWF version 1."""
_SUFFIXES = {"ewf": ".e01", "smart": ".s01", "ewfx": ".e01"}


def mixed_bytes(size_bytes: int, seed: int = 1) -> bytes:
    """Return bytes of which some chunks compress well, some a little and some not at all."""
    chooser = random.Random(seed)
    parts = bytearray()
    while len(parts) < size_bytes:
        length = chooser.randrange(1, 200_000)
        kind = chooser.randrange(4)
        if kind == 0:
            parts += bytes(length)
        elif kind == 1:
            parts += chooser.randbytes(length)
        elif kind == 2:
            parts += b"The quick brown fox jumps over the lazy dog. " * (length // 45 + 1)
        else:
            parts += bytes(chooser.choices(range(64), k=length))
    return bytes(parts[:size_bytes])


def acquire(raw: Path, target: Path, *options: str, kind: str = "encase6") -> Path:
    """Run ``ewfacquire -u -q -f KIND OPTIONS -t TARGET RAW`` and return the first segment."""
    run(["ewfacquire", "-u", "-q", "-f", kind, *options, "-t", target, raw], cwd=target.parent)
    return target.with_name(target.name + _SUFFIXES.get(kind, ".E01"))


def evidence_of(path: Path) -> tuple[tuple[Path, ...], tuple[Segment, ...]]:
    """Find and open all files of an image, as the coordinator does."""
    paths = find_segments(path).paths
    segments = open_segments(paths)
    companions = open_companions(paths[0], segments[0])
    return paths + companions.paths, segments + companions.segments


@contextlib.contextmanager
def opened(path: Path) -> Iterator[ContainerSource]:
    """Open an image as the coordinator and the walker do, and close it."""
    _, segments = evidence_of(path)
    try:
        source = open_container(segments).source
        try:
            yield source
        finally:
            source.close()
    finally:
        close_segments(segments)


def read_all(source: ContainerSource, step_bytes: int = 1 << 20) -> bytes:
    """Read a source from end to end."""
    steps = range(0, source.size_bytes, step_bytes)
    return b"".join(source.read_at(offset, step_bytes) for offset in steps)


def libewf_bytes(paths: tuple[Path, ...]) -> bytes:
    """Read an image from end to end with libewf, the oracle."""
    handle = pyewf.handle()
    handle.open([str(path) for path in paths])
    try:
        return handle.read_buffer(handle.get_media_size())
    finally:
        handle.close()


@dataclass(frozen=True)
class MadeSection:
    """A section as it stands in a file that a test takes apart or makes."""

    kind: str
    offset: int
    next: int
    size: int


def sections_of(data: bytes) -> list[MadeSection]:
    """List the sections of an undamaged segment file."""
    found, offset = [], 13
    while True:
        kind = data[offset : offset + 16].rstrip(b"\0").decode()
        following = int.from_bytes(data[offset + 16 : offset + 24], "little")
        end = len(data) if following in (offset, offset + 76) else following
        found.append(MadeSection(kind, offset, following, end - offset))
        if kind in {"next", "done"}:
            return found
        offset = following


def section(data: bytes, kind: str, number: int = 0) -> MadeSection:
    """Return the n-th section of a kind."""
    return [one for one in sections_of(data) if one.kind == kind][number]


def flip(path: Path, offset: int, bit: int = 0) -> None:
    """Flip one bit of a file."""
    with path.open("r+b") as stream:
        stream.seek(offset)
        value = stream.read(1)[0]
        stream.seek(offset)
        stream.write(bytes([value ^ (1 << bit)]))


def descriptor(kind: bytes, following: int, size: int) -> bytes:
    """Return a section descriptor with its checksum."""
    head = kind.ljust(16, b"\0") + following.to_bytes(8, "little") + size.to_bytes(8, "little")
    return with_sum(head + bytes(40))


def with_sum(raw: bytes) -> bytes:
    """Return bytes with their Adler-32 after them."""
    return raw + zlib.adler32(raw).to_bytes(4, "little")


class MadeImage:
    """An EWF file made by hand, so that it can lie."""

    def __init__(self, number: int = 1) -> None:
        """Begin a segment file."""
        self.data = bytearray(b"EVF\x09\x0d\x0a\xff\x00\x01" + bytes([number, 0, 0, 0]))

    def add(self, kind: str, content: bytes = b"", *, following: int | None = None) -> int:
        """Append a section and return where its descriptor begins."""
        offset = len(self.data)
        after = offset + 76 + len(content) if following is None else following
        self.data += descriptor(kind.encode(), after, 76 + len(content)) + content
        return offset

    def add_volume(self, chunks: int, sectors: int, per_chunk: int = 64, size: int = 512) -> None:
        """Append a volume section."""
        numbers = [chunks, per_chunk, size]
        raw = bytes(4) + b"".join(value.to_bytes(4, "little") for value in numbers)
        self.add("volume", with_sum((raw + sectors.to_bytes(8, "little")).ljust(1048, b"\0")))

    def add_table(self, entries: list[int], base: int = 0, kind: str = "table") -> int:
        """Append a table section."""
        return self.add(kind, made_table(entries, base))

    def end(self, kind: str = "done") -> bytes:
        """Append the last section and return the file."""
        self.add(kind, following=len(self.data))
        return bytes(self.data)


def made_table(entries: list[int], base: int = 0, count: int | None = None) -> bytes:
    """Return the content of a table section."""
    stated = len(entries) if count is None else count
    head = stated.to_bytes(4, "little") + bytes(4) + base.to_bytes(8, "little") + bytes(4)
    raw = b"".join(entry.to_bytes(4, "little") for entry in entries)
    return with_sum(head) + with_sum(raw)
