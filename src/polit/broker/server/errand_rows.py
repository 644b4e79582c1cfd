"""The rows of errands in the broker's ledger."""

from dataclasses import dataclass, fields

import msgspec

from polit.broker.errand_protocol import ErrandState, ErrandStatus
from polit.broker.server.ledger import BrokerLedger

_COLUMNS = tuple(field.name for field in fields(ErrandStatus))


@dataclass(frozen=True, slots=True)
class QueuedErrand:
    """An errand that is due: its order as it was asked, and how often it was started before."""

    errand_id: str
    asked: str
    starts: int


class ErrandRows:
    """What the ledger knows of errands; safe for threads."""

    def __init__(self, ledger: BrokerLedger) -> None:
        """Take the ledger."""
        self._ledger = ledger

    def add(self, errand_id: str, asked: str) -> str:
        """Queue an errand unless its id is known; return its order as it was asked."""
        with self._ledger.writing() as connection:
            connection.execute(
                "INSERT INTO errands (errand_id, asked, state) VALUES (?, ?, 'queued')"
                " ON CONFLICT DO NOTHING",
                (errand_id, asked),
            )
            row = connection.execute("SELECT asked FROM errands WHERE errand_id = ?", (errand_id,))
            return str(row.fetchone()[0])

    def status(self, errand_id: str) -> ErrandStatus | None:
        """Return where an errand stands, ``None`` where none has that id."""
        rows = self._ledger.rows(
            f"SELECT {', '.join(_COLUMNS)} FROM errands WHERE errand_id = ?",  # noqa: S608 - our own names
            errand_id,
        )
        if not rows:
            return None
        return msgspec.convert(dict(zip(_COLUMNS, rows[0], strict=True)), ErrandStatus)

    def open(self) -> tuple[str, ...]:
        """Return the orders of all errands that have not ended, as they were asked."""
        rows = self._ledger.rows(
            "SELECT asked FROM errands WHERE state IN ('queued', 'running', 'stopping')"
        )
        return tuple(str(asked) for (asked,) in rows)

    def keep(self, status: ErrandStatus) -> None:
        """Write where an errand stands."""
        with self._ledger.writing() as connection:
            connection.execute(
                "UPDATE errands SET state = ?, phase = ?, done = ?, total = ?, message = ?,"
                " exit_code = ?, result = ? WHERE errand_id = ?",
                (status.state.value, status.phase, status.done, status.total, status.message,
                 status.exit_code, status.result, status.errand_id),
            )  # fmt: skip

    def move(self, errand_id: str, *, to: ErrandState, only_from: ErrandState) -> bool:
        """Move an errand to another state; tell whether it was in the one before."""
        with self._ledger.writing() as connection:
            cursor = connection.execute(
                "UPDATE errands SET state = ? WHERE errand_id = ? AND state = ?",
                (to.value, errand_id, only_from.value),
            )
            return cursor.rowcount == 1

    def take(self) -> QueuedErrand | None:
        """Take the errand that was queued first, and call it running."""
        with self._ledger.writing() as connection:
            row = connection.execute(
                "UPDATE errands SET state = 'running', starts = starts + 1 WHERE number ="
                " (SELECT min(number) FROM errands WHERE state = 'queued')"
                " RETURNING errand_id, asked, starts"
            ).fetchone()
        return QueuedErrand(str(row[0]), str(row[1]), int(row[2])) if row else None

    def put_back(self, *, was_killed: bool = False) -> int:
        """Queue again what a broker that ends, or ended, left running; return how many.

        Args:
            was_killed: Whether the broker did not end by itself: then the start counts.
        """
        with self._ledger.writing() as connection:
            connection.execute("UPDATE errands SET state = 'cancelled' WHERE state = 'stopping'")
            cursor = connection.execute(
                "UPDATE errands SET state = 'queued', starts = starts - ? WHERE state = 'running'",
                (int(not was_killed),),
            )
            return cursor.rowcount
