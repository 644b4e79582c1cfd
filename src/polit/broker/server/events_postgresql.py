"""Reads audit events from PostgreSQL. Loaded only where the record lies there."""

import uuid

import psycopg
from psycopg.conninfo import conninfo_to_dict

from polit.base.errors import UsageError
from polit.broker.server.events import COLUMNS, RecordedEvent, event_of, no_record

_CONNECT_S = 10
_STATEMENT_MS = 10_000


class PostgresqlEvents:
    """Reads events through a connection of its own for each, which can only read."""

    def __init__(self, address: str) -> None:
        """Take the database's address, ``postgresql://…``."""
        self._address = address

    @property
    def is_local(self) -> bool:
        """Whether it is reached by a local socket, without any network.

        Raises:
            UsageError: The address is none.
        """
        try:
            stated = conninfo_to_dict(self._address)
        except psycopg.ProgrammingError as error:
            raise UsageError("POLIT_DATABASE is no address of PostgreSQL") from error
        hosts = str(stated.get("host") or "").split(",")
        return not stated.get("hostaddr") and all(not h or h.startswith("/") for h in hosts)

    def find(self, event_id: uuid.UUID) -> RecordedEvent | None:
        """Return a committed event: see ``EventReader``."""
        options = f"-c default_transaction_read_only=on -c statement_timeout={_STATEMENT_MS}"
        try:
            with psycopg.connect(
                self._address, connect_timeout=_CONNECT_S, options=options
            ) as connection:
                row = connection.execute(
                    f"SELECT {COLUMNS} FROM audit_event WHERE event_id = %s",  # noqa: S608 - our own column names
                    (event_id,),
                ).fetchone()
        except psycopg.Error as error:
            raise no_record(error) from error
        return event_of(event_id, row) if row else None
