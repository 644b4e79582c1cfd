"""Images of virtual machines from one raw disk, made by ``qemu-img``; and Apple ones by hand.

``qemu-img convert -f raw -O FORMAT -o OPTIONS disk.raw TARGET``: see each name in ``DISKS``.
"""

import base64
import bz2
import plistlib
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from evidence.tools import run
from made_ex01 import make_ex01

Builder = Callable[[Path, bytes], Path]
_PACKERS: dict[int, Callable[[bytes], bytes]] = {
    0x80000005: zlib.compress,
    0x80000006: bz2.compress,
}


def convert(raw: Path, target: Path, *options: str) -> Path:
    """Run ``qemu-img convert -q -f raw OPTIONS RAW TARGET``."""
    run(["qemu-img", "convert", "-q", "-f", "raw", *options, raw, target])
    return target


def raw_again(image: Path) -> bytes:
    """Return what ``qemu-img convert -O raw`` reads from an image: the second tool."""
    target = image.with_name(image.name + ".again")
    # A fixed VHD says at its end what it is, where QEMU does not look by itself.
    kind = ["-f", "vpc"] if image.suffix == ".vhd" else []
    run(["qemu-img", "convert", "-q", *kind, "-O", "raw", image, target])
    return target.read_bytes()


def converted(suffix: str, kind: str, *options: str) -> Builder:
    """Return a builder of one format."""

    def build(folder: Path, expected: bytes) -> Path:
        raw = folder / "disk.raw"
        raw.write_bytes(expected)
        options_here = [one.replace("DATA_FILE", str(folder / "data.bin")) for one in options]
        settings = [part for option in options_here for part in ("-o", option)]
        packed = ["-c"] if "packed" in suffix else []
        target = folder / f"image.{suffix.removeprefix('packed.')}"
        return convert(raw, target, "-O", kind, *packed, *settings)

    return build


def layered(suffix: str, kind: str) -> Builder:
    """Return a builder of an image with a parent that holds other bytes in some places."""

    def build(folder: Path, expected: bytes) -> Path:
        older = bytearray(expected)
        older[1 << 20 : (1 << 20) + 131_072] = b"old " * 32_768
        (folder / "disk.raw").write_bytes(older)
        (folder / "new.raw").write_bytes(expected[1 << 20 : (1 << 20) + 131_072])
        base = convert(folder / "disk.raw", folder / f"base.{suffix}", "-O", kind)
        image = folder / f"image.{suffix}"
        run(["qemu-img", "create", "-q", "-f", kind, "-b", base, "-F", kind, image])
        source = f"write -s {folder / 'new.raw'} 1M 128k"
        run(["qemu-io", "-f", kind, "-c", source, image])
        return image

    return build


