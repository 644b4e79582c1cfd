"""EWF 2 images made by hand, since no Debian tool writes them; libewf must read them alike.

Source: libyal/libewf, Expert Witness Compression Format 2 (EWF2) specification.
"""

import bz2
import hashlib
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 32_768
_DEVICE, _CASE, _DATA, _TABLE, _MD5, _SHA1, _NEXT, _DONE = 1, 2, 3, 4, 8, 9, 13, 15


@dataclass
class _File:
    """A segment file in the making."""

    data: bytearray
    before: int = 0

    def end_section(self, kind: int, length: int) -> None:
        place = len(self.data)
        head = struct.pack("<IIQQII", kind, 0, self.before, length, 64, 0) + bytes(28)
        self.data += _with_sum(head)
        self.before = place

    def add(self, kind: int, content: bytes) -> None:
        self.data += content
        self.end_section(kind, len(content))


def _with_sum(raw: bytes) -> bytes:
    return raw + struct.pack("<I", zlib.adler32(raw))


def _padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % 16)


def _text(values: dict[str, object], method: int) -> bytes:
    rows = ["1", "main", "\t".join(values), "\t".join(map(str, values.values())), "", ""]
    raw = "\n".join(rows).encode("utf-16")
    return _padded(bz2.compress(raw) if method == 2 else zlib.compress(raw))


def _chunk(file: _File, chunk: bytes, method: int) -> bytes:
    """Append a chunk and return its entry: a pattern, compressed, or plain."""
    if chunk == chunk[:8] * (len(chunk) // 8):
        return chunk[:8] + struct.pack("<II", 8, 5)
    packed = bz2.compress(chunk) if method == 2 else zlib.compress(chunk)
    is_packed = method > 0 and len(packed) < len(chunk)
    stored = packed if is_packed else _with_sum(chunk)
    entry = struct.pack("<QII", len(file.data), len(stored), 1 if is_packed else 2)
    file.data += _padded(stored)
    return entry


def make_ex01(folder: Path, device: bytes, *, method: int, chunks_per_segment: int) -> Path:
    """Write an image and return its first segment.

    Args:
        folder: Where ``image.Ex01``, ``image.Ex02`` and so on are written.
        device: Whole sectors.
        method: 0 plain, 1 Deflate, 2 bzip2.
        chunks_per_segment: How many chunks of 32,768 bytes a file holds.
    """
    pieces = [device[at : at + CHUNK_BYTES] for at in range(0, len(device), CHUNK_BYTES)]
    starts = range(0, len(pieces), chunks_per_segment)
    for number, first in enumerate(starts, 1):
        head = b"EVF2\x0d\x0a\x81\x00\x02\x01" + struct.pack("<HI", max(method, 1), number)
        file = _File(bytearray(head + hashlib.md5(device).digest()))
        device_values = {"sn": "S-1", "md": "Disk", "ts": len(device) // 512, "bp": 512, "ph": 1}
        case = {"nm": "made", "cn": "OP-1", "ex": "A", "at": 1_700_000_000}
        case |= {"tb": len(pieces), "sb": CHUNK_BYTES // 512}
        file.add(_DEVICE, _text(device_values, method))
        file.add(_CASE, _text(case, method))
        begin = len(file.data)
        here = pieces[first : first + chunks_per_segment]
        entries = b"".join(_chunk(file, piece, method) for piece in here)
        file.end_section(_DATA, len(file.data) - begin)
        table = _with_sum(struct.pack("<QII", first, len(here), 0)) + bytes(12)
        file.add(_TABLE, table + _padded(_with_sum(entries)))
        if first == starts[-1]:
            file.add(_MD5, _padded(_with_sum(hashlib.md5(device).digest())))
            file.add(_SHA1, _padded(_with_sum(hashlib.sha1(device).digest())))
        file.end_section(_DONE if first == starts[-1] else _NEXT, 0)
        (folder / f"image.Ex{number:02}").write_bytes(file.data)
    return folder / "image.Ex01"
