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

from polit.evidence.carvers import _jpeg_kernel as kernel
from polit.evidence.carvers._jpeg_header import is_segment
from polit.evidence.carvers._jpeg_walk import COMPLETE, Scan, Walk
from polit.evidence.carving import CarvingTally

MOST_FRAGMENTS = 16
_MOST_GAP_BLOCKS = 4096
_MOST_GAP_BYTES = 16 << 20
_MOST_FOLLOWED = 6
_MOST_BORDERS = 24
_ROUGH = 3.0
_NEVER = 1 << 60


@dataclass(slots=True)
class Mended:
    """A way on that was followed, and how it stopped."""

    walk: Walk
    reason: str
    roughness: float

    def rank(self) -> tuple[bool, int, float]:
        """Return what orders the ways: completeness, then how far, then the seam."""
        is_complete = self.reason == COMPLETE
        return is_complete, 0 if is_complete else self.walk.place, -self.roughness


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
    usable.sort(key=lambda row: -int(row[kernel.BORDER]))
    for state in usable[:_MOST_BORDERS]:
        before = _stand_before(walk, scan, state)
        ways = list(_border_ways(before, int(state[kernel.BORDER]), tally))
        yield from ways
        if any(way.reason == COMPLETE for way in ways):
            return


def _stand_before(walk: Walk, scan: Scan, state: NDArray[np.int64]) -> Walk:
    """Return a walk as it was in a kept state."""
    before = walk.copy()
    taken_up = scan.copy()
    size = kernel.STATE_SIZE
    if scan.plan[kernel.KIND] >= kernel.AC_FIRST:
        before.known = scan.known_before.copy()
        again = scan.copy()
        again.begin_at(walk.segment[1], _NEVER)
        again.plan[kernel.UNTIL], again.plan[kernel.FINAL] = state[kernel.MCU], 1
        notes = (before.known, again.kept, walk.levels[:0], scan.known_before)
        data = walk.content.loaded(walk.place)
        kernel.compiled()(
            data, again.states, scan.codes, again.plan, notes, np.zeros(2, dtype=np.int64)
        )
    taken_up.states[:size] = state
    before.scan, before.place = taken_up, int(state[kernel.POS])
    return before


def _areas(walk: Walk, border: int) -> Iterator[tuple[int, int]]:
    """Yield where to look: a place of the space and how many blocks from there on."""
    step, size = walk.content.space.block_bytes, walk.content.space.size_bytes
    most = min(_MOST_GAP_BLOCKS, _MOST_GAP_BYTES // step)
    ahead = walk.content.source_of(border) + step
    if ahead < size:
        yield ahead, min(most, -(-(size - ahead) // step))
    start = walk.content.start_bytes // step * step
    back = max(0, start - most * step)
    if back < start:
        yield back, (start - back) // step


def _border_ways(before: Walk, border: int, tally: CarvingTally) -> Iterator[Mended]:
    scan = before.scan
    if scan is None:
        return
    for source, blocks in _areas(before, border):
        found = list(_area_ways(before, scan, border, (source, blocks), tally))
        yield from found
        if any(way.reason == COMPLETE for way in found) or not tally.may_search():
            return


def _area_ways(
    before: Walk, scan: Scan, border: int, area: tuple[int, int], tally: CarvingTally
) -> Iterator[Mended]:
    """Yield the ways over the gaps of one area that deserve to be followed."""
    step = before.content.space.block_bytes
    results = _try_area(before, scan, border, area)
    tally.trials += area[1]
    tally.search_left -= int(results[:, 1].sum()) + 32 * area[1]
    survives = np.isin(results[:, 0], (kernel.DONE, kernel.MORE, kernel.REACHED))
    worth = np.flatnonzero((results[:, 1] >= 2 * step) | (survives & (results[:, 1] > 0)))
    order = worth[np.lexsort((worth, -results[worth, 1], ~survives[worth]))]
    for gap in order[:_MOST_FOLLOWED]:
        walk = before.copy()
        walk.content.join(border, area[0] + int(gap) * step)
        if walk.scan is None:
            continue
        walk.scan.kept[:] = -1
        walk.scan.states[kernel.BORDER] = border + step
        mcu = int(walk.scan.states[kernel.MCU])
        reason = walk.run()
        tally.search_left -= walk.place - border
        if walk.content.overlaps(walk.place):
            continue
        roughness = _roughness(walk, scan, mcu)
        if reason == COMPLETE or roughness <= _ROUGH:
            yield Mended(walk, reason, roughness)


def _try_area(before: Walk, scan: Scan, border: int, area: tuple[int, int]) -> NDArray[np.int64]:
    """Return status and bytes followed, ``(n, 2)``, for each block of an area."""
    step = before.content.space.block_bytes
    tail = before.content.read(before.place, border - before.place)
    reach = area[1] * step + kernel.TRIAL_BYTES + kernel.MARGIN_BYTES
    data = np.frombuffer(tail + before.content.space.read_at(area[0], reach), dtype=np.uint8)
    states, plan = scan.states.copy(), scan.plan.copy()
    states[kernel.POS], states[kernel.BORDER] = 0, _NEVER
    states[kernel.JUMP_AT] = len(tail)
    plan[kernel.PHASE], plan[kernel.FINAL] = 0, 0
    results = np.zeros(2 * area[1], dtype=np.int64)
    saved = before.known.copy()
    notes = (before.known, np.zeros_like(scan.kept), before.levels[:0], saved)
    kernel.compiled()(data, states, scan.codes, plan, notes, results)
    return results.reshape(-1, 2)


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
                tally.search_left -= again.place
                if not again.content.overlaps(again.place):
                    yield Mended(again, reason, 1.0)


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
