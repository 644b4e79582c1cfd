"""What a running examination has found so far, read beside its writer.

By connections of a moment each that only read: in WAL mode a reader never holds up the writer, and
sealing waits for one (``polit.package.database.fold_writer``). An examination is read for the case
alone that it was ordered for. Safe tiles are what the record may show of any package; what is
larger needs an audit event.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from polit.base.errors import BrokerRefused, IntegrityError, SourceError, UsageError
from polit.broker.protocol import Code, ExamineOrder
from polit.broker.provisional_protocol import (
    ProvisionalItem,
    ProvisionalPage,
    ProvisionalQuestion,
    ProvisionalTilesQuestion,
)
from polit.broker.server.derived import DerivedPictures, meta_of
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.packages import package_path, unwrap_key
from polit.broker.server.settings import BrokerSettings
from polit.package.database import UNREADABLE, open_reader
from polit.package.layout import package_name
from polit.package.read import DerivativeReader
from polit.store.case_keys import case_name, check_not_erased
from polit.store.keys import Keys

_ROLE = "tile"
_SIDEWAYS = 5
_ITEMS = """
WITH page AS MATERIALIZED (
  SELECT sha256, width_px, height_px, orientation, duration_ms FROM media
  WHERE sha256 > :after ORDER BY sha256 LIMIT :limit),
found AS MATERIALIZED (
  SELECT sha256, count(*) AS copies, min(entry_id) AS first, kind, mime FROM results
  WHERE sha256 IN (SELECT sha256 FROM page) GROUP BY sha256)
SELECT p.sha256, f.kind, f.mime, e.size_bytes, p.width_px, p.height_px, p.orientation,
       p.duration_ms, f.copies,
       EXISTS (SELECT 1 FROM derivatives d
               WHERE d.sha256 = p.sha256 AND d.role = 'tile' AND d.story = 0),
       (SELECT max(k.alerts * (1 + (k.variant = ''))) FROM matches k WHERE k.sha256 = p.sha256),
       (SELECT max(k.settles) FROM matches k WHERE k.sha256 = p.sha256)
FROM page p LEFT JOIN found f USING (sha256) LEFT JOIN entries e ON e.entry_id = f.first
ORDER BY p.sha256
"""
"""One pass through the results for a page: they have no index by digest, and nobody may add one."""


@dataclass(frozen=True, slots=True)
class ProvisionalFindings:
    """Reads running examinations; safe for threads."""

    settings: BrokerSettings
    keys: Keys
    ledger: BrokerLedger

    def page(self, question: ProvisionalQuestion) -> ProvisionalPage:
        """Return contents that are decoded, in the order of their digests.

        Raises:
            BrokerRefused: ``no_order``, ``wrong_case``, ``no_package`` or ``damaged``.
        """
        order = self._order(question.order_id, question.case_reference)
        values = {"after": bytes.fromhex(question.after), "limit": question.limit}
        with self._opened(order) as (_, connection):
            rows = connection.execute(_ITEMS, values).fetchall()
            items = tuple(_item(row) for row in rows if row[1] is not None)
        last = rows[-1][0].hex() if len(rows) == question.limit else ""
        return ProvisionalPage(order.exhibit_reference, _place(order), items, last)

    def tiles(self, question: ProvisionalTilesQuestion) -> tuple[bytes, ...]:
        """Return safe tiles in the order of the question, empty where there is none.

        Raises:
            BrokerRefused: ``no_order``, ``wrong_case``, ``no_package``, ``erased`` or ``damaged``.
        """
        order = self._order(question.order_id, question.case_reference)
        try:
            check_not_erased(self.settings.data, order.case_reference)
        except UsageError as error:
            raise BrokerRefused(Code.ERASED, str(error)) from error
        with self._opened(order) as (path, connection):
            told = meta_of(connection)
            key = unwrap_key(told.get("wrapped_key", ""), self.keys)
            if key is None or told.get("case") != order.case_reference:
                raise BrokerRefused(Code.DAMAGED, "this package does not open here")
            reader = DerivativeReader(
                path, package_id=told.get("package_id", ""), package_key=key, role=_ROLE
            )
            pictures = DerivedPictures(connection, reader, _ROLE)
            return tuple(pictures.cover(bytes.fromhex(each)).data for each in question.sha256s)

    def _order(self, order_id: str, case: str) -> ExamineOrder:
        asked = self.ledger.order_of(order_id)
        if asked is None:
            raise BrokerRefused(Code.NO_ORDER, "no examination was ordered under this id")
        order = msgspec.json.decode(asked, type=ExamineOrder)
        if order.case_reference != case:
            raise BrokerRefused(
                Code.WRONG_CASE, "this examination was ordered for another case than was stated"
            )
        return order

    @contextmanager
    def _opened(self, order: ExamineOrder) -> Iterator[tuple[Path, sqlite3.Connection]]:
        path = package_path(self.settings.packages, _place(order))
        try:
            with closing(open_reader(path)) as connection:
                yield path, connection
        except SourceError as error:
            raise BrokerRefused(Code.NO_PACKAGE, "nothing has been found so far") from error
        except (IntegrityError, msgspec.ValidationError, *UNREADABLE) as error:
            raise BrokerRefused(
                Code.DAMAGED, "this package cannot be read just now: ask again"
            ) from error


def _place(order: ExamineOrder) -> str:
    return f"{case_name(order.case_reference)}/{package_name(order.exhibit_reference)}"


def _item(row: tuple[object, ...]) -> ProvisionalItem:
    sha256, kind, mime, size_bytes, width, height, orientation, duration_ms, *others = row
    copies, has_tile, alerts, settles = others
    if isinstance(orientation, int) and orientation >= _SIDEWAYS:
        width, height = height, width
    return msgspec.convert(
        {
            "sha256": sha256.hex() if isinstance(sha256, bytes) else sha256,
            "kind": kind, "mime": mime, "size_bytes": size_bytes, "width_px": width or 0,
            "height_px": height or 0, "duration_ms": duration_ms, "occurrences": copies,
            "has_tile": bool(has_tile), "alerts": alerts or 0, "is_settled": bool(settles),
        },
        ProvisionalItem,
    )  # fmt: skip
