"""The broker's log: one JSON object a line on stderr. Ids and counts; never a name or a path."""

import sys
from contextlib import suppress

import msgspec

from polit.base.clock import instant_text, now_utc


def log(event: str, **values: str | int) -> None:
    """Write one line.

    Args:
        event: What happened, such as ``picture.shown``.
        values: Ids and counts.
    """
    line = msgspec.json.encode({"at": instant_text(now_utc()), "event": event, **values})
    # A full disk or a reader that is gone costs the line, never the work that it tells of.
    with suppress(OSError):
        sys.stderr.write(line.decode() + "\n")
        sys.stderr.flush()
