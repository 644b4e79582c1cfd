"""A physical volume of LVM2 with its group's metadata, written without device mapper.

libvslvm reads it back: it is the second reader. Source: the Logical Volume Manager format as
described by libvslvm's documentation.
"""

import struct
import zlib
from itertools import pairwise
from pathlib import Path

EXTENT_BYTES = 64 << 10
PE_START_BYTES = 1 << 20
_UUIDS = ("a" * 32, "b" * 32)
_AREA_AT, _AREA_BYTES = 4096, PE_START_BYTES - 4096


def crc(data: bytes) -> int:
    """Return LVM's checksum."""
    return zlib.crc32(data, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def dashed(identifier: str) -> str:
    """Return an identifier as the metadata writes it."""
    cuts = (0, 6, 10, 14, 18, 22, 26, 32)
    return "-".join(identifier[a:b] for a, b in pairwise(cuts))


def segment(number: int, start: int, count: int, place: str, kind: str = "striped") -> str:
    """Return a segment of ``count`` extents; ``place`` such as ``"pv0", 3``."""
    return _section(
        f"segment{number}",
        f"start_extent = {start}",
        f"extent_count = {count}",
        "",
        f'type = "{kind}"',
        "stripe_count = 1\t# linear",
        "",
        "stripes = [",
        place,
        "]",
    )


def volume(name: str, number: int, *segments: str) -> str:
    """Return a logical volume."""
    return _section(
        name,
        f'id = "{dashed(str(number) * 32)}"',
        'status = ["READ", "WRITE", "VISIBLE"]',
        "flags = []",
        f"segment_count = {len(segments)}",
        "",
        *segments,
    )


def metadata(volumes: str, *, extents: int, others: int = 0) -> str:
    """Return the metadata of a group of one physical volume, and of others that are absent."""
    physical = [
        _section(
            f"pv{n}",
            f'id = "{dashed(_UUIDS[n])}"',
            f'device = "/dev/x{n}"',
            'status = ["ALLOCATABLE"]',
            "flags = []",
            f"dev_size = {extents * EXTENT_BYTES // 512 + 4096}",
            f"pe_start = {PE_START_BYTES // 512}",
            f"pe_count = {extents}",
        )
        for n in range(1 + others)
    ]
    group = _section(
        "group",
        f'id = "{dashed("c" * 32)}"',
        "seqno = 3",
        'format = "lvm2"',
        'status = ["RESIZEABLE", "READ", "WRITE"]',
        "flags = []",
        f"extent_size = {EXTENT_BYTES // 512}",
        "max_lv = 0",
        "max_pv = 0",
        "metadata_copies = 0",
        "",
        _section("physical_volumes", "", *physical),
        _section("logical_volumes", "", volumes),
    )
    told = ('contents = "Text Format Volume Group"', "version = 1", "", 'description = ""', "")
    return "\n".join((group, *told, 'creation_host = "test"', "creation_time = 1717243200", ""))


def _section(name: str, *lines: str) -> str:
    return "\n".join((f"{name} {{", *lines, "}", ""))


def write_physical(path: Path, text: str, extents: bytes, *, text_at: int = 512) -> None:
    """Write a physical volume.

    Args:
        path: The image to make.
        text: The metadata.
        extents: What lies in its extents, whole ones.
        text_at: Where in its area the metadata begins: near the end it wraps around.
    """
    image = bytearray(PE_START_BYTES + len(extents))
    image[PE_START_BYTES:] = extents
    header = _UUIDS[0].encode() + struct.pack("<Q", len(image))
    header += struct.pack("<QQQQ", PE_START_BYTES, 0, 0, 0)
    header += struct.pack("<QQQQ", _AREA_AT, _AREA_BYTES, 0, 0)
    label = struct.pack("<I8s", 32, b"LVM2 001") + header
    label = label.ljust(512 - 20, b"\0")
    image[512:1024] = struct.pack("<8sQI", b"LABELONE", 1, crc(label)) + label
    raw = text.encode() + b"\0"
    area = struct.pack("<16sIQQ", b" LVM2 x[5A%r0N*>", 1, _AREA_AT, _AREA_BYTES)
    area += struct.pack("<QQII", text_at, len(raw), crc(raw), 0)
    area = area.ljust(508, b"\0")
    image[_AREA_AT : _AREA_AT + 512] = struct.pack("<I", crc(area)) + area
    first = raw[: _AREA_BYTES - text_at]
    image[_AREA_AT + text_at : _AREA_AT + text_at + len(first)] = first
    rest = raw[len(first) :]
    image[_AREA_AT + 512 : _AREA_AT + 512 + len(rest)] = rest
    path.write_bytes(image)
