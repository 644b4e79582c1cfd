"""The bytes that all segments of an AD1 image hold together, and what their headers state.

A segment is a header of 512 bytes and payload; addresses count payload alone, over all
segments. A lost segment keeps its place: what lies in it cannot be read, the rest can.

Source: "AccessData Format (AD1)" (Bjelland, 2018); "Adventures in AD1" (al3ks1s, 2023).
"""

import struct
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.evidence.segments import Segment, read_segment
from polit.evidence.source import SourceProblem

SEGMENT_SIGNATURE = b"ADSEGMENTEDFILE\x00"
IMAGE_SIGNATURE = b"ADLOGICALIMAGE"
HEADER_BYTES = 512

_SEGMENT = struct.Struct("<16s8xIII")
_IMAGE = struct.Struct("<16sIIIQQI")
_WINDOW_BYTES = 16 << 10
_WINDOWS = 16
_VERSIONS = (3, 4)
_NAME_AT = {3: 48, 4: 92}
_MAXIMUM_CHUNK_BYTES = 16 << 20
_MAXIMUM_NAME_BYTES = 4096


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What the image states of itself.

    Args:
        version: 3 or 4.
        chunk_bytes: Decoded size of a chunk.
        first_item: Where the first item stands; 0 where there is none.
        source_name: What was imaged, as its examiner's machine called it.
    """

    version: int
    chunk_bytes: int
    first_item: int
    source_name: bytes


@dataclass(frozen=True, slots=True)
class _Part:
    begin: int
    segment: Segment
    carrier_bytes: int

    @property
    def end(self) -> int:
        return self.begin + max(self.segment.size_bytes - HEADER_BYTES, 0)


class Payload:
    """The payload of all segments by address."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Read the headers and put the segments in their order.

        Raises:
            SourceUnreadable: The first segment is missing, or states no image.
        """
        self.problems: list[SourceProblem] = []
        self._parts = self._placed(segments)
        self._windows: OrderedDict[int, bytes] = OrderedDict()
        self.header = self._read_header(segments[0].name)

    @property
    def end(self) -> int:
        """The address behind the last byte."""
        return max((part.end for part in self._parts), default=0)

    def read(self, address: int, length_bytes: int) -> bytes:
        """Return exactly so many bytes.

        Raises:
            SourceUnreadable: They lie in a missing segment or behind the last one.
        """
        parts, at, left = [], address, length_bytes
        while left > 0:
            part = next((one for one in self._parts if one.begin <= at < one.end), None)
            if part is None:
                raise SourceUnreadable(f"byte {at} of the AD1 image is in none of its segments")
            take = min(left, part.end - at)
            parts.append(read_segment(part.segment, HEADER_BYTES + at - part.begin, take))
            at, left = at + take, left - take
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read_near(self, address: int, length_bytes: int) -> bytes:
        """Return exactly so many bytes out of windows that are kept: items lie side by side."""
        begin = address - address % _WINDOW_BYTES
        window = self._windows.get(begin)
        if window is None:
            room = min(_WINDOW_BYTES, max(self._end_around(address) - begin, 0))
            window = self.read(begin, room) if begin >= 0 and room else b""
            self._windows[begin] = window
            if len(self._windows) > _WINDOWS:
                self._windows.popitem(last=False)
        start = address - begin
        if start + length_bytes <= len(window):
            return window[start : start + length_bytes]
        return self.read(address, length_bytes)

    def places(self, address: int, length_bytes: int) -> tuple[tuple[int, int], ...]:
        """Return where a range lies in the files, laid end to end."""
        found, end = [], address + length_bytes
        for part in self._parts:
            begin, stop = max(address, part.begin), min(end, part.end)
            if begin < stop:
                found.append((part.carrier_bytes + HEADER_BYTES + begin - part.begin, stop - begin))
        return tuple(found)

    def _end_around(self, address: int) -> int:
        # A window reaches over no hole: what is before one is still read.
        at = address
        for part in self._parts:
            if part.begin <= at < part.end:
                at = part.end
        return at if at > address else 0

    def _placed(self, segments: Sequence[Segment]) -> list[_Part]:
        stated: list[tuple[int, int, int, Segment]] = []
        carrier = 0
        for segment in segments:
            raw = read_segment(segment, 0, HEADER_BYTES)
            number, count, size = 0, 0, 0
            if len(raw) == HEADER_BYTES and raw.startswith(SEGMENT_SIGNATURE):
                _, number, count, size = _SEGMENT.unpack_from(raw)
            else:
                self._note("file_header", f"{segment.name}: its header is damaged")
            stated.append((number or len(stated) + 1, count, size, segment))
            carrier += segment.size_bytes
        self._check_numbers(stated)
        return _laid(stated, segments)

    def _check_numbers(self, stated: Sequence[tuple[int, int, int, Segment]]) -> None:
        count = max(one[1] for one in stated)
        numbers = {one[0] for one in stated}
        missing = [number for number in range(1, min(count, 100_000) + 1) if number not in numbers]
        if missing:
            named = ", ".join(map(str, missing[:10])) + (" and more" if len(missing) > 10 else "")
            self._note("segment_missing", f"segment {named} of {count}")
        if len(numbers) < len(stated):
            self._note("segment_foreign", "two segments state the same number")

    def _read_header(self, name: str) -> ImageHeader:
        raw = self.read(0, _IMAGE.size)
        signature, version, _, chunk_bytes, _, first_item, length = _IMAGE.unpack(raw)
        if not signature.startswith(IMAGE_SIGNATURE):
            raise SourceUnreadable(
                f"{name} holds no AD1 image header: bring the first segment (.ad1)"
            )
        if version not in _VERSIONS:
            raise SourceUnreadable(f"{name} is an AD1 image of version {version}: 3 and 4 are read")
        if not 1 <= chunk_bytes <= _MAXIMUM_CHUNK_BYTES:
            raise SourceUnreadable(f"{name} states chunks of {chunk_bytes} bytes: beyond all sense")
        wanted = min(length, _MAXIMUM_NAME_BYTES, max(self.end - _NAME_AT[version], 0))
        source_name = self.read(_NAME_AT[version], wanted)
        return ImageHeader(version, chunk_bytes, first_item, source_name)

    def _note(self, code: str, detail: str) -> None:
        self.problems.append(SourceProblem(code, detail))


def _laid(
    stated: Sequence[tuple[int, int, int, Segment]], segments: Sequence[Segment]
) -> list[_Part]:
    """Return the parts in order; where sizes agree, a lost segment leaves its room."""
    carriers, carrier = {}, 0
    for segment in segments:
        carriers[segment.name] = carrier
        carrier += segment.size_bytes
    ordered = sorted(stated, key=lambda one: one[0])
    size = ordered[0][2]
    are_even = size > HEADER_BYTES and all(one[3].size_bytes == size for one in ordered[:-1])
    parts: list[_Part] = []
    begin = 0
    for number, _, _, segment in ordered:
        if are_even and len(ordered) > 1:
            begin = (number - 1) * (size - HEADER_BYTES)
        part = _Part(begin, segment, carriers[segment.name])
        parts.append(part)
        begin = part.end
    return parts
