"""Entries as CSV: one line each, streamed, and harmless to a spreadsheet."""

import csv
import io
from collections.abc import Iterator

from polit.web.core.cells import safe_cell
from polit.web.media.models import Entry, Package
from polit.web.media.queries import entry_stream
from polit.web.media.rules import EntryWanted
from polit.web.media.shown import TIMES, shown_entry, time_text

COLUMNS = (
    "path", "locator", "type", "state", "outcome", "reason", "kind", "media type", "size in bytes",
    "md5", "sha1", "sha256", "extension fits", *(f"{name} at" for name in TIMES), "raw name in hex",
)  # fmt: skip


def csv_lines(package: Package, wanted: EntryWanted) -> Iterator[str]:
    """Yield the file's lines, the heads first."""
    room = io.StringIO()
    writer = csv.writer(room, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for entry in entry_stream(package, wanted):
        writer.writerow(map(safe_cell, _cells(entry)))
        yield _taken(room)
    yield _taken(room)


def _cells(entry: Entry) -> tuple[str, ...]:
    shown, content = shown_entry(entry), entry.content
    digests = (content.md5, content.sha1, content.sha256) if content else (None, None, None)
    fits = {True: "yes", False: "no", None: ""}[entry.extension_agrees]
    return (
        shown.path, entry.locator, shown.entry_type, shown.state, shown.outcome,
        entry.reason.word if entry.reason else "", shown.kind, shown.mime, str(entry.size_bytes),
        *(bytes(each).hex() if each is not None else "" for each in digests), fits,
        *(time_text(getattr(entry, f"{name}_ns")) for name in TIMES), bytes(entry.raw_name).hex(),
    )  # fmt: skip


def _taken(room: io.StringIO) -> str:
    text = room.getvalue()
    room.seek(0)
    room.truncate()
    return text
