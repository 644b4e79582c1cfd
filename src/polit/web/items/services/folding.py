"""Counts the items of each folder, and writes them in the order of the folders.

Folders are numbered so that each stands before those below it, and those below it follow at once:
what lies in a folder and below is a range. Once for each package: its folders never change.
"""

from collections.abc import Iterator

import numpy as np
from django.db import connection

from polit.web.items.columns import CHUNK_PLACES, Array
from polit.web.items.models import FolderPlaces, ItemFolder
from polit.web.items.rules import place_of
from polit.web.items.services.holding import Hold
from polit.web.media.rules import rows_of

ROWS_AT_ONCE = 5_000
MOST_DEEP = 1_024
_FOLDERS_SQL = "SELECT id, parent_id FROM media_folder WHERE id BETWEEN %s AND %s ORDER BY id"
_HELD_SQL = """
SELECT e.folder_id, p.item_id FROM items_place p JOIN media_entry e ON e.content_id = p.id
WHERE p.id BETWEEN %s AND %s AND e.folder_id IS NOT NULL
"""


def folders_count(hold: Hold, packages: list[int]) -> None:
    """Write how many items each folder of the packages holds, and which.

    An item that lies twice below a folder counts once there: the counts of folders do not add up
    to that of the folder above. The first piece of places is written last: where it is, all is.
    """
    done = FolderPlaces.objects.filter(package_number__in=packages, number=0)
    for package in sorted(set(packages) - set(done.values_list("package_number", flat=True))):
        rows, places = _folded(package)
        with hold.step():
            ItemFolder.objects.filter(id__range=rows_of(package)).delete()
            FolderPlaces.objects.filter(package_number=package).delete()
        for first in range(0, len(rows), ROWS_AT_ONCE):
            with hold.step():
                ItemFolder.objects.bulk_create(rows[first : first + ROWS_AT_ONCE])
        for number in reversed(range(max(1, -(-len(places) // CHUNK_PLACES)))):
            piece = places[number * CHUNK_PLACES : (number + 1) * CHUNK_PLACES]
            with hold.step():
                FolderPlaces.objects.create(
                    package_number=package, number=number, data=piece.tobytes()
                )


def _folded(package_number: int) -> tuple[list[ItemFolder], Array]:
    """Return the folders of a package that hold items, and the places in the order of folders."""
    base, _ = rows_of(package_number)
    with connection.cursor() as cursor:
        cursor.execute(_FOLDERS_SQL, list(rows_of(package_number)))
        found = cursor.fetchall()
        if not found:
            return [], np.empty(0, "<u4")
        parents = np.zeros(found[-1][0] - base + 2, np.int64)
        for folder, parent in found:
            parents[folder - base + 1] = 0 if parent is None else parent - base + 1
        cursor.execute(_HELD_SQL, list(rows_of(package_number)))
        pairs = (((folder - base + 1) << 32) | place_of(item) for folder, item in cursor)
        held = _distinct(np.fromiter(pairs, np.int64))
    counts = _counted(parents, held)
    turns, lasts = turns_of(parents)
    ordered = np.sort((turns[held >> 32] << 32) | (held & 0xFFFFFFFF))
    begins = np.searchsorted(ordered, turns << 32)
    ends = np.searchsorted(ordered, (lasts + 1) << 32)
    rows = [
        ItemFolder(id=base + index - 1, items=int(counts[index]), begin=int(begins[index]),
                   end=int(ends[index]))
        for index in np.flatnonzero(counts).tolist()
        if index
    ]  # fmt: skip
    return rows, (ordered & 0xFFFFFFFF).astype("<u4")


def turns_of(parents: Array) -> tuple[Array, Array]:
    """Number folders so that those below one follow it at once.

    Args:
        parents: For each folder the folder above, 0 for none; element 0 is no folder. A loop of
            parents, which only a damaged package has, is entered at its first folder.

    Returns:
        For each folder its turn, from 1, and the last turn of those below it.
    """
    below: list[list[int]] = [[] for _ in range(len(parents))]
    for folder, above in enumerate(parents.tolist()):
        if folder:
            below[above].append(folder)
    turns, lasts = np.zeros(len(parents), np.int64), np.zeros(len(parents), np.int64)
    turn = 0
    for folder in _walk(below):
        if folder > 0:
            turn += 1
            turns[folder] = turn
        else:
            lasts[-folder] = turn
    return turns, lasts


def _walk(below: list[list[int]]) -> Iterator[int]:
    """Return each folder where it is entered, and its negative where it is left."""
    seen = bytearray(len(below))
    for top in (*below[0], *range(1, len(below))):
        ahead = [top]
        while ahead:
            folder = ahead.pop()
            if folder < 0:
                yield folder
            elif not seen[folder]:
                seen[folder] = 1
                yield folder
                ahead.append(-folder)
                ahead.extend(reversed(below[folder]))


def _counted(parents: Array, held: Array) -> Array:
    """Count distinct items below each folder, the deepest folders first.

    Args:
        parents: For each folder the folder above, 0 for none.
        held: Folder << 32 | item, sorted, each once.
    """
    depth = _depths(parents)
    counts = np.zeros(len(parents), np.int64)
    order = np.argsort(depth[held >> 32], kind="stable")
    by_depth = held[order]
    ends = np.searchsorted(depth[by_depth >> 32], np.arange(depth.max(initial=0) + 2))
    above = np.empty(0, np.int64)
    for level in range(int(depth.max(initial=0)), 0, -1):
        here = _distinct(np.concatenate((by_depth[ends[level] : ends[level + 1]], above)))
        np.add.at(counts, here >> 32, 1)
        above = _distinct((parents[here >> 32] << 32) | (here & 0xFFFFFFFF))
    return counts


def _distinct(values: Array) -> Array:
    """Return values in their order, each once.

    Sorted here: ``numpy.unique`` hashes, and numbers that differ in their high bits alone collide,
    which took 98 s of a build of a million items.
    """
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(values) else values


def _depths(parents: Array) -> Array:
    """Return how deep each folder lies, from 1 to ``MOST_DEEP``: a loop of parents ends there."""
    depth = np.zeros(len(parents), np.int64)
    at = np.arange(len(parents))
    for _ in range(MOST_DEEP):
        is_below = at > 0
        if not is_below.any():
            break
        depth += is_below
        at = parents[at]
    return depth
