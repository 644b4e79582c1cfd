"""The rows of carving: which areas are searched, how far, and what that gave.

Written by the run alone. How far a search has come is committed together with the entries that it
gave until there: a run that is killed goes on behind the last of them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from polit.base import faults
from polit.package.rows import EntryRow, FolderRow
from polit.package.write import Ledger

FOLDER = b"$Carved"
SLACK_AT_ONCE = 20_000
_ADDRESS = b"carved"
_PLANNED = "carving_planned"
# Unallocated space before slack: it holds more.
_AREAS_SQL = """
INSERT INTO carving (volume_id, area, state, size_bytes)
SELECT volume_id, 'unallocated', 'pending', coalesce(unallocated_bytes, 0) FROM volumes
WHERE state = 'walked' AND filesystem IS NOT NULL
  AND scheme <> 'folder' AND scheme <> 'shadow' AND description <> 'logical image'
UNION ALL
SELECT volume_id, 'slack', 'pending', (SELECT sum(length_bytes) FROM slack WHERE
  slack.volume_id = volumes.volume_id) FROM volumes
WHERE state = 'walked' AND EXISTS (SELECT 1 FROM slack WHERE slack.volume_id = volumes.volume_id)
UNION ALL
SELECT volume_id, 'whole', 'pending', size_bytes FROM volumes
WHERE state = 'not_examined' AND scheme <> 'folder' AND scheme <> 'shadow' AND size_bytes > 0
  AND reason NOT LIKE 'encrypted%'
"""
_NEXT_SQL = """
SELECT c.volume_id, v.locator, c.area, v.offset_bytes, v.size_bytes, c.from_bytes, c.next_bytes,
       c.taken, c.searched_bytes
FROM carving c JOIN volumes v USING (volume_id) WHERE c.state = 'pending'
ORDER BY c.volume_id, c.area DESC LIMIT 1
"""
_SETTLE_SQL = """
UPDATE carving SET state = ?, reason = ?, from_bytes = ?, next_bytes = ?, taken = ?,
  searched_bytes = ?, passed_over = passed_over + ?, candidates = candidates + ?,
  found_again = found_again + ?, undecoded = undecoded + ?,
  undecoded_bytes = undecoded_bytes + ?, carved = carved + ?, carved_bytes = carved_bytes + ?
