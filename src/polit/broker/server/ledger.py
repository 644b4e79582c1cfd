"""The broker's own ledger: which events were used, where examinations stand, packages' keys.

An SQLite file in WAL mode with ``synchronous=FULL``: what was committed outlives a kill and a
power cut. It is the broker's alone; the record's database is only read (``…server.events``).
What a lost ledger knew is not known: no event from before the ledger was made is ever used, and a
ledger whose file is gone marks nothing more.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import msgspec

from polit.base import faults
from polit.base.clock import instant_text, now_utc
from polit.base.errors import PackageDamaged, UsageError
from polit.broker.protocol import JobState, JobStatus

_VERSION = 3
_MADE = "CREATE TABLE made (at TEXT NOT NULL) STRICT"
_ALERTS = "ALTER TABLE jobs ADD COLUMN alerts INTEGER NOT NULL DEFAULT 0"
_SCHEMA = """
CREATE TABLE used_events (
  event_id TEXT PRIMARY KEY, used_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
  number INTEGER PRIMARY KEY,
  order_id TEXT NOT NULL UNIQUE,
  asked TEXT NOT NULL,
  resumes INTEGER NOT NULL CHECK (resumes IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'running', 'stopping', 'interrupted', 'done', 'failed')),
  phase TEXT NOT NULL DEFAULT '',
  entries INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  package TEXT NOT NULL DEFAULT '',
  exit_code INTEGER,
  alerts INTEGER NOT NULL DEFAULT 0,
  CHECK ((state = 'done') = (package <> ''))
) STRICT;
CREATE TABLE package_keys (
  package_id TEXT NOT NULL, case_name TEXT NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (package_id, case_name)
) STRICT, WITHOUT ROWID;
"""
_ERRANDS = """
CREATE TABLE errands (
  number INTEGER PRIMARY KEY,
  errand_id TEXT NOT NULL UNIQUE,
  asked TEXT NOT NULL,
  starts INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'running', 'stopping', 'cancelled', 'done', 'failed')),
  phase TEXT NOT NULL DEFAULT '',
  done INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  exit_code INTEGER,
  result TEXT NOT NULL DEFAULT ''
) STRICT
"""
_COLUMNS = tuple(field.name for field in fields(JobStatus))
_BUSY_S = 20.0


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """An examination that is due: its order as it was asked, and whether it goes on."""

    order_id: str
    asked: str
    resumes: bool


class BrokerLedger:
    """The ledger, opened; safe for threads."""

    def __init__(self, folder: Path) -> None:
        """Open it, or make it.

        Raises:
            UsageError: It was made by a later version.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._path = folder / "ledger.sqlite"
        self._connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "trusted_schema=OFF"):
            self._connection.execute(f"PRAGMA {pragma}")
        with self.writing() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise UsageError(f"{folder} was made by a later version of polit: use that one")
            if version == 0:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    connection.execute(statement)
            if version < 2:
                connection.execute(_MADE)
                connection.execute("INSERT INTO made VALUES (?)", (now_utc().isoformat(),))
            if version in {1, 2}:
                connection.execute(_ALERTS)
            if version < _VERSION:
                connection.execute(_ERRANDS)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        self._file = self._path.stat()

    def close(self) -> None:
        """Close it."""
        with self._lock:
            self._connection.close()

    @property
    def made_at(self) -> datetime:
        """When it was made: of what was used before, it knows nothing."""
        return datetime.fromisoformat(str(self.rows("SELECT at FROM made")[0][0]))

    def use_event(self, event_id: str) -> bool:
        """Mark an event used, durably; tell whether this call was the one that did.

        Raises:
            PackageDamaged: The file was removed or replaced: what is marked would be forgotten.
        """
        self._check_in_place()
        with self.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO used_events VALUES (?, ?) ON CONFLICT DO NOTHING",
                (event_id, instant_text(now_utc())),
            )
            was_first = cursor.rowcount == 1
        faults.reach("broker.marked")
        return was_first

    def is_used(self, event_id: str) -> bool:
        """Tell whether an event has been used."""
        return bool(self.rows("SELECT 1 FROM used_events WHERE event_id = ?", event_id))

    def add_job(self, order_id: str, asked: str, *, resumes: bool) -> str:
        """Queue an examination unless its order is known; return the order as it was asked."""
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO jobs (order_id, asked, resumes, state) VALUES (?, ?, ?, 'queued')"
                " ON CONFLICT DO NOTHING",
                (order_id, asked, int(resumes)),
            )
            row = connection.execute("SELECT asked FROM jobs WHERE order_id = ?", (order_id,))
            return str(row.fetchone()[0])

    def order_of(self, order_id: str) -> str | None:
        """Return an examination's order as it was asked, ``None`` where none was ordered so."""
        rows = self.rows("SELECT asked FROM jobs WHERE order_id = ?", order_id)
        return str(rows[0][0]) if rows else None

    def status_of(self, order_id: str) -> JobStatus | None:
        """Return where an examination stands, ``None`` where none was ordered so."""
        rows = self.rows(
            f"SELECT {', '.join(_COLUMNS)} FROM jobs WHERE order_id = ?",  # noqa: S608 - our own names
            order_id,
        )
        if not rows:
            return None
        return msgspec.convert(dict(zip(_COLUMNS, rows[0], strict=True)), JobStatus)

    def set_status(self, status: JobStatus) -> None:
        """Write where an examination stands."""
        with self.writing() as connection:
            connection.execute(
                "UPDATE jobs SET state = ?, phase = ?, entries = ?, done = ?, skipped = ?,"
                " failed = ?, message = ?, package = ?, exit_code = ?, alerts = ?"
                " WHERE order_id = ?",
                (status.state.value, status.phase, status.entries, status.done, status.skipped,
                 status.failed, status.message, status.package, status.exit_code, status.alerts,
                 status.order_id),
            )  # fmt: skip

    def move_job(self, order_id: str, *, to: JobState, only_from: tuple[JobState, ...]) -> bool:
        """Move an examination to another state; from then on its sessions go on with it.

        Returns:
            Whether it was in one of the states that it may be moved from.
        """
        marks = ", ".join("?" * len(only_from))
        with self.writing() as connection:
            cursor = connection.execute(
                "UPDATE jobs SET state = ?, resumes = resumes OR ? = 'queued', message = '',"  # noqa: S608 - question marks
                f" exit_code = NULL WHERE order_id = ? AND state IN ({marks})",
                (to.value, to.value, order_id, *(state.value for state in only_from)),
            )
            return cursor.rowcount == 1

    def interrupt_all(self) -> int:
        """Call interrupted what a broker that ended left running; return how many."""
        with self.writing() as connection:
            cursor = connection.execute(
                "UPDATE jobs SET state = 'interrupted', resumes = 1,"
                " message = 'the broker ended while it ran: go on with it'"
                " WHERE state IN ('running', 'stopping')"
            )
            return cursor.rowcount

    def take_job(self) -> QueuedJob | None:
        """Take the examination that was queued first, and call it running."""
        with self.writing() as connection:
            row = connection.execute(
                "UPDATE jobs SET state = 'running', message = '' WHERE number ="
                " (SELECT min(number) FROM jobs WHERE state = 'queued')"
                " RETURNING order_id, asked, resumes"
            ).fetchone()
        return QueuedJob(str(row[0]), str(row[1]), bool(row[2])) if row else None

    def keep_package_key(self, package_id: str, case_name: str, sealed: bytes) -> None:
        """Keep a package's key, sealed under its case's key; a kept one stays."""
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO package_keys VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (package_id, case_name, sealed),
            )

    def package_key(self, package_id: str, case_name: str) -> bytes | None:
        """Return a package's sealed key, ``None`` where none was kept."""
        rows = self.rows(
            "SELECT sealed FROM package_keys WHERE package_id = ? AND case_name = ?",
            package_id, case_name,
        )  # fmt: skip
        sealed = rows[0][0] if rows else None
        return sealed if isinstance(sealed, bytes) else None

    def _check_in_place(self) -> None:
        try:
            is_same = os.path.samestat(self._file, self._path.stat())
        except OSError:
            is_same = False
        if not is_same:
            raise PackageDamaged("the broker's ledger was removed or replaced: restart the broker")

    def rows(self, query: str, *values: str) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the ledger for a block: what the block writes is kept whole, or not at all."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled it back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
