"""What a record must be to be kept, whatever the reader of its format let pass.

Imported by ``polit.match.filling`` alone.
"""

from collections.abc import Sequence

import msgspec

from polit.match.reading import UNKNOWN_QUALITY, SourceFrame, SourceRecord

_PDQ_BYTES = 32
_MAX_AT_MS = (1 << 32) - 1
_BEST_QUALITY = 100
_EMPTY_MD5 = bytes.fromhex("d41d8cd98f00b204e9800998ecf8427e")
_EMPTY_SHA1 = bytes.fromhex("da39a3ee5e6b4b0d3255bfef95601890afd80709")
_EMPTY_SHA256 = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
"""The digests of no bytes. Source: RFC 1321, FIPS 180-4, test vectors of the empty message."""
NO_MD5, NO_SHA1, NO_SHA256 = bytes(16), bytes(20), bytes(32)
"""What stands where a record states none."""


def all_sound(records: Sequence[SourceRecord], *, refuses_empty: bool) -> bool:
    """Tell quickly whether every record states sound digests and nothing else to look into.

    Files of tens of millions consist of such records; the others are looked at one by one.
    """
    columns = (
        (NO_MD5, _EMPTY_MD5, [record.md5 for record in records]),
        (NO_SHA1, _EMPTY_SHA1, [record.sha1 for record in records]),
        (NO_SHA256, _EMPTY_SHA256, [record.sha256 for record in records]),
    )
    for none, empty, values in columns:
        if not set(map(len, values)) <= {0, len(none)} or none in values:
            return False
        if refuses_empty and empty in values:
            return False
    has_fingerprints = any(record.pdq or record.frames for record in records)
    return not has_fingerprints and any(all(values) for _, _, values in columns)


def without_zeros(record: SourceRecord) -> SourceRecord:
    """Return a record without digests of zeros alone: they stand for one that is not known."""
    if record.md5 != NO_MD5 and record.sha1 != NO_SHA1 and record.sha256 != NO_SHA256:
        return record
    return msgspec.structs.replace(
        record,
        md5=record.md5 if any(record.md5) else b"",
        sha1=record.sha1 if any(record.sha1) else b"",
        sha256=record.sha256 if any(record.sha256) else b"",
    )


def refusal_of(record: SourceRecord, *, was_zeros: bool) -> str:
    """Return why a record cannot be kept, whatever its reader let pass, or nothing."""
    md5, sha1, sha256 = record.md5, record.sha1, record.sha256
    if not (md5 or sha1 or sha256 or record.pdq or record.frames):
        return "no key but zeros, which stand for a missing one" if was_zeros else "no key"
    if (
        len(md5) not in {0, len(NO_MD5)}
        or len(sha1) not in {0, len(NO_SHA1)}
        or len(sha256) not in {0, len(NO_SHA256)}
    ):
        return "a digest of another length"
    return _fingerprint_refusal(record) if record.pdq or record.frames else ""


def _fingerprint_refusal(record: SourceRecord) -> str:
    if record.pdq and len(record.pdq) != _PDQ_BYTES:
        return f"pdq: another length than {_PDQ_BYTES} bytes"
    if not _is_quality(record.quality) or not all(map(_can_be, record.frames)):
        return "a fingerprint, a quality or a time that cannot be"
    return ""


def _can_be(frame: SourceFrame) -> bool:
    fits = len(frame.value) == _PDQ_BYTES and 0 <= frame.at_ms <= _MAX_AT_MS
    return fits and _is_quality(frame.quality)


def _is_quality(value: int) -> bool:
    return 0 <= value <= _BEST_QUALITY or value == UNKNOWN_QUALITY


def is_of_no_bytes(record: SourceRecord) -> bool:
    """Tell whether a record is of an empty file: it would match on every device."""
    return record.md5 == _EMPTY_MD5 or record.sha1 == _EMPTY_SHA1 or record.sha256 == _EMPTY_SHA256
