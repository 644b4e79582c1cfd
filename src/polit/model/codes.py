"""Stable small numbers for values that millions of rows hold.

A number is a value's place in its table, from 1. A table only grows at its end: rows that were
written keep their meaning. A test holds the tables against the values themselves.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeTable:
    """Values and their numbers.

    Args:
        values: In the order of their numbers, which begin with 1.
    """

    values: tuple[str, ...]

    def number(self, value: str) -> int:
        """Return a value's number.

        Raises:
            ValueError: The table does not have the value.
        """
        return self.values.index(value) + 1

    def value(self, number: int) -> str:
        """Return the value of a number.

        Raises:
            IndexError: The table does not have the number.
        """
        if number < 1:
            raise IndexError(number)
        return self.values[number - 1]


ENTRY_TYPES = CodeTable(("file", "folder", "link", "stream", "metadata", "special", "embedded"))
ENTRY_STATES = CodeTable(("live", "deleted", "carved"))
OUTCOMES = CodeTable(("done", "skipped", "failed"))
KINDS = CodeTable(("still", "video", "audio", "document", "archive", "database", "other"))
FOLDER_KINDS = CodeTable(("root", "folder", "orphans", "carved"))
FOLDER_STATES = CodeTable(("pending", "listing", "listed", "failed"))
VOLUME_STATES = CodeTable(("pending", "opened", "walked", "not_examined"))
CARVING_AREAS = CodeTable(("unallocated", "slack", "whole"))
CARVING_STATES = CodeTable(("pending", "done", "not_searched"))
TIME_BASES = CodeTable(("utc", "local_zone_unknown"))
TAKEN_BASES = CodeTable(("utc", "offset_known", "zone_unknown"))
ROLES = CodeTable(("tile", "thumbnail"))
VARIANTS = CodeTable(("full", "nearest512", "frame"))
SET_STATUSES = CodeTable(("known-good", "alert", "categorised"))
MATCH_ALGORITHMS = CodeTable(("md5", "sha1", "sha256", "pdq", "vpdq"))
"""Digests first, so that up to the third a match is exact."""
