"""Reads one committed audit event from the record's database, and nothing else of it.

Through a connection of its own that can only read. SQLite is read from its file; PostgreSQL's
client is loaded only where it is used (``…server.events_postgresql``).
"""

import contextlib
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from polit.base.errors import BrokerRefused
from polit.broker.protocol import Code

COLUMNS = (
    "action, nature, subject_kind, subject_id, case_reference, actor_name, details, recorded_at"
)
_BUSY_S = 5.0


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """What an audit event says; every text is the record's, checked by whoever uses it."""

    event_id: str
    action: str
    nature: str
    subject_kind: str
    subject_id: str
    case_reference: str
    actor_name: str
    details: str
    recorded_at: datetime


class EventReader(Protocol):
    """Reads events of one database; safe for threads."""

    @property
    def is_local(self) -> bool:
        """Whether it is reached without any network."""

    def find(self, event_id: uuid.UUID) -> RecordedEvent | None:
        """Return a committed event, ``None`` where there is none.

        Raises:
            BrokerRefused: ``no_record``: the database cannot be read.
        """


class SqliteEvents:
    """Reads events from an SQLite file."""

    def __init__(self, path: Path) -> None:
        """Take the file; it is opened anew for each event."""
        self._path = path

    @property
    def is_local(self) -> bool:
        """Whether it is reached without any network: it is a file."""
        return True

    def find(self, event_id: uuid.UUID) -> RecordedEvent | None:
        """Return a committed event: see ``EventReader``."""
        try:
            with self._connected() as connection:
                # Django keeps a UUID as 32 digits here, others with dashes.
                row = connection.execute(
                    f"SELECT {COLUMNS} FROM audit_event WHERE event_id IN (?, ?)",  # noqa: S608 - our own column names
                    (event_id.hex, str(event_id)),
                ).fetchone()
        except sqlite3.Error as error:
            raise no_record(error) from error
        return event_of(event_id, row) if row else None

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        address = f"file:{quote(str(self._path))}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=_BUSY_S)
        with contextlib.closing(connection):
            connection.execute("PRAGMA query_only=ON")
            yield connection


def event_of(event_id: uuid.UUID, row: tuple[object, ...]) -> RecordedEvent:
    """Return the event of a row of ``COLUMNS``.

    Raises:
        BrokerRefused: ``no_record``: its instant is none.
    """
    *texts, instant = row
    action, nature, subject_kind, subject_id, case_reference, actor_name, details = (
        "" if value is None else str(value) for value in texts
    )
    return RecordedEvent(
        event_id=str(event_id),
        action=action,
        nature=nature,
        subject_kind=subject_kind,
        subject_id=subject_id,
        case_reference=case_reference,
        actor_name=actor_name,
        details=details,
        recorded_at=_instant(instant),
    )


def no_record(error: Exception) -> BrokerRefused:
    """Return the refusal for a database that cannot be read; its text may name places."""
    return BrokerRefused(
        Code.NO_RECORD, f"the record's database cannot be read ({type(error).__name__})"
    )


def _instant(value: object) -> datetime:
    """Return an aware instant; SQLite has none of its own, Django writes UTC there."""
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise no_record(error) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
