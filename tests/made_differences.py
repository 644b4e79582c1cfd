"""Differencing VHD and VHDX made by hand: ``qemu-img`` makes their parents alone.

Source: Virtual Hard Disk Image Format Specification 1.0; [MS-VHDX] 2.
"""

import struct
import uuid
from pathlib import Path

from disk_images import Builder, convert

PLANTED_AT = 1 << 20
PLANTED_BYTES = 131_072
_IDENTIFIER = uuid.UUID("5b0e4d0e-0c53-4f0c-9d0a-5a7c0ff7ee11")


def older(expected: bytes) -> bytes:
    """Return the parent's disk: other bytes where the child has planted ones."""
    end = PLANTED_AT + PLANTED_BYTES
    return expected[:PLANTED_AT] + b"old " * (PLANTED_BYTES // 4) + expected[end:]


def _with_complement(raw: bytes, place: int) -> bytes:
    total = ~sum(raw[:place] + raw[place + 4 :]) & 0xFFFFFFFF
    return raw[:place] + struct.pack(">I", total) + raw[place + 4 :]


def build_vhd(folder: Path, expected: bytes) -> Path:
    """Make ``base.vhd`` by ``qemu-img`` and ``image.vhd`` that differs in 256 sectors."""
    raw = folder / "disk.raw"
    raw.write_bytes(older(expected))
    options = ("-O", "vpc", "-o", "subformat=dynamic,force_size=on")
    base = convert(raw, folder / "base.vhd", *options).read_bytes()
    footer = base[:60] + struct.pack(">I", 4) + bytes(4) + _IDENTIFIER.bytes + base[84:512]
    footer = _with_complement(footer, 64)
    blocks = -(-len(expected) // (2 << 20))
    name = "base.vhd"
    stated = f"C:\\machines\\{name}".encode("utf-16-le")
    name_at, table_at = 2048, 4096
    header = struct.pack(">8sQQIII4x", b"cxsparse", 2**64 - 1, table_at, 0x10000, blocks, 2 << 20)
    header += base[68:84] + bytes(8) + name.encode("utf-16-be").ljust(512, b"\0")
    locator = struct.pack(">4sIIIQ", b"W2ku", 512, len(stated), 0, name_at)
    header = _with_complement((header + locator).ljust(1024, b"\0"), 36)
    block_at = 8192
    table = struct.pack(">I", block_at // 512) + b"\xff" * (4 * (blocks - 1))
    first, count = PLANTED_AT // 512, PLANTED_BYTES // 512
    bitmap = bytes(first // 8) + b"\xff" * (count // 8)
    planted = bytes(PLANTED_AT) + expected[PLANTED_AT : PLANTED_AT + PLANTED_BYTES]
    head = (footer + header).ljust(name_at, b"\0") + stated
    image = head.ljust(table_at, b"\0") + table.ljust(block_at - table_at, b"\xff")
    image += bitmap.ljust(512, b"\0") + planted.ljust(2 << 20, b"\0") + footer
    path = folder / "image.vhd"
    path.write_bytes(image)
    return path


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _locator(values: dict[str, str]) -> bytes:
    head, texts = b"", b""
    start = 20 + 12 * len(values)
    for key, value in values.items():
        raw_key, raw_value = _utf16(key), _utf16(value)
        key_at = start + len(texts)
        value_at = key_at + len(raw_key)
        head += struct.pack("<IIHH", key_at, value_at, len(raw_key), len(raw_value))
        texts += raw_key + raw_value
    kind = uuid.UUID("b04aefb7-d19e-4a81-b789-25b8e9445913").bytes_le
    return kind + struct.pack("<HH", 0, len(values)) + head + texts


def build_vhdx(folder: Path, expected: bytes) -> Path:
    """Make ``base.vhdx`` by ``qemu-img``, and ``image.vhdx`` out of an empty one."""
    raw = folder / "disk.raw"
    raw.write_bytes(older(expected))
    options = ("-O", "vhdx", "-o", "subformat=dynamic,block_size=1M")
    base = convert(raw, folder / "base.vhdx", *options).read_bytes()
    heads = [base[at : at + 80] for at in (64 << 10, 128 << 10)]
    current = max(heads, key=lambda head: int.from_bytes(head[8:16], "little"))
    linkage = "{" + str(uuid.UUID(bytes_le=current[32:48])) + "}"
    with (folder / "empty.raw").open("wb") as stream:
        stream.truncate(len(expected))
    image = bytearray(convert(folder / "empty.raw", folder / "image.vhdx", *options).read_bytes())
    regions = {
        bytes(image[at : at + 16]): at for at in range((192 << 10) + 16, (192 << 10) + 80, 32)
    }
    table_at = _region(image, regions, "2dc27766-f623-4200-9d64-115e9bfd4a08")
    metadata_at = _region(image, regions, "8b7ca206-4790-4b9a-b8fe-575f050f886e")
    _add_locator(image, metadata_at, {"parent_linkage": linkage, "relative_path": ".\\base.vhdx"})
    image += bytes(-len(image) % (1 << 20))
    data_at = len(image)
    image += expected[PLANTED_AT : PLANTED_AT + PLANTED_BYTES].ljust(1 << 20, b"\0")
    bitmap = bytes(PLANTED_AT // 512 // 8) + b"\xff" * (PLANTED_BYTES // 512 // 8)
    image += bitmap.ljust(1 << 20, b"\0")
    ratio = (1 << 23) * 512 // (1 << 20)
    for index in range(len(expected) >> 20):
        struct.pack_into("<Q", image, table_at + 8 * index, 0)
    struct.pack_into("<Q", image, table_at + 8 * (PLANTED_AT >> 20), data_at | 7)
    struct.pack_into("<Q", image, table_at + 8 * ratio, (data_at + (1 << 20)) | 6)
    (folder / "image.vhdx").write_bytes(image)
    return folder / "image.vhdx"


def _region(image: bytearray, regions: dict[bytes, int], identifier: str) -> int:
    place = regions[uuid.UUID(identifier).bytes_le]
    (offset,) = struct.unpack_from("<Q", image, place + 16)
    return int(offset)


def _add_locator(image: bytearray, metadata_at: int, values: dict[str, str]) -> None:
    raw = _locator(values)
    item_at = 128 << 10
    (count,) = struct.unpack_from("<H", image, metadata_at + 10)
    kind = uuid.UUID("a8d35f2d-b30b-454d-abf7-d3d84834ab0c").bytes_le
    entry = kind + struct.pack("<III4x", item_at, len(raw), 4)
    place = metadata_at + 32 + 32 * count
    image[place : place + 32] = entry
    struct.pack_into("<H", image, metadata_at + 10, count + 1)
    image[metadata_at + item_at : metadata_at + item_at + len(raw)] = raw
    parameters = uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le
    for at in range(metadata_at + 32, place, 32):
        if image[at : at + 16] == parameters:
            (offset,) = struct.unpack_from("<I", image, at + 16)
            image[metadata_at + offset + 4] |= 2


DIFFERENCES: dict[str, tuple[str, Builder]] = {
    "vhd_differencing": ("vhd", build_vhd),
    "vhdx_differencing": ("vhdx", build_vhdx),
}
