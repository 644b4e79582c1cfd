"""Tables for spreadsheets: text that a spreadsheet would run as a formula stays text."""

import csv
import io
from collections.abc import Iterable, Sequence

from polit.base.clock import instant_text
from polit.web.core.cells import safe_cell
from polit.web.exhibits.catalogue import power_label
from polit.web.exhibits.models import CustodyEvent
from polit.web.exhibits.queries import ExhibitRow, event_list

_EXHIBIT_COLUMNS = (
    "reference", "description", "device_kind", "finer_kind", "make", "model", "marks", "capacity",
    "serial", "imei", "is_imei_unreadable", "identifiers", "condition", "powered", "quantity",
    "containers", "owner_shown", "seized_at", "seized_place", "producer_name", "producer_number",
    "power_reference", "agreement", "scope",
)  # fmt: skip
_EVENT_COLUMNS = (
    "number", "kind", "occurred_at", "recorded_at", "place", "state_before", "state_after",
    "holder_before", "holder_after", "seal_before", "seal_after", "seal_found", "given_signature",
    "taken_signature", "reason", "note", "condition", "document", "copy_what", "copy_digest",
    "copy_place", "corrected_field", "corrected_text", "recorded_by",
)  # fmt: skip


def exhibits_csv(rows: Sequence[ExhibitRow]) -> bytes:
    """Return exhibits as CSV, one a line, with where each is now. UTF-8 with a mark for Excel."""
    head = (*_EXHIBIT_COLUMNS, "part_of", "power", "state", "holder", "seal", "last_event")
    return _csv(head, (_exhibit_line(row) for row in rows))


def events_csv(rows: Sequence[ExhibitRow]) -> bytes:
    """Return all events of exhibits as CSV, one a line, in order. UTF-8 with a mark for Excel."""
    events = event_list([row.exhibit for row in rows])
    head = ("exhibit", *_EVENT_COLUMNS, "corrects_number", "split_from", "entered_later")
    lines = (
        _event_line(row.exhibit.reference, event)
        for row in rows
        for event in events[row.exhibit.id]
    )
    return _csv(head, lines)


def _exhibit_line(row: ExhibitRow) -> list[object]:
    exhibit, last = row.exhibit, row.last
    values = [getattr(exhibit, name) for name in _EXHIBIT_COLUMNS]
    values[_EXHIBIT_COLUMNS.index("seized_at")] = instant_text(exhibit.seized_at)
    power = power_label(exhibit.power_law, exhibit.power_code)
    part_of = exhibit.parent.reference if exhibit.parent else ""
    return [
        *values,
        part_of,
        power,
        row.state.label,
        last.holder_after,
        last.seal_after,
        last.number,
    ]


def _event_line(reference: str, event: CustodyEvent) -> list[object]:
    values = [getattr(event, name) for name in _EVENT_COLUMNS]
    for name in ("occurred_at", "recorded_at"):
        values[_EVENT_COLUMNS.index(name)] = instant_text(getattr(event, name))
    corrects = event.corrects.number if event.corrects else ""
    origin = event.split_from
    split_from = f"{origin.exhibit.reference}, event {origin.number}" if origin else ""
    return [reference, *values, corrects, split_from, "yes" if event.is_late else "no"]


def _csv(head: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([safe_cell(value, keeps_lines=True) for value in line] for line in lines)
    return b"\xef\xbb\xbf" + written.getvalue().encode("utf-8", "backslashreplace")
