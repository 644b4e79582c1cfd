"""Counts the items of each folder, those of the folders below included, each once."""

import numpy as np
from django.db import connection

from polit.web.items.columns import Array
from polit.web.items.models import ItemFolder
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
    """Write how many items each folder of the packages holds.

    An item that lies twice below a folder counts once there: the counts of folders do not add up
    to that of the folder above.
    """
    for number in packages:
        counts = _counts(number)
        with hold.step():
            ItemFolder.objects.filter(id__range=rows_of(number)).delete()
        rows = [ItemFolder(id=folder, items=items) for folder, items in counts.items() if items]
        for first in range(0, len(rows), ROWS_AT_ONCE):
            with hold.step():
                ItemFolder.objects.bulk_create(rows[first : first + ROWS_AT_ONCE])


def _counts(package_number: int) -> dict[int, int]:
    base, _ = rows_of(package_number)
    with connection.cursor() as cursor:
        cursor.execute(_FOLDERS_SQL, list(rows_of(package_number)))
        found = cursor.fetchall()
        if not found:
            return {}
        parents = np.zeros(found[-1][0] - base + 2, np.int64)
        for folder, parent in found:
            parents[folder - base + 1] = 0 if parent is None else parent - base + 1
        cursor.execute(_HELD_SQL, list(rows_of(package_number)))
        held = [((folder - base + 1) << 32) | place_of(item) for folder, item in cursor.fetchall()]
    counts = _counted(parents, np.unique(np.array(held, np.int64)))
    return {base + index - 1: int(counts[index]) for index in range(1, len(counts))}


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
        here = np.union1d(by_depth[ends[level] : ends[level + 1]], above)
        np.add.at(counts, here >> 32, 1)
        above = np.unique((parents[here >> 32] << 32) | (here & 0xFFFFFFFF))
    return counts


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
