"""thumbcache_*.db: the thumbnails that Windows Vista and later keep for each user.

Steps: ``thumbcache:<identifier of the cache, 16 hexadecimal digits>``: the key under which the
search index of Windows names the file. Index files (``IMMM``) hold no pictures. The layout is
undocumented; it is as the forensic literature describes it, for the versions 20 (Vista), 21 (7),
26, 28, 30 (8), 31 (8.1) and 32 (10 and 11).
"""

import mmap
import struct
from collections.abc import Iterator

from polit.decode.found import Found, Part, Unopened

ORDER = 30
NAME = "thumbcache"
MIMES = frozenset({"application/x-ms-thumbcache"})

_MARK = b"CMMM"
_VISTA, _SEVEN = 0x14, 0x15
_NEWEST = 0x40
_HEADER_BYTES = 12
_MAX_NAME_BYTES = 4096


def takes(untrusted: mmap.mmap) -> bool:
    """Tell whether it is such a cache, or its index."""
    return untrusted[:4] in (_MARK, b"IMMM")


def find(untrusted: mmap.mmap) -> Iterator[Part]:
    """Give the pictures in the order of the file; entries without data are left out."""
    if untrusted[:4] != _MARK or len(untrusted) < _HEADER_BYTES:
        return
    version = int.from_bytes(untrusted[4:8], "little")
    if not _VISTA <= version <= _NEWEST:
        yield Unopened("unsupported", f"version {version}")
        return
    at = untrusted.find(_MARK, _HEADER_BYTES)
    while at >= 0:
        part, length = _entry(untrusted, at, version)
        if part is not None:
            yield part
        # After a damaged entry the next one is looked for by its mark.
        following = at + length
        if untrusted[following : following + 4] != _MARK:
            following = untrusted.find(_MARK, max(at + 4, following if part else 0))
        at = following


def samples() -> Iterator[bytes]:
    """One cache of each layout."""
    for version, fixed, before in ((_VISTA, 56, 8), (_SEVEN, 48, 0), (0x20, 56, 0)):
        head = struct.pack("<4sII", _MARK, version, 1) + struct.pack("<3I", 24, 0, 0)
        entry = struct.pack("<4sIQ", _MARK, fixed + 4, 7) + bytes(before)
        entry += struct.pack("<III", 0, 0, 4)
        yield head + entry.ljust(fixed, b"\0") + b"BM  " + entry[:20]
    yield b"IMMM" + bytes(20)


def _entry(untrusted: mmap.mmap, at: int, version: int) -> tuple[Part | None, int]:
    fixed = 48 if version == _SEVEN else 56
    if at + fixed > len(untrusted):
        return Unopened("truncated"), fixed
    length, key = struct.unpack_from("<IQ", untrusted, at + 4)
    sizes_at = at + (24 if version == _VISTA else 16)
    name_bytes, padding_bytes, data_bytes = struct.unpack_from("<III", untrusted, sizes_at)
    start = at + fixed + name_bytes + padding_bytes
    if length < fixed or fixed + name_bytes + padding_bytes + data_bytes > length:
        return Unopened("damaged"), 4
    if data_bytes == 0:
        return None, length
    data = untrusted[start : start + data_bytes]
    if not data:
        return Unopened("truncated"), length
    raw = untrusted[at + fixed : at + fixed + min(name_bytes, _MAX_NAME_BYTES)]
    name = raw.decode("utf-16-le", "replace").rstrip("\0").encode()
    return Found((("thumbcache", b"%016x" % key),), data, name), length
