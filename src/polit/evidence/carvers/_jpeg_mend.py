"""Find where a broken JPEG goes on: over a gap of blocks that belong to something else.

Imported by ``jpeg``. A file comes apart at block borders only. From the state that the entropy
decoder had before a border, each place at which a block begins is tried: forwards over gaps of
1 to 4,096 blocks, then as many blocks before the file. Almost all are refused within some 100
bytes: a code that is none, 64 coefficients and more, a marker. What survives is followed to the
end, and the frame's number of MCUs decides; where two ways end well, the smoother seam does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polit.evidence.carvers import _jpeg_entropy as entropy
from polit.evidence.carvers import _jpeg_kernel as kernel
from polit.evidence.carvers._jpeg_header import is_segment
from polit.evidence.carvers._jpeg_walk import COMPLETE, Scan, Walk
from polit.evidence.carving import CarvingTally

MOST_FRAGMENTS = 16
_MOST_GAP_BLOCKS = 4096
_MOST_GAP_BYTES = 16 << 20
_MOST_FOLLOWED = 24
_MOST_BORDERS = 24
_LAG_BYTES = 24 << 10
"""How far behind a break the decoder may notice it: twice what was seen in a few photographs."""

_LEAST_BORDERS = 6
_MOST_BACK_BYTES = 4 << 20
_TRIAL_MCUS = 1 << 16
_ROUGH = 3.0
_SMOOTH = 1.5
"""Chosen on the photographs of the benchmark, which it is measured on too; no other data yet."""

_ENDS = (b"\xff\xd9", b"\xff\xda", b"\xff\xc4")
_NEVER = 1 << 60
_FAR_BYTES = 1 << 40
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"PK\x03\x04", b"%PDF")


@dataclass(slots=True)
class Mended:
    """A way on that was followed, and how it stopped."""

    walk: Walk
    reason: str
    roughness: float

    def rank(self) -> tuple[bool, bool, bool, int, float]:
        """Return what orders the ways: completeness, dead ends last, the seam, how far."""
        if self.reason == COMPLETE:
            return True, True, True, 0, -self.roughness
        is_smooth = self.roughness <= _SMOOTH
        return False, not self._is_dead_end(), is_smooth, self.walk.place, -self.roughness

    def _is_dead_end(self) -> bool:
        """Tell whether it came to the end of the picture and blocks were missing before."""
        marker = self.walk.content.read(self.walk.place, 2)
        return marker in _ENDS or self.reason == "too_much_data"


def mend(walk: Walk, tally: CarvingTally) -> Mended | None:
    """Return the best way on from a broken walk, or nothing if none makes sense.

    Args:
        walk: As it stopped; it is left as it is.
        tally: Its budget pays for the trials.
    """
    ways = _scan_ways(walk, walk.scan, tally) if walk.scan else _segment_ways(walk, tally)
    best: Mended | None = None
    for way in ways:
        if best is None or way.rank() > best.rank():
            best = way
        if not tally.may_search():
            tally.searches_cut += 1
            break
    if best is None or best.reason == COMPLETE:
        return best
    further = best.walk.place - walk.place >= 2 * walk.content.space.block_bytes
    return best if further else None


# A break inside a scan


def _scan_ways(walk: Walk, scan: Scan, tally: CarvingTally) -> Iterator[Mended]:
    """Yield ways on from the borders before a break, the last border first."""
    kept = scan.kept.reshape(kernel.KEPT, kernel.STATE_SIZE)
    usable = [
        row.copy()
        for row in kept
        if row[kernel.BORDER] > 0 and walk.content.is_last(int(row[kernel.BORDER]))
    ]
    # Where filling follows is tried first: it may have passed for codes far beyond.
    usable.sort(key=lambda row: _turn(walk, int(row[kernel.BORDER])))
    step = walk.content.space.block_bytes
    usable = usable[: min(_MOST_BORDERS, max(_LEAST_BORDERS, _LAG_BYTES // step))]
    if not usable:
        return
    area = _Area(walk, min(int(row[kernel.POS]) for row in usable), len(usable))
    for state in usable:
        before = _stand_before(walk, scan, state)
        ways = list(_border_ways(before, area, int(state[kernel.BORDER]), tally))
        yield from ways
        if any(way.reason == COMPLETE for way in ways):
            return


@dataclass(slots=True)
class _Tried:
    """What is tried from one border: the bytes from the state on, and the gaps in them."""

    data: NDArray[np.uint8]
    source: int
    gaps: int


class _Area:
    """The part of the space around a break, read once for all borders."""

    def __init__(self, walk: Walk, place: int, borders: int) -> None:
        """Read what lies ahead of a place, and what lies before the file."""
        space = walk.content.space
        step = self._step = space.block_bytes
        self.most = min(_MOST_GAP_BLOCKS, _MOST_GAP_BYTES // step)
        self._place = place
        reach = (self.most + borders + 2) * step + kernel.TRIAL_BYTES + kernel.MARGIN_BYTES
        self._ahead = np.frombuffer(
            space.read_at(walk.content.source_of(place), reach), dtype=np.uint8
        )
        start = walk.content.start_bytes // step * step
        self.back_source = max(0, start - min(self.most, _MOST_BACK_BYTES // step) * step)
        self._start = start
        self._back = b""

    def ahead(self, walk: Walk, border: int) -> _Tried:
        """Return what lies behind a border: gap 0 is none."""
        data = self._ahead[walk.place - self._place :]
        left = (len(data) - (border - walk.place)) // self._step
        return _Tried(data, walk.content.source_of(border), max(0, min(self.most, left)))

    def back(self, walk: Walk, border: int) -> _Tried:
        """Return what lies before the file: gap 0 is the first block of it."""
        space = walk.content.space
        self._back = self._back or space.read_at(
            self.back_source, self._start - self.back_source + kernel.TRIAL_BYTES
        )
        tail = walk.content.read(walk.place, border - walk.place)
        data = np.frombuffer(tail + self._back, dtype=np.uint8)
        return _Tried(data, self.back_source, (self._start - self.back_source) // self._step)


def _turn(walk: Walk, border: int) -> tuple[int, int]:
    """Return when a border is tried: the first one with filling behind it, then from the last."""
    is_blank = len(set(walk.content.read(border, 64))) == 1
    return (0, border) if is_blank else (1, -border)


def _stand_before(walk: Walk, scan: Scan, state: NDArray[np.int64]) -> Walk:
    """Return a walk as it was in a kept state."""
    before = walk.copy()
    taken_up = scan.copy()
    if scan.plan[kernel.KIND] >= kernel.AC_FIRST:
        before.known = scan.known_before.copy()
        again = scan.copy()
        again.begin_at(walk.segment[1], _NEVER)
        again.plan[kernel.UNTIL], again.plan[kernel.FINAL] = state[kernel.MCU], 1
        noted = entropy.Noted(before.known, again.kept, walk.levels[:0], scan.known_before)
        data = walk.content.loaded(walk.place)
        entropy.run(data, again.states, scan.codes, again.plan, noted)
    taken_up.states[:] = state
    # What it saw behind the border, such as a marker, is not what comes.
    taken_up.states[kernel.ENDED] = 0
    before.scan, before.place = taken_up, int(state[kernel.POS])
    return before


def _border_ways(before: Walk, area: _Area, border: int, tally: CarvingTally) -> Iterator[Mended]:
    for tried in (area.ahead, area.back):
        found = list(_gap_ways(before, border, tried(before, border), tally))
        yield from found
        if any(way.reason == COMPLETE for way in found) or not tally.may_search():
            return


def _gap_ways(before: Walk, border: int, tried: _Tried, tally: CarvingTally) -> Iterator[Mended]:
    """Yield the ways over the gaps that deserve to be followed."""
    scan, step = before.scan, before.content.space.block_bytes
    if scan is None or not tried.gaps:
        return
    results = _try_gaps(before, scan, border, tried)
    if tried.source == before.content.source_of(border):
        results[0] = 0
    tally.trials += tried.gaps
    tally.search_left -= int(results[:, 1:].sum()) + 32 * tried.gaps
    for gap in _worth(results, step):
        if not tally.may_search():
            return
        walk = before.copy()
        walk.content.join(border, tried.source + gap * step)
        if walk.scan is None:
            continue
        walk.scan.kept[:] = -1
        walk.scan.states[kernel.BORDER] = border + step
        mcu = int(walk.scan.states[kernel.MCU])
        reason = walk.run()
        tally.search_left -= walk.cost() - before.cost() + before.place - border
        roughness = _roughness(walk, scan, mcu)
        if not walk.content.overlaps(walk.place) and (reason == COMPLETE or roughness <= _ROUGH):
            yield Mended(walk, reason, roughness)


def _worth(results: NDArray[np.int64], step: int) -> list[int]:
    """Return the gaps that deserve to be followed to the end, the likeliest first."""
    survives = np.isin(results[:, 0], (kernel.DONE, kernel.MORE, kernel.REACHED))
    worth = np.flatnonzero((results[:, 1] >= 2 * step) | (survives & (results[:, 1] > 0)))
    # What belongs to the file survives from its first block to its last: that first one is it.
    first = survives & ~np.concatenate(([False], survives[:-1]))
    bytes_told = np.where(survives, 0, -results[:, 1])
    order = np.lexsort((worth, bytes_told[worth], ~survives[worth], ~first[worth]))
    return [int(gap) for gap in worth[order][:_MOST_FOLLOWED]]


def _try_gaps(before: Walk, scan: Scan, border: int, tried: _Tried) -> NDArray[np.int64]:
    """Return status, bytes and MCUs followed, ``(n, 3)``, for each gap."""
    states, plan = scan.states.copy(), scan.plan.copy()
    states[kernel.POS], states[kernel.BORDER] = 0, _NEVER
    states[kernel.JUMP_AT] = border - before.place
    plan[kernel.PHASE], plan[kernel.FINAL] = 0, 0
    # A few bytes can stand for a million empty blocks: who comes so far is followed to the end.
    plan[kernel.UNTIL] = states[kernel.MCU] + _TRIAL_MCUS
    noted = entropy.Noted(
        before.known, np.zeros_like(scan.kept), before.levels[:0], before.known.copy()
    )
    return entropy.run(tried.data, states, scan.codes, plan, noted, gaps=tried.gaps)


def _roughness(walk: Walk, scan: Scan, mcu: int) -> float:
    """Return how much rougher the rows behind a seam are than those before it."""
    across = int(scan.plan[kernel.ACROSS])
    if not scan.has_levels or mcu < 2 * across:
        return 1.0
    levels = walk.levels
    row = slice(mcu, min(mcu + across, len(levels)))
    above = levels[row.start - across : row.stop - across]
    if not len(above):
        return 1.0
    usual = np.abs(levels[across:mcu] - levels[: mcu - across]).mean()
    return float((np.abs(levels[row] - above).mean() + 1) / (usual + 1))


# A break between segments


def _segment_ways(walk: Walk, tally: CarvingTally) -> Iterator[Mended]:
    """Yield ways on from a break in the last segment, or in the one that makes no sense."""
    head = walk.content.read(walk.place, 4)
    spans = [(walk.segment[0], walk.place)]
    if len(head) == 4 and head[0] == 0xFF and is_segment(head[1]):
        spans.append((walk.place, walk.place + 2 + int.from_bytes(head[2:4], "big")))
    for start, end in spans:
        borders = _borders_within(walk, start, end)
        for source in _marker_places(walk, borders, end, tally):
            gap = source - walk.content.source_of(end)
            for border in reversed(borders):
                again = walk.copy()
                again.content.join(border, walk.content.source_of(border) + gap)
                again.place = end if end == walk.place else start
                reason = again.run()
                tally.search_left -= again.cost()
                if not again.content.overlaps(again.place):
                    yield Mended(again, reason, _doubt(walk, again, (start, end), border, tally))


def _doubt(
    walk: Walk, again: Walk, span: tuple[int, int], border: int, tally: CarvingTally
) -> float:
    """Return how doubtful a border inside a segment is: 0 the least, 2 the most.

    The picture is the same with each border. A small picture inside the segment tells which one
    is right; else filling or the beginning of another file behind the border does.
    """
    inside = again.content.read(span[0], span[1] - span[0]).find(b"\xff\xd8\xff", 4)
    if inside >= 0:
        small = Walk(again.content.copy())
        small.place = span[0] + inside + 2
        reason = small.run()
        tally.search_left -= small.cost()
        if reason == COMPLETE:
            return 0.0
    behind = walk.content.read(border, 64)
    is_foreign = len(set(behind)) == 1 or behind.startswith(_BEGINNINGS)
    # The first border with something foreign, else the last one.
    return 1.0 + border / _FAR_BYTES if is_foreign else 2.0


def _borders_within(walk: Walk, start: int, end: int) -> list[int]:
    step = walk.content.space.block_bytes
    first = walk.content.border_from(start + 1)
    return [at for at in range(first, end + 1, step) if walk.content.is_last(at)][-_MOST_BORDERS:]


def _marker_places(walk: Walk, borders: list[int], end: int, tally: CarvingTally) -> Iterator[int]:
    """Yield places of the space, whole blocks after a segment's end, at which a marker stands."""
    step = walk.content.space.block_bytes
    if not borders:
        return
    source = walk.content.source_of(end)
    most = min(_MOST_GAP_BLOCKS, _MOST_GAP_BYTES // step)
    area = np.frombuffer(walk.content.space.read_at(source + step, most * step), dtype=np.uint8)
    tally.trials += len(area) // step
    for at in np.flatnonzero(area[: max(0, len(area) - 3) : step] == 0xFF)[:64]:
        if is_segment(int(area[int(at) * step + 1])):
            yield source + step + int(at) * step
