"""Follow one JPEG from its beginning: segment by segment, scan by scan, to EOI or to a break.

Imported by ``jpeg`` and ``_jpeg_mend``. A walk can be copied, and the copy sent on elsewhere.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polit.evidence.carvers import _jpeg_entropy as entropy
from polit.evidence.carvers import _jpeg_kernel as kernel
from polit.evidence.carvers._content import Content
from polit.evidence.carvers._jpeg_header import (
    EOI,
    SOI,
    SOS,
    Senseless,
    Tables,
    is_frame,
    is_segment,
    read_frame,
    read_scan,
    read_tables,
)

if TYPE_CHECKING:
    from polit.evidence.carvers._jpeg_header import Frame

COMPLETE = "complete"
_STEP_BYTES = 256 << 10
_MOST_SEGMENTS = 4096
_MOST_MCUS = 1 << 26
"""Of all scans: a few bytes can stand for a million empty blocks in each of thousands of scans."""

_SEGMENT_COST_BYTES = 512
_TABLE_COST_BYTES = 1 << 14
"""What a segment and a table cost, in bytes of the picture that take as long to follow."""

_MOST_STRAY_BYTES = 2
"""Some encoders flush a byte or two more than the last code needs."""

_REASONS = {
    kernel.BAD_CODE: "bad_code",
    kernel.OVERRUN: "too_many_coefficients",
    kernel.DC_RANGE: "brightness_out_of_range",
    kernel.MARKER: "marker_too_early",
    kernel.BAD_RESTART: "restart_marker_missing",
}


class Scan:
    """A scan being followed: its plan, its state, and what it needs to be taken up again."""

    def __init__(self, plan: NDArray[np.int64], tables: Tables, known: NDArray[np.int64]) -> None:
        """Prepare it; ``known`` is what earlier scans told of the blocks."""
        blank = np.zeros(1 << 16, dtype=np.uint16)
        self.plan = plan
        self.codes = np.stack([blank if one is None else one for one in tables.codes])
        self.states = np.zeros(kernel.STATE_SIZE, dtype=np.int64)
        self.kept = np.full(kernel.KEPT * kernel.STATE_SIZE, -1, dtype=np.int64)
        self.known_before = known.copy()
        self.has_levels = plan[kernel.KIND] <= kernel.DC_FIRST and not plan[kernel.COMPONENTS]

    def copy(self) -> "Scan":
        """Return a scan that may go on elsewhere; plan and codes are shared."""
        other = object.__new__(Scan)
        other.plan, other.codes = self.plan.copy(), self.codes
        other.states, other.kept = self.states.copy(), self.kept.copy()
        other.known_before, other.has_levels = self.known_before, self.has_levels
        return other

    def begin_at(self, place: int, border: int) -> None:
        """Set the state to the beginning of the scan."""
        self.states[:] = 0
        self.states[kernel.POS], self.states[kernel.BORDER] = place, border
        self.states[kernel.JUMP_AT] = -1


class Walk:
    """One JPEG being followed."""

    def __init__(self, content: Content) -> None:
        """Stand before the SOI marker."""
        self.content = content
        self.place = 2
        self.segment = (0, 2)
        self.tables = Tables()
        self.frame: Frame | None = None
        self.scan: Scan | None = None
        self.seen = 0
        self.segments = 0
        self.mcus = 0
        self.first_scan_share = 0.0
        self.first_entropy = 0
        self.known = np.zeros(0, dtype=np.int64)
        self.levels = np.zeros(0, dtype=np.int64)

    def copy(self) -> "Walk":
        """Return a walk that may go on elsewhere."""
        other = Walk(self.content.copy())
        other.place, other.segment, other.tables = self.place, self.segment, self.tables.copy()
        other.frame, other.seen, other.segments = self.frame, self.seen, self.segments
        other.mcus = self.mcus
        other.scan = self.scan.copy() if self.scan else None
        other.first_scan_share, other.first_entropy = self.first_scan_share, self.first_entropy
        other.known, other.levels = self.known.copy(), self.levels.copy()
        return other

    def cost(self) -> int:
        """Return what following it so far has cost, in bytes: for the budget of a search."""
        small = _SEGMENT_COST_BYTES * self.segments + _TABLE_COST_BYTES * self.tables.defined
        return self.place + self.mcus + small

    def run(self) -> str:
        """Follow it as far as it makes sense; return ``COMPLETE`` or why it stopped."""
        while True:
            reason = self._follow_scan(self.scan) if self.scan else self._follow_segment()
            if reason:
                return reason

    def _follow_segment(self) -> str:
        head = self.content.read(self.place, 4)
        if len(head) < 2:
            return "space_ends"
        if head[0] != 0xFF:
            return "no_marker"
        if head[1] == 0xFF:
            self.place += 1
            return self._count_segment()
        if head[1] == EOI:
            return self._end()
        length = int.from_bytes(head[2:4], "big")
        if not is_segment(head[1]) or len(head) < 4 or length < 2:
            return "no_marker"
        return self._take_segment(head[1], length)

    def _end(self) -> str:
        if not self.frame or self.seen != (1 << len(self.frame.components)) - 1:
            return "no_picture"
        self.place += 2
        return COMPLETE

    def _count_segment(self) -> str:
        self.segments += 1
        return "too_many_segments" if self.segments > _MOST_SEGMENTS else ""

    def _take_segment(self, marker: int, length: int) -> str:
        end = self.place + 2 + length
        if end > self.content.end_bytes:
            return "space_ends"
        body = b"" if marker >= 0xE0 else self.content.read(self.place + 4, length - 2)
        try:
            self._use_segment(marker, body, end)
        except Senseless as error:
            return f"bad_{error}"
        self.segment, self.place = (self.place, end), end
        return self._count_segment()

    def _use_segment(self, marker: int, body: bytes, end: int) -> None:
        if is_frame(marker):
            if self.frame:
                raise Senseless("second_frame")
            self.frame = read_frame(marker, body)
            self.known = np.zeros(
                self.frame.blocks if self.frame.is_progressive else 0, dtype=np.int64
            )
            self.levels = np.zeros(self.frame.mcus_across * self.frame.mcus_down, dtype=np.int64)
        elif marker == SOS:
            self._begin_scan(body, end)
        else:
            read_tables(self.tables, marker, body)

    def _begin_scan(self, body: bytes, end: int) -> None:
        if not self.frame:
            raise Senseless("scan")
        components, plan = read_scan(self.frame, self.tables, body)
        if plan[kernel.KIND] in {kernel.SEQUENTIAL, kernel.DC_FIRST}:
            if self.seen & components:
                raise Senseless("scan")
            self.seen |= components
        elif components & ~self.seen:
            raise Senseless("scan")
        self.mcus += int(plan[kernel.MCUS])
        if self.mcus > _MOST_MCUS:
            raise Senseless("too_many_scans")
        self.scan = Scan(plan, self.tables, self.known)
        self.scan.begin_at(end, self.content.border_from(end))
        self.first_entropy = self.first_entropy or end

    def _follow_scan(self, scan: Scan) -> str:
        """Follow a scan to its end; return why it stopped before."""
        plan, states = scan.plan, scan.states
        plan[kernel.STEP] = self.content.space.block_bytes
        levels = self.levels if scan.has_levels else self.levels[:0]
        noted = entropy.Noted(self.known, scan.kept, levels, scan.known_before)
        while True:
            plan[kernel.PHASE] = self.content.phase
            data = self.content.loaded(int(states[kernel.POS]) + _STEP_BYTES)
            plan[kernel.FINAL] = int(len(data) >= self.content.end_bytes)
            entropy.run(data, states, scan.codes, plan, noted)
            self.place = int(states[kernel.POS])
            if states[kernel.STATUS] != kernel.MORE:
                break
            states[kernel.STATUS] = kernel.RUNNING
        self._note_share(scan)
        if states[kernel.STATUS] != kernel.DONE:
            return _REASONS[int(states[kernel.STATUS])]
        return self._end_scan(scan)

    def _note_share(self, scan: Scan) -> None:
        if scan.plan[kernel.KIND] <= kernel.DC_FIRST:
            share = int(scan.states[kernel.MCU]) / int(scan.plan[kernel.MCUS])
            self.first_scan_share = max(self.first_scan_share, share)

    def _end_scan(self, scan: Scan) -> str:
        stray = int(scan.states[kernel.COUNT]) // 8
        if stray > _MOST_STRAY_BYTES:
            return "too_much_data"
        head = self.content.read(self.place, 2)
        if head[:1] != b"\xff" or head[1:] in {b"", b"\x00", bytes([SOI])}:
            return "no_marker"
        self.scan = None
        self.segment = (self.place, self.place)
        return ""
