"""An AFF4 map: which range of which stream stands at each range of a device.

Source: AFF4 Standard v1.0, section 4.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from polit.evidence.containers._aff4_names import SYMBOLIC, UNKNOWN, UNREADABLE, ZERO
from polit.evidence.ranges import BadRanges
from polit.evidence.source import BadRange

ENTRY = np.dtype([("mapped", "<u8"), ("length", "<u8"), ("target", "<u8"), ("stream", "<u4")])
"""28 bytes, little-endian."""

_PATTERN_BYTES = 1 << 20
_INT63 = (1 << 63) - 1


class Target(Protocol):
    """A stream that a map points into."""

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, shorter only at the end of the stream."""

    def bad_within(self, offset_bytes: int, length_bytes: int) -> Sequence[BadRange]:
        """Return the bad ranges met so far that touch a range, clipped to it."""


class Filler:
    """An endless stream of one byte, or of a word that begins anew with each MiB."""

    def __init__(self, word: bytes) -> None:
        """Repeat ``word``."""
        times = _PATTERN_BYTES // len(word) + 1
        self._block = (word * times)[:_PATTERN_BYTES]

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range."""
        begin = offset_bytes % _PATTERN_BYTES
        if begin + length_bytes <= _PATTERN_BYTES:
            return self._block[begin : begin + length_bytes]
        times = (begin + length_bytes) // _PATTERN_BYTES + 1
        return (self._block * times)[begin : begin + length_bytes]

    def bad_within(self, offset_bytes: int, length_bytes: int) -> Sequence[BadRange]:
        """Return nothing: it is made here."""
        del offset_bytes, length_bytes
        return ()


def symbolic(iri: str) -> Filler | None:
    """Return the stream that a name of the Standard stands for, else ``None``."""
    words = {ZERO: b"\0", UNKNOWN: b"UNKNOWN", UNREADABLE: b"UNREADABLEDATA"}
    if iri in words:
        return Filler(words[iri])
    value = iri.removeprefix(SYMBOLIC)
    if value != iri and len(value) == 2 and all(one in "0123456789abcdefABCDEF" for one in value):
        return Filler(bytes.fromhex(value))
    return None


class MapStream:
    """The bytes that a map puts together. What it leaves open is filled by its gap stream."""

    def __init__(
        self,
        entries: bytes,
        targets: Sequence[Target | None],
        *,
        size_bytes: int,
        gap: Target,
    ) -> None:
        """Take the entries of a map.

        Args:
            entries: As stored; what is beyond the last whole one is left.
            targets: The streams by their number, ``None`` for one that is lost.
            size_bytes: The size of the whole.
            gap: What stands where no entry does.
        """
        table = np.frombuffer(entries, ENTRY, count=len(entries) // ENTRY.itemsize)
        table = table[(table["length"] > 0) & (table["mapped"] < size_bytes)]
        order = np.argsort(table["mapped"], kind="stable")
        table = table[order]
        limit = np.uint64(_INT63)
        self.starts = table["mapped"].astype(np.int64)
        room = limit - table["mapped"]
        ends = (table["mapped"] + np.minimum(table["length"], room)).astype(np.int64)
        following = np.append(self.starts[1:], size_bytes)
        self.ends = np.minimum(ends, following)
        self.overlaps = int(np.count_nonzero(ends[:-1] > self.starts[1:]))
        self.numbers = table["stream"].astype(np.int64)
        self._offsets = np.minimum(table["target"], limit).astype(np.int64)
        self._targets, self._gap, self._size_bytes = targets, gap, size_bytes
        self.bad = BadRanges()
        self.target_names: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """The size of the whole."""
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, shorter only at the end."""
        end = min(offset_bytes + length_bytes, self._size_bytes)
        parts: list[bytes] = []
        index = int(np.searchsorted(self.starts, offset_bytes, side="right")) - 1
        index = max(index, 0)
        while offset_bytes < end:
            part, index = self._piece(offset_bytes, end, index)
            parts.append(part)
            offset_bytes += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _piece(self, at: int, end: int, index: int) -> tuple[bytes, int]:
        """Return the bytes from ``at`` to the end of its entry or gap, and where to go on."""
        while index < len(self.starts) and self.ends[index] <= at:
            index += 1
        if index >= len(self.starts) or self.starts[index] > at:
            stop = end if index >= len(self.starts) else min(end, int(self.starts[index]))
            return self._gap.read_at(at, stop - at), index
        stop = min(end, int(self.ends[index]))
        number, wanted = int(self.numbers[index]), stop - at
        target = self._targets[number] if number < len(self._targets) else None
        data = b""
        if target is not None:
            begin = int(self._offsets[index]) + at - int(self.starts[index])
            data = target.read_at(begin, wanted)
            for bad in target.bad_within(begin, wanted):
                self.bad.add(at + bad.offset_bytes - begin, bad.length_bytes, bad.code)
        if len(data) < wanted:
            self.bad.add(at + len(data), wanted - len(data), "chunk_missing")
            data += bytes(wanted - len(data))
        return data, index

    def bad_within(self, offset_bytes: int, length_bytes: int) -> Sequence[BadRange]:
        """Return the bad ranges met so far that touch a range."""
        end = offset_bytes + length_bytes
        return [
            bad
            for bad in self.bad.ranges()
            if bad.offset_bytes < end and offset_bytes < bad.offset_bytes + bad.length_bytes
        ]

    def ranges_of(self, number: int) -> list[tuple[int, int]]:
        """Return offset and length of every range that a stream of this number fills."""
        chosen = np.flatnonzero(self.numbers == number)
        return [(int(self.starts[n]), int(self.ends[n] - self.starts[n])) for n in chosen]
