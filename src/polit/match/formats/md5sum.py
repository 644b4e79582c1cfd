"""Output of md5sum, sha1sum and sha256sum, plain and in the BSD style.

``digest  name``, ``digest *name``, with a leading backslash where the name is escaped, and
``MD5 (name) = digest``.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._hashes import Fields, digest_record
from polit.match.formats._line_records import (
    PASSED_OVER,
    line_batches,
    share_of_records,
    shown_name,
)
from polit.match.formats._source import head_of
from polit.match.reading import ReadBatch, ReadStart, SourceRecord

ORDER = 80
NAME = "md5sum"
TITLE = "Output of md5sum, sha1sum, sha256sum"

_BSD = re.compile(
    rb"(\\?)(MD5|SHA1|SHA256|SHA2-256) \((.*)\) ?= ?"
    rb"([0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})"
)
_BSD_DIGITS = {b"MD5": 32, b"SHA1": 40, b"SHA256": 64, b"SHA2-256": 64}
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"\\": b"\\"}
_HALF = 0.5


def detect(head: bytes, name: str) -> bool:  # noqa: ARG001 - the name decides nothing here
    """Tell whether at least half of the first lines are digests with a name."""
    return share_of_records(head, _record) >= _HALF


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the output from a position on.

    Raises:
        HashSetUnreadable: The first lines are none of these programs', or the file is damaged.
    """
    if not detect(head_of(path), path.name):
        raise HashSetUnreadable("line 1 and those behind it are no digests with a name")
    return line_batches(path, start, _record)


def _record(line: bytes) -> SourceRecord | str:
    if not line or line.startswith(b"#"):
        return PASSED_OVER
    if b"\0" in line:
        return "a NUL"
    escaped, rest = line[:1] == b"\\", line
    digest, _, named = rest.partition(b" ")
    if named[:1] in (b" ", b"*") and len(named) > 1:
        record = digest_record(digest[escaped:], _name(named[1:], escaped=escaped))
        if record is not None:
            return record
    found = _BSD.fullmatch(line)
    if found and len(found[4]) == _BSD_DIGITS[found[2]]:
        record = digest_record(found[4], _name(found[3], escaped=bool(found[1])))
        if record is not None:
            return record
    return "no MD5, SHA-1 or SHA-256 with a name"


def _name(untrusted: bytes, *, escaped: bool) -> Fields:
    if escaped:
        untrusted = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), untrusted)
    return (("name", shown_name(untrusted)),)
