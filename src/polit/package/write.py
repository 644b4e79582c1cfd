"""The ledger: the rows of a running examination. One writer, fenced, crash-safe.

``entries`` and ``results`` are only appended to. An entry without a result is pending; a
folder is ``listing`` while its names come in, and what such a folder had brought is dropped
and listed again after a crash, so that no name is met twice or forgotten.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from polit.base import faults
from polit.base.errors import PackageBusy
from polit.model.evidence import FileSystemFacts, VolumeFacts
from polit.model.matching import HashSetFacts
from polit.package import filling, volume_rows
from polit.package.database import fold_writer, open_writer, transaction
from polit.package.finishing import index_locators, merge_ranges
from polit.package.lease import check_unsealed, take_lease
from polit.package.match_rows import add_hash_sets, add_matches
from polit.package.rows import (
    EntryRow,
    FolderRow,
    MediaOutcome,
    ProblemRow,
    ReadRow,
    ResultBatch,
    ResultRow,
)
from polit.package.volume_rows import LayerRow, VolumeRow

_ENTRY_SQL = "INSERT INTO entries VALUES (" + "?, " * 20 + "?)"
_RESULT_SQL = "INSERT INTO results VALUES (" + "?, " * 10 + "?)"
_FOLDER_SQL = (
    "INSERT OR IGNORE INTO folders"
    " (volume_id, entry_id, path, address, kind, deleted, rank, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'pending')"
)


class Ledger:
    """The rows of one running examination."""

    def __init__(self, package: Path) -> None:
        """Take the package's lease and open its rows.

        Raises:
            PackageBusy: Another process examines into this package, or has just sealed it.
        """
        self._is_closed = False
        self._lock = take_lease(package)
        try:
            check_unsealed(package)
            self._connection = open_writer(package)
        except BaseException:
            os.close(self._lock)
            raise
        try:
            self._take_up()
        except BaseException:
            self.abandon()
            raise

    def _take_up(self) -> None:
        with transaction(self._connection):
            self._fence = int(self.meta("fence") or 0) + 1
            self.set_meta("fence", str(self._fence))
            self._drop_half_listed()
        row = self._connection.execute(
            "SELECT coalesce(max(entry_id), 0) FROM entries WHERE entry_id < ?",
            (filling.FIRST_EMBEDDED,),
        ).fetchone()
        self._next_entry_id: int = row[0] + 1

    def close(self) -> None:
        """Fold the rows into one file and give the lease back."""
        self.fold()
        self.abandon()

    def fold(self) -> None:
        """Fold the rows into one file and close it; the lease is kept until ``abandon``."""
        fold_writer(self._connection)
        self._connection.close()

    def abandon(self) -> None:
        """Let go of everything as it is, for a later resume; harmless after ``close``."""
        if not self._is_closed:
            self._is_closed = True
            self._connection.close()
            os.close(self._lock)

    @property
    def connection(self) -> sqlite3.Connection:
        """The open database, for reading rows back while the lease is held."""
        return self._connection

    def meta(self, key: str) -> str | None:
        """Return a stored text of the run, or ``None`` where there is none."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Store a text of the run; the last one stands."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def begin(self, values: dict[str, str], sets: Iterable[HashSetFacts] = ()) -> None:
        """Store what the run is and which hash sets it asks, all of it or nothing."""
        with self.together():
            add_hash_sets(self._connection, sets)
            for key, value in values.items():
                self.set_meta(key, value)

    def add_volumes(self, volumes: Iterable[tuple[VolumeFacts, str]]) -> None:
        """Write the volumes of the source with their locators, once."""
        with self.together():
            if self._connection.execute("SELECT 1 FROM volumes").fetchone() is None:
                volume_rows.add_volumes(self._connection, volumes)

    def volumes(self) -> list[VolumeRow]:
        """Return the volumes, those inside others after the ones that they lie in."""
        return volume_rows.read_volumes(self._connection)

    def open_volume(
        self,
        volume_id: int,
        facts: FileSystemFacts | None,
        folders: Sequence[FolderRow],
        *,
        layer: LayerRow | None = None,
    ) -> None:
        """Note what a volume is, all of it or nothing.

        Args:
            volume_id: Which volume.
            facts: Its file system, if it has one.
            folders: The folders that the walk of its file system begins with.
            layer: The layer in it with the volumes that it holds, if there is one.
        """
        with self.together():
            if facts is not None:
                volume_rows.note_filesystem(self._connection, volume_id, facts)
                self._add_folders(folders)
            if layer is not None:
                volume_rows.add_layer(self._connection, volume_id, layer)
                if facts is None:
                    self.finish_volume(volume_id)

    def close_volume(self, volume_id: int, *, reason: str, problem: ProblemRow | None) -> None:
        """Note that a volume is not examined, and why."""
        with self.together():
            volume_rows.close_volume(self._connection, volume_id, reason=reason)
            if problem is not None:
                self._add_problems([problem])

    def count_restart(self, volume_id: int) -> int:
        """Count one restart of the walker; return how many entries of the volume it cost so far.

        Entries, not restarts, are what a limit goes by: a killed run meets some of them again.
        """
        with self.together():
            self._connection.execute(
                "UPDATE volumes SET restarts = restarts + 1 WHERE volume_id = ?", (volume_id,)
            )
        row = self._connection.execute(
            "SELECT count(*) FROM results JOIN entries USING (entry_id)"
            " WHERE volume_id = ? AND (reason = 'walker_crash' OR reason = 'walker_timeout')",
            (volume_id,),
        ).fetchone()
        return int(row[0])

    def pending_folders(self) -> list[FolderRow]:
        """Return the folders still to be listed, the lowest rank first."""
        rows = self._connection.execute(
            "SELECT folder_id, volume_id, entry_id, path, address, kind, deleted, rank"
            " FROM folders WHERE state = 'pending' ORDER BY rank, folder_id"
        )
        return [FolderRow(r[0], r[1], r[2], r[3], r[4], r[5], bool(r[6]), r[7]) for r in rows]

    def begin_folder(self, folder_id: int) -> None:
        """Note that a folder's names come in from here on."""
        with self.together():
            self._connection.execute(
                "UPDATE folders SET state = 'listing', first_entry_id = ? WHERE folder_id = ?",
                (self._next_entry_id, folder_id),
            )

    def add_entries(
        self, folder: FolderRow, rows: Sequence[EntryRow]
    ) -> tuple[range, list[FolderRow]]:
        """Append the names of a folder; those without content to read are settled at once.

        Returns:
            Their entry ids, in order, and the folders among them that are new.
        """
        with self.together():
            ids, new = self.reserve_entries(folder, rows)
            self.write_entries(folder, rows, ids)
        return ids, new

    def reserve_entries(
        self, folder: FolderRow, rows: Sequence[EntryRow]
    ) -> tuple[range, list[FolderRow]]:
        """Number the names of a folder and write the folders among them that are new.

        A folder whose address is known already (a loop) is settled, not listed again.
        ``write_entries`` must follow in the same transaction.
        """
        ids = range(self._next_entry_id, self._next_entry_id + len(rows))
        below = [row.folder_below(folder, entry_id) for row, entry_id in zip(rows, ids, strict=True)
                 if row.is_descended]  # fmt: skip
        new = self._add_folders(below)
        listed = {row.entry_id for row in new}
        self._add_results(
            ResultRow(row.entry_id, "skipped", "folder")
            for row in below
            if row.entry_id is not None and row.entry_id not in listed
        )
        self._next_entry_id = ids.stop
        return ids, new

    def write_entries(self, folder: FolderRow, rows: Sequence[EntryRow], ids: range) -> None:
        """Write the names that were numbered, and settle those without content to read."""
        numbered = list(zip(rows, ids, strict=True))
        self._connection.executemany(
            _ENTRY_SQL, [row.columns(entry_id, folder) for row, entry_id in numbered]
        )
        settled = [row.settled(entry_id) for row, entry_id in numbered]
        self._add_results(result for result in settled if result is not None)

    def finish_folder(self, folder: FolderRow, *, problem: ProblemRow | None,
                      dropped: dict[str, int] | None = None) -> None:  # fmt: skip
        """Note that all names of a folder are in, or that it could not be listed."""
        with self.together():
            filling.add_dropped(self._connection, folder.folder_id, dropped or {})
            self._connection.execute(
                "UPDATE folders SET state = ? WHERE folder_id = ?",
                ("listed" if problem is None else "failed", folder.folder_id),
            )
            if problem is not None:
                self._add_problems([problem])
            if folder.entry_id is not None:
                outcome, reason = ("skipped", "folder") if problem is None else (
                    "failed", problem.code)  # fmt: skip
                self._add_results([ResultRow(folder.entry_id, outcome, reason)])

    def finish_volume(self, volume_id: int) -> None:
        """Note that every name of a volume is in."""
        with self.together():
            self._connection.execute(
                "UPDATE volumes SET state = 'walked'"
                " WHERE volume_id = ? AND (state = 'opened' OR layer IS NOT NULL)",
                (volume_id,),
            )

    def pending_reads(self, *, rank: int, after: int, limit: int) -> list[ReadRow]:
        """Return entries of one rank whose content is still to be read, by entry id."""
        rows = self._connection.execute(
            "SELECT e.entry_id, e.volume_id, e.locator, e.raw_name, e.address, e.size_bytes,"
            " e.path, e.state, e.overwritten FROM entries e LEFT JOIN results r USING (entry_id)"
            " WHERE e.rank = ? AND e.within_id IS NULL AND e.entry_id > ? AND r.entry_id IS NULL"
            " AND e.content = 'readable' AND e.entry_type <> 'folder'"
            " ORDER BY e.entry_id LIMIT ?",
            (rank, after, limit),
        )
        return [ReadRow(*row) for row in rows]

    def media_outcome(self, sha256: bytes) -> MediaOutcome | None:
        """Return how decoding a content ended, or ``None`` while it is not decided."""
        row = self._connection.execute(
            "SELECT outcome, reason, pictures_inside FROM media WHERE sha256 = ?", (sha256,)
        ).fetchone()
        return None if row is None else MediaOutcome(row[0], row[1], bool(row[2]))

    def append(self, batch: ResultBatch) -> None:
        """Commit a batch of results, media, derivatives, problems and matches together.

        Raises:
            StorageFull: Nothing of it was kept; the same batch can be given again.
            PackageBusy: Another process took the package over.
        """
        with self.together():
            faults.reach("ledger.append")
            self._connection.executemany(_ENTRY_SQL, batch.members)
            filling.add_media(self._connection, batch)
            self._add_results(batch.results)
            self._add_problems(batch.problems)
            filling.add_inside(self._connection, batch)
            add_matches(self._connection, batch.matches)
            filling.add_slack(self._connection, batch.slack)
            faults.reach("ledger.commit")

    def add_bad_ranges(self, ranges: Iterable[tuple[int, int, str]]) -> None:
        """Note ranges ``(offset_bytes, length_bytes, code)`` of the source that are bad.

        Ranges of one code that touch or overlap become one, in whatever order they come.
        """
        known = self._connection.execute("SELECT offset_bytes, length_bytes, code FROM bad_ranges")
        merged = merge_ranges({*known, *ranges})
        with self.together():
            self._connection.execute("DELETE FROM bad_ranges")
            self._connection.executemany("INSERT INTO bad_ranges VALUES (?, ?, ?)", merged)

    def add_problem(self, problem: ProblemRow) -> None:
        """Note one problem of the source or a volume, once."""
        known = self._connection.execute(
            "SELECT 1 FROM problems WHERE locator = ? AND stage = ? AND code = ? AND detail = ?",
            (problem.locator, problem.stage, problem.code, problem.detail),
        ).fetchone()
        if known is None:
            with self.together():
                self._add_problems([problem])

    def pack_ends(self) -> dict[str, int]:
        """Return where the last named blob of each packed file ends, in bytes."""
        rows = self._connection.execute(
            "SELECT pack, max(offset_bytes + stored_bytes) FROM derivatives GROUP BY pack"
        )
        return {str(pack): int(end) for pack, end in rows}

    def index_locators(self) -> None:
        """Build the index by locator; see ``polit.package.finishing``."""
        index_locators(self._connection, self.together)

    def counts(self) -> tuple[int, int]:
        """Return how many entries there are, and how many have a result."""
        row = self._connection.execute(
            "SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM results)"
        ).fetchone()
        return int(row[0]), int(row[1])

    def together(self) -> AbstractContextManager[None]:
        """Commit what is written in a block as one transaction, fenced; blocks may nest.

        Raises:
            StorageFull: Nothing of the block was kept.
            PackageBusy: Another process took the package over.
        """
        return nullcontext() if self._connection.in_transaction else self._fenced()

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        with transaction(self._connection):
            if int(self.meta("fence") or 0) != self._fence:
                raise PackageBusy("another process took this package over: let it finish")
            yield

    def _drop_half_listed(self) -> None:
        row = self._connection.execute(
            "SELECT min(first_entry_id) FROM folders WHERE state = 'listing'"
        ).fetchone()
        if row[0] is None:
            return
        first = int(row[0])
        # With a name goes what was found inside its content; that has ids of its own, far above.
        self._connection.execute(
            "CREATE TEMP TABLE dropped AS SELECT entry_id FROM entries"
            " WHERE entry_id BETWEEN ?1 AND ?2 OR within_id >= ?1",
            (first, filling.FIRST_EMBEDDED - 1),
        )
        for table in (
            "results",
            "problems",
            "folders",
            "holders",
            "archives",
            "unopened",
            "entries",
        ):
            self._connection.execute(
                f"DELETE FROM {table} WHERE entry_id IN (SELECT entry_id FROM dropped)"  # noqa: S608
            )
        self._connection.execute("DROP TABLE dropped")
        self._connection.execute("UPDATE folders SET state = 'pending' WHERE state = 'listing'")

    def _add_folders(self, folders: Sequence[FolderRow]) -> list[FolderRow]:
        new = []
        for row in folders:
            cursor = self._connection.execute(
                _FOLDER_SQL,
                (row.volume_id, row.entry_id, row.path, row.address, row.kind, row.deleted,
                 row.rank),
            )  # fmt: skip
            if cursor.rowcount == 1:
                folder_id = int(cursor.lastrowid or 0)
                new.append(FolderRow(folder_id, row.volume_id, row.entry_id, row.path,
                                     row.address, row.kind, row.deleted, row.rank))  # fmt: skip
        return new

    def _add_results(self, results: Iterable[ResultRow]) -> None:
        self._connection.executemany(_RESULT_SQL, (row.columns() for row in results))

    def _add_problems(self, problems: Iterable[ProblemRow]) -> None:
        filling.add_problems(self._connection, problems)
