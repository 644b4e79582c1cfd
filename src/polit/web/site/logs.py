"""How the web's processes write their log: ids and counts, never a name, a path or a message.

An exception's text may hold what somebody typed, and the address of a page an identifier of a
case. So a line has the error's class and the places in our code that it passed, and no more.
"""

import logging
import sys
import traceback
from pathlib import Path

from polit.base.clock import instant_text, now_utc

_MOST_PLACES = 8
_UNAVAILABLE = 503


class PlainFormatter(logging.Formatter):
    """One line for each record: instant, level, what was logged, the error's class and places."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        # Others' messages hold addresses and names; our own are written to hold none.
        own = record.name.startswith("polit.")
        said = record.getMessage() if own else f"status {getattr(record, 'status_code', 'none')}"
        line = f"{instant_text(now_utc())} {record.levelname} {record.name}: {said}"
        return f"{line}{_places(record)}" if record.exc_info else line


def _places(record: logging.LogRecord) -> str:
    kind, _, trace = record.exc_info or (None, None, None)
    if kind is None:
        return ""
    frames = traceback.extract_tb(trace)[-_MOST_PLACES:]
    passed = " > ".join(
        f"{Path(frame.filename).stem}.{frame.name}:{frame.lineno}" for frame in frames
    )
    return f" {kind.__module__}.{kind.__qualname__} at {passed}"


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Tell whether to keep a line: that health is degraded is answered again and again."""
    return getattr(record, "status_code", 0) != _UNAVAILABLE


def stderr_handler() -> logging.Handler:
    """Return the handler of all logs: standard error, which the supervisor or systemd keeps."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter())
    handler.addFilter(_is_worth_a_line)
    return handler
