"""The columns of a review set as arrays: one element for each place, so that a place is an index.

A million items are some 80 MB and are read in a fraction of a second; each process keeps those of
the sets that were used last, and takes up what changed by the revision. No picture, no name.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

ROW = np.dtype([
    ("rank", "<u4"), ("lead", "<u4"), ("stack", "<u4"), ("occurrences", "<u4"),
    ("burst", "<i4"), ("day", "<i4"), ("camera", "<i4"), ("flags", "<i4"),
    ("folder", "<i8"), ("size", "<i8"), ("grader_high", "<u8"), ("grader_low", "<u8"),
    ("kind", "u1"), ("verdict", "u1"), ("settled", "u1"), ("tile", "u1"), ("present", "u1"),
    ("likeness", "u1"), ("first_generation", "u1"), ("state", "u1"), ("grade", "u1"),
])  # fmt: skip
"""One item in ``ItemColumns.data``, little-endian."""
CHUNK_ITEMS = 1 << 16
CHUNK_PLACES = 1 << 18
"""In one piece of ``FolderPlaces``: a megabyte."""
_LOW = (1 << 64) - 1


@dataclass(slots=True)
class Columns:
    """The columns of a review set.

    Args:
        stamp: Of the build that wrote them.
        revision: Up to which the decisions are in them.
        arrays: By the names of ``ROW``; each of shape ``(last place + 1,)``; element 0 is no item.
        held: By the numbers of packages that were asked for, which items they hold.
    """

    stamp: str
    revision: int
    arrays: dict[str, Array]
    held: dict[int, Array] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Array:
        """Return a column."""
        return self.arrays[name]

    def index(self, places: list[int]) -> Array:
        """Return places as an array that selects from columns."""
        return np.array(places, np.int64)

    @property
    def last_place(self) -> int:
        """The last place."""
        return len(self.arrays["rank"]) - 1


def columns_from(stamp: str, revision: int, chunks: list[bytes]) -> Columns:
    """Return columns from what ``ItemColumns`` holds, in the order of the places."""
    rows = [np.zeros(1, ROW), *(np.frombuffer(chunk, ROW) for chunk in chunks)]
    names = ROW.names or ()
    return Columns(stamp, revision, {name: np.concatenate([some[name] for some in rows])
                                     for name in names})  # fmt: skip


def grader_halves(grader: int) -> tuple[int, int]:
    """Return the two halves in which the columns hold an officer's identifier."""
    return grader >> 64, grader & _LOW
