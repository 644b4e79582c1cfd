"""Find pictures and videos in bytes that no file owns. Runs in the walker.

A carver is a module of ``evidence/carvers/``: it says by which bytes its format begins, and
measures what begins there by the format's own structure. What it finds is a candidate: a decoder
in the sandbox has the last word. Every byte is looked at, not only the first of each sector:
pictures lie inside the remains of documents and mails at any place.

Candidates come in the order of their beginnings and are the same in each run. What begins inside
a complete one (the small picture in a photograph's EXIF) is no candidate; inside a broken one it
is. Where only names and sizes vouch for the holder, what begins at a block border inside it and is
proven byte by byte is one too: the holder may have come apart around it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, cast

from polit.base.plugins import modules_of
from polit.evidence import carvers
from polit.evidence._carve_around import SpaceWithout
from polit.evidence._carve_scan import Hit, find_hits
from polit.evidence.carving import Carved, CarvingTally, FreeSpace, TakenRanges

__all__ = ["Carved", "CarvingTally", "FreeSpace", "find_candidates", "warm_carvers"]


PART_BYTES = 4 << 20
"""Budgets are given for each part of this size, counted from the beginning of the space."""

SEARCH_BYTES = 256 << 20
"""How many bytes may be followed for what begins in a part: about two seconds of one core."""

_MOST_SENSELESS = 16_384
"""So many signatures without sense in a part, and only those at sector borders are looked at."""

_SECTOR_BYTES = 512
_MOST_OTHERS = 16


class CarverPlugin(Protocol):
    """What every module of ``evidence/carvers/`` offers."""

    ORDER: int
    NAME: str
    SIGNATURES: tuple[tuple[bytes, int], ...]
    """Bytes that mark a beginning, 3 or 4 of them, and how far behind it they stand."""

    def carve(self, space: FreeSpace, start_bytes: int, tally: CarvingTally) -> Carved | None:
        """Measure what begins at a place.

        Args:
            space: The free bytes.
            start_bytes: Where a signature says that a file may begin.
            tally: Told what the budgets cut off.

        Returns:
            What begins there, or nothing if it makes no sense.
        """

    def warm(self) -> None:
        """Compile what it needs, before the lockdown."""


_PLUGINS = tuple(cast("CarverPlugin", module) for module in modules_of(carvers))


def carver_plugins() -> tuple[CarverPlugin, ...]:
    """Return all carvers in their order."""
    return _PLUGINS


def warm_carvers() -> None:
    """Compile all loops; must be called before the lockdown, which allows no new code."""
    for plugin in _PLUGINS:
        plugin.warm()


def find_candidates(
    space: FreeSpace,
    *,
    start_bytes: int = 0,
    on_progress: Callable[[int], None] = lambda _: None,
    found_before: Iterable[Carved] = (),
    tally: CarvingTally | None = None,
) -> Iterator[Carved]:
    """Yield what may be pictures and videos, in the order of their beginnings.

    Args:
        space: The free bytes, joined.
        start_bytes: Where to begin: 0, or one behind the beginning of the last candidate.
        on_progress: Told up to which byte the space has been looked through, often.
        found_before: The complete candidates found before ``start_bytes``, in order: a run that
            goes on gives what a single run gives. Those that end before the part of the space
            in which it goes on may be left out: they are forgotten there.
        tally: Counts what was dropped and cut off.

    Raises:
        SourceUnreadable: The space cannot be read.
    """
    tally = tally if tally is not None else CarvingTally()
    held, doubtful = TakenRanges(), TakenRanges()
    for one in found_before:
        (held if one.is_verified else doubtful).admit(one)
    by_name = {plugin.NAME: plugin for plugin in _PLUGINS}
    signatures = [
        (plugin.NAME, mark, behind) for plugin in _PLUGINS for mark, behind in plugin.SIGNATURES
    ]
    part, senseless = -1, 0
    for hit in find_hits(space, signatures, start_bytes, on_progress):
        tally.hits += 1
        if hit.start_bytes // PART_BYTES != part:
            part = hit.start_bytes // PART_BYTES
            held.forget_before(part * PART_BYTES)
            doubtful.forget_before(part * PART_BYTES)
            tally.search_left, senseless = SEARCH_BYTES, tally.senseless
        is_inside = doubtful.holds(hit.start_bytes) and hit.start_bytes % space.block_bytes
        if held.holds(hit.start_bytes) or is_inside:
            tally.inside += 1
            continue
        if _is_crowded(hit, tally, senseless):
            tally.crowded += 1
            continue
        found = _measure(by_name[hit.carver], space, hit, tally)
        if found is not None and not found.is_proven:
            found = _around_others(found, by_name, space, signatures, tally)
        if found is None or (doubtful.holds(hit.start_bytes) and not found.is_proven):
            continue
        yield held.admit(found) if found.is_verified else doubtful.admit(found)


def _is_crowded(hit: Hit, tally: CarvingTally, senseless_before: int) -> bool:
    """Tell whether what stands before it in its part has cost so much that it is passed over."""
    is_crowded = tally.senseless - senseless_before > _MOST_SENSELESS
    is_between = bool(hit.start_bytes % _SECTOR_BYTES)
    return (is_crowded and is_between) or tally.search_left < -SEARCH_BYTES


def _measure(
    plugin: CarverPlugin, space: FreeSpace, hit: Hit, tally: CarvingTally
) -> Carved | None:
    found = plugin.carve(space, hit.start_bytes, tally)
    if found is None:
        tally.senseless += 1
    return found


def _around_others(
    found: Carved,
    by_name: dict[str, CarverPlugin],
    space: FreeSpace,
    signatures: list[tuple[str, bytes, int]],
    tally: CarvingTally,
) -> Carved:
    """Measure again what may have come apart around proven files, without these.

    Returns:
        What is complete then; else the candidate as it was.
    """
    end = found.extents[-1][0] + found.extents[-1][1] + space.block_bytes
    taken: list[tuple[int, int]] = []
    # Reading costs an eighth of following: files that claim all of the space are many and cheap.
    span = min(end - found.start_bytes, 8 * max(0, tally.search_left)) + 16 * space.block_bytes
    tally.search_left -= span // 8
    stop = (found.start_bytes + span) // space.block_bytes * space.block_bytes
    near = SpaceWithout(space, [(stop, space.size_bytes - stop)] if stop < space.size_bytes else [])
    for hit in find_hits(near, signatures, found.start_bytes + 1, lambda _: None):
        if hit.start_bytes > end or len(taken) >= _MOST_OTHERS or not tally.may_search():
            break
        if hit.start_bytes % space.block_bytes or (taken and hit.start_bytes < sum(taken[-1])):
            continue
        other = by_name[hit.carver].carve(space, hit.start_bytes, tally)
        if other is not None and other.is_proven and len(other.extents) == 1:
            taken.append(other.extents[0])
            end += other.size_bytes
    if not taken:
        return found
    rest = SpaceWithout(space, taken)
    again = by_name[found.carver].carve(rest, found.start_bytes, tally)
    return rest.mapped(again) if again is not None and again.is_complete else found
