"""The archives of a package: which are to be streamed, how far that has come, what lies in them.

Members are entries with ids of their own, above all others, so that names of file systems and
what lies in holders keep their ranges. Their address is their place in the archive
(``polit.evidence.archive``), which sorts in the order in which they are met: whatever lies behind
the last place in the ledger is still to come.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from polit.model.evidence import EntryType, FoundEntry
from polit.package.rows import ReadRow, ResultRow
from polit.package.write import Ledger

FIRST_MEMBER = 1 << 41
"""The lowest id of a member of an archive."""

_READ_ROW = (
    "e.entry_id, e.volume_id, e.locator, e.raw_name, e.address, e.size_bytes, e.path, e.state,"
    " e.overwritten, e.within_id"
)


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """An archive of a file system that is to be streamed."""

    row: ReadRow
    mime: str
    is_begun: bool = False


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far an archive has come.

    Args:
        position: The place of the last member that is known.
        above: The members that lie above what is still to come, by their places.
        pending: Members whose content is still to be read, by their places.
        skipped: Places of members that the walker was lost at.
        closed: Places of the archives whose end is known.
        locators: Hashes of the locators that are in use.
    """

    position: bytes
    above: dict[bytes, ReadRow]
    pending: dict[bytes, ReadRow]
    skipped: list[bytes]
    closed: set[bytes]
    locators: set[int]


class ArchiveLedger:
    """The archives of a running examination."""

    def __init__(self, ledger: Ledger) -> None:
        """Go on after the last member that is known."""
        self._ledger, self._connection = ledger, ledger.connection
        row = self._connection.execute("SELECT max(entry_id) FROM entries").fetchone()
        self._next_id = max(FIRST_MEMBER, (row[0] or 0) + 1)

    def number(self) -> int:
        """Return the id of a new member."""
        self._next_id += 1
        return self._next_id - 1

    def pending(self, rank: int) -> list[ArchiveRow]:
        """Return the archives of a rank that are still to be streamed, those begun first."""
        rows = self._connection.execute(
            f"SELECT a.mime, a.state, {_READ_ROW} FROM archives a JOIN entries e USING (entry_id)"  # noqa: S608
            " WHERE a.state <> 'done' AND e.rank = ?"
            " ORDER BY a.state = 'pending', a.entry_id",
            (rank,),
        )
        return [ArchiveRow(ReadRow(*row[2:]), row[0], row[1] == "streaming") for row in rows]

    def begin(self, entry_id: int) -> None:
        """Note that members of an archive come in from here on."""
        with self._ledger.together():
            self._connection.execute(
                "UPDATE archives SET state = 'streaming' WHERE entry_id = ?", (entry_id,)
            )

    def progressed(self, archive: ReadRow) -> Progressed:
        """Return how far an archive has come that a run before had begun."""
        done = Progressed(b"", {}, {}, [], set(), set())
        found: dict[bytes, ReadRow] = {}
        position = self._last_place(archive.entry_id)
        for row, reason, outcome, members in self._members(archive.entry_id):
            place = row.address
            done.locators.add(hash(row.locator))
            if position.startswith(place):
                found[place] = row
            if outcome is None:
                done.pending[place] = row
            if reason in ("walker_crash", "walker_timeout"):
                done.skipped.append(place)
            if members is not None:
                done.closed.add(place)
        return replace(done, position=position, above=found)

    def _last_place(self, archive_id: int) -> bytes:
        row = self._connection.execute(
            "SELECT max(address) FROM entries WHERE within_id = ? AND entry_id >= ?"
            " AND entry_type <> 'embedded'",
            (archive_id, FIRST_MEMBER),
        ).fetchone()
        return row[0] or b""

    def _members(
        self, archive_id: int
    ) -> Iterator[tuple[ReadRow, str | None, str | None, int | None]]:
        rows = self._connection.execute(
            f"SELECT r.reason, r.outcome, h.members, {_READ_ROW}"  # noqa: S608
            " FROM entries e LEFT JOIN results r USING (entry_id)"
            " LEFT JOIN holders h USING (entry_id)"
            " WHERE e.within_id = ? AND e.entry_id >= ? AND e.entry_type <> 'embedded'",
            (archive_id, FIRST_MEMBER),
        )
        for reason, outcome, members, *row in rows:
            yield ReadRow(*row), reason, outcome, members


def member_columns(
    entry_id: int, parent: ReadRow, top: ReadRow, found: FoundEntry, locator: str, path: str
) -> tuple[object, ...]:
    """Return the values of the ``entries`` table for a member, in its order."""
    times = found.times
    return (
        entry_id, top.volume_id, parent.entry_id, top.entry_id, locator, path, found.raw_name,
        found.record, found.address, found.entry_type.value, top.state, found.content.value,
        int(top.overwritten), found.size_bytes, found.link_target or None, times.created_ns,
        times.modified_ns, times.accessed_ns, times.changed_ns, times.deleted_ns, 0,
    )  # fmt: skip


def settled_member(entry_id: int, found: FoundEntry) -> ResultRow | None:
    """Return the result of a member without content to read, ``None`` where one is to come."""
    if found.entry_type is EntryType.FILE:
        return None
    reasons = {EntryType.FOLDER: "folder", EntryType.LINK: "link"}
    return ResultRow(entry_id, "skipped", reasons.get(found.entry_type, "special_file"))
