"""So that nobody overwrites what a colleague wrote since they looked. No Django here.

A form to change a record carries a mark of what it showed; the service compares it, under the
record's lock, with what stands there by then.
"""

import hashlib

from polit.base.canonical import JsonValue, canonical_json
from polit.base.errors import UsageError


def version_of(values: dict[str, JsonValue]) -> str:
    """Return a mark that differs where a value does; it tells no value."""
    return hashlib.sha256(canonical_json(values)).hexdigest()


def check_unchanged(seen: str | None, now: str) -> None:
    """Refuse a change of what has changed since it was looked at.

    Args:
        seen: The mark of what was shown; ``None`` where nothing was looked at before.
        now: The mark of what stands there.

    Raises:
        UsageError: They differ.
    """
    if seen is not None and seen != now:
        raise UsageError("somebody else changed this since you loaded the page: load it again")