def made_dmg(expected: bytes, kind_of_chunks: int) -> bytes:
    """Return a UDIF image whose chunks are of one kind, or plain, or zeros.

    Source: the structures as hdiutil writes them (``koly`` trailer, ``mish`` tables).
    """
    step, data, rows = 256 << 10, bytearray(), []
    for number, place in enumerate(range(0, len(expected), step)):
        chunk = expected[place : place + step]
        kind, stored = kind_of_chunks, _PACKERS[kind_of_chunks](chunk)
        if number % 3 == 2:
            kind, stored = 1, chunk
        if number % 5 == 4:
            kind, stored = 0x80000004, literal_adc(chunk)
        if not any(chunk):
            kind, stored = 2, b""
        sectors = (place // 512, len(chunk) // 512)
        rows.append(struct.pack(">II4Q", kind, 0, *sectors, len(data), len(stored)))
        data += stored
    rows.append(struct.pack(">II4Q", 0xFFFFFFFF, 0, len(expected) // 512, 0, len(data), 0))
    head = struct.pack(">4sIQQQII", b"mish", 1, 0, len(expected) // 512, 0, step // 512 + 8, 0)
    table = head + bytes(24) + bytes(136) + struct.pack(">I", len(rows)) + b"".join(rows)
    block = {"Attributes": "0x0050", "CFName": "disk", "Data": table, "ID": "0", "Name": "disk"}
    plist = plistlib.dumps({"resource-fork": {"blkx": [block]}})
    assert base64.b64encode(table)[:8] in plist
    trailer = struct.pack(">4sIII5QII", b"koly", 4, 512, 1, 0, 0, len(data), 0, 0, 1, 1)
    trailer += bytes(16) + bytes(136) + struct.pack(">QQ", len(data), len(plist)) + bytes(120)
    trailer += bytes(136) + struct.pack(">IQ", 1, len(expected) // 512) + bytes(12)
    return bytes(data) + plist + trailer


def ex01(method: int, chunks_per_segment: int) -> Builder:
    """Return a builder of ``make_ex01``."""

    def build(folder: Path, expected: bytes) -> Path:
        return make_ex01(folder, expected, method=method, chunks_per_segment=chunks_per_segment)

    return build


def literal_adc(chunk: bytes) -> bytes:
    """Return Apple Data Compression of literals alone, and of one long run where all is alike."""
    if chunk == chunk[:1] * len(chunk):
        runs, rest = divmod(len(chunk) - 1, 67)
        tail = bytes([0x80 + rest - 1]) + chunk[:rest] if rest else b""
        return b"\x80" + chunk[:1] + b"\x7f\0\0" * runs + tail
    parts = [chunk[place : place + 128] for place in range(0, len(chunk), 128)]
    return b"".join(bytes([0x7F + len(part)]) + part for part in parts)


def dmg(kind_of_chunks: int) -> Builder:
    """Return a builder of ``made_dmg``."""

    def build(folder: Path, expected: bytes) -> Path:
        path = folder / "image.dmg"
        path.write_bytes(made_dmg(expected, kind_of_chunks))
        return path

    return build


_VMDKS = ("monolithicSparse", "monolithicFlat", "streamOptimized")
_SPLIT_VMDKS = ("twoGbMaxExtentSparse", "twoGbMaxExtentFlat")
DISKS: dict[str, tuple[str, Builder]] = {
    **{
        f"vmdk_{kind}": ("vmdk", converted("vmdk", "vmdk", f"subformat={kind}"))
        for kind in (*_VMDKS, *_SPLIT_VMDKS)
    },
    "vmdk_with_parent": ("vmdk", layered("vmdk", "vmdk")),
    "vhd_dynamic": ("vhd", converted("vhd", "vpc", "subformat=dynamic,force_size=on")),
    "vhd_fixed": ("vhd", converted("vhd", "vpc", "subformat=fixed,force_size=on")),
    "vhdx_dynamic": ("vhdx", converted("vhdx", "vhdx", "subformat=dynamic")),
    "vhdx_fixed": ("vhdx", converted("vhdx", "vhdx", "subformat=fixed")),
    "qcow_version_1": ("qcow", converted("qcow", "qcow")),
    "qcow_version_2": ("qcow", converted("qcow2", "qcow2", "compat=0.10")),
    "qcow_version_3": ("qcow", converted("qcow2", "qcow2")),
    "qcow_deflated": ("qcow", converted("packed.qcow2", "qcow2")),
    "qcow_zstandard": ("qcow", converted("packed.qcow2", "qcow2", "compression_type=zstd")),
    "qcow_extended": ("qcow", converted("qcow2", "qcow2", "extended_l2=on,cluster_size=128k")),
    "qcow_data_file": ("qcow", converted("qcow2", "qcow2", "data_file=DATA_FILE")),
    "qcow_with_backing": ("qcow", layered("qcow2", "qcow2")),
    "ex01_plain": ("ex01", ex01(0, 1000)),
    "ex01_deflate_segments": ("ex01", ex01(1, 40)),
    "ex01_bzip2": ("ex01", ex01(2, 1000)),
    "dmg_zlib": ("dmg", dmg(0x80000005)),
    "dmg_bzip2": ("dmg", dmg(0x80000006)),
}