WHERE volume_id = ? AND area = ?
"""
_FOLDER_SQL = """
INSERT INTO folders (volume_id, path, address, kind, deleted, rank, state)
VALUES (?, ?, ?, 'carved', 1, 0, 'pending') RETURNING folder_id
"""


@dataclass(frozen=True, slots=True)
class CarvingArea:
    """A row of bytes that is searched: what a volume's driver calls free, slack, or a whole range.

    Args:
        volume_id: The volume that it belongs to.
        locator: That volume's.
        area: ``unallocated``, ``slack`` or ``whole``.
        ranges: Its bytes in the source; empty for ``unallocated``, which the driver tells.
        from_bytes: Of slack: where the present part begins in the source.
        next_bytes: Up to where the row has been searched.
        taken: Extents of complete candidates that the search must know to go on there.
        before_bytes: How much was searched in the parts before.
        is_last: Whether no part of it follows.
    """

    volume_id: int
    locator: str
    area: str
    ranges: tuple[tuple[int, int], ...]
    from_bytes: int
    next_bytes: int
    taken: tuple[tuple[int, int, bool], ...]
    before_bytes: int
    is_last: bool


@dataclass(slots=True)
class CarvingStep:
    """What is committed together: how far a search has come, and what it gave.

    Args:
        next_bytes: Up to where the area has been searched.
        taken: Extents of complete candidates that the search must know to go on there.
        is_done: Whether its present part has been searched to the end.
        reason: Why it is not searched any further, empty where nothing is wrong.
        entries: Candidates that become entries, in order.
        passed_over: How many beginnings were not followed, for what it would have cost.
        candidates: How many candidates there were.
        found_again: Of these, whose content the package holds already.
        undecoded: Of these, of which no decoder shows anything.
        undecoded_bytes: Their bytes.
    """

    next_bytes: int
    taken: Sequence[tuple[int, int, bool]] = ()
    is_done: bool = False
    reason: str = ""
    entries: list[EntryRow] = field(default_factory=list)
    passed_over: int = 0
    candidates: int = 0
    found_again: int = 0
    undecoded: int = 0
    undecoded_bytes: int = 0


class CarvingRows:
    """The areas of one run."""

    def __init__(self, ledger: Ledger) -> None:
        """Stand on a ledger."""
        self._ledger, self._connection = ledger, ledger.connection

    def begin(self) -> tuple[int, int]:
        """Note what is to be searched, once; note which contents the package holds.

        Returns:
            How many bytes are to be searched, and how many of them were.
        """
        with self._ledger.together():
            if self._ledger.meta(_PLANNED) is None:
                self._connection.execute(_AREAS_SQL)
                self._ledger.set_meta(_PLANNED, "1")
        self._connection.execute("DROP TABLE IF EXISTS temp.held")
        self._connection.execute(
            "CREATE TEMP TABLE held (sha256 BLOB PRIMARY KEY) STRICT, WITHOUT ROWID"
        )
        # What was carved does not count: the same picture at two places is two entries.
        self._connection.execute(
            "INSERT OR IGNORE INTO temp.held SELECT r.sha256 FROM results r JOIN entries e"
            " USING (entry_id) WHERE r.sha256 IS NOT NULL AND e.state <> 'carved'"
        )
        row = self._connection.execute(
            "SELECT coalesce(sum(max(size_bytes, searched_bytes)), 0),"
            " coalesce(sum(searched_bytes), 0) FROM carving"
        ).fetchone()
        return int(row[0]), int(row[1])

    def holds(self, sha256: bytes) -> bool:
        """Tell whether a file of the source, or something inside one, has this content."""
        row = self._connection.execute(
            "SELECT 1 FROM temp.held WHERE sha256 = ?", (sha256,)
        ).fetchone()
        return row is not None

    def next_area(self) -> CarvingArea | None:
        """Return what is to be searched next, ``None`` when all is done."""
        row = self._connection.execute(_NEXT_SQL).fetchone()
        if row is None:
            return None
        volume_id, locator, area, offset, size, start, following, taken, searched = row
        ranges = [(offset, size)] if area == "whole" else []
        if area == "slack":
            ranges = self._connection.execute(
                "SELECT offset_bytes, length_bytes FROM slack WHERE volume_id = ?"
                " AND offset_bytes >= ? ORDER BY offset_bytes LIMIT ?",
                (volume_id, start, SLACK_AT_ONCE),
            ).fetchall()
        return CarvingArea(
            volume_id=volume_id,
            locator=locator,
            area=area,
            ranges=tuple(ranges),
            from_bytes=start,
            next_bytes=following,
            taken=tuple((offset, length, proven) for offset, length, proven in json.loads(taken)),
            before_bytes=searched - following,
            is_last=area != "slack" or len(ranges) < SLACK_AT_ONCE,
        )

    def settle(self, area: CarvingArea, step: CarvingStep) -> None:
        """Commit what a search gave and how far it has come, all of it or nothing.

        Raises:
            StorageFull: Nothing of it was kept; the same step can be given again.
        """
        state, start, following = "pending", area.from_bytes, step.next_bytes
        searched, taken = area.before_bytes + step.next_bytes, list(step.taken)
        if step.reason:
            state = "not_searched"
        elif step.is_done and area.is_last:
            state = "done"
        elif step.is_done:
            start, following, taken = area.ranges[-1][0] + 1, 0, []
        sizes = [row.found.size_bytes for row in step.entries]
        with self._ledger.together():
            self._connection.execute(
                _SETTLE_SQL,
                (state, step.reason or None, start, following, json.dumps(taken), searched,
                 step.passed_over, step.candidates, step.found_again, step.undecoded,
                 step.undecoded_bytes, len(sizes), sum(sizes), area.volume_id, area.area),
            )  # fmt: skip
            if state != "pending" and area.area == "slack":
                self._connection.execute("DELETE FROM slack WHERE volume_id = ?", (area.volume_id,))
            if step.entries:
                self._ledger.add_entries(self._folder(area.volume_id), step.entries)
            faults.reach("ledger.carve")

    def _folder(self, volume_id: int) -> FolderRow:
        """Return the folder of what was carved in a volume; it is made with its first entry."""
        row = self._connection.execute(
            "SELECT folder_id FROM folders WHERE volume_id = ? AND kind = 'carved'", (volume_id,)
        ).fetchone()
        is_new = row is None
        if is_new:
            row = self._connection.execute(_FOLDER_SQL, (volume_id, FOLDER, _ADDRESS)).fetchone()
        folder = FolderRow(
            row[0], volume_id, None, FOLDER, _ADDRESS, "carved", deleted=True, rank=0
        )
        if is_new:
            self._ledger.begin_folder(folder.folder_id)
            self._ledger.finish_folder(folder, problem=None)
        return folder
