"""Hashes in hex, and the record of a lone digest."""

from binascii import Error, unhexlify

from polit.match.reading import SourceRecord

SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32}
DIGITS = {32: "md5", 40: "sha1", 64: "sha256"}
"""What a digest is by the number of its digits."""

UNSTATED = frozenset({"", "-", "null", "none", "nil", "nan", "na", "n/a"})
"""What tools write, in whatever case, where they have no digest."""

Fields = tuple[tuple[str, str], ...]


def unhexed(untrusted: str | bytes) -> bytes:
    """Return the bytes of hex digits in either case, empty when they are none."""
    try:
        return unhexlify(untrusted)
    except (Error, ValueError):
        return b""


def digest_record(untrusted: str | bytes, fields: Fields = ()) -> SourceRecord | None:
    """Return the record of one digest whose kind its length tells, ``None`` when it is none."""
    value = unhexed(untrusted)
    if len(value) == 16:
        return SourceRecord(md5=value, fields=fields)
    if len(value) == 20:
        return SourceRecord(sha1=value, fields=fields)
    if len(value) == 32:
        return SourceRecord(sha256=value, fields=fields)
    return None
