"""Images that mean harm: containers, tables, layers and file systems, by kind."""

import random
import struct
from collections.abc import Callable
from pathlib import Path

from container_images import MadeImage, with_sum

from evidence import catalogue, logical_images, lvm
from evidence.contents import noise
from evidence.tools import blank, run

_STARTS = {"ext4": 1024, "hfs": 1026, "iso9660": 0x8000 + 80, "udf": 256 * 2048 + 16}
Build = Callable[[Path], Path]


def _e01_loop(folder: Path) -> Path:
    image = MadeImage()
    image.add_volume(1, 64)
    start = image.add("sectors", with_sum(b"\1" * 32_768)) + 76
    image.add_table([start])
    image.add("header", following=13)
    return _written(folder / "loop.E01", image.end())


def _e01_huge(folder: Path) -> Path:
    image = MadeImage()
    image.add_volume(0xFFFF_FFFF, 1 << 60)
    start = image.add("sectors", with_sum(b"\1" * 32_768)) + 76
    image.add_table([start])
    return _written(folder / "huge.E01", image.end())


def _qcow(folder: Path, *options: str) -> Path:
    image = folder / "image.qcow2"
    run(["qemu-img", "create", "-q", "-f", "qcow2", *options, image, "8M"])
    return image


def _qcow_huge(folder: Path) -> Path:
    image = _qcow(folder)
    data = bytearray(image.read_bytes())
    struct.pack_into(">Q", data, 24, 1 << 60)
    return _written(image, bytes(data))


def _qcow_of_host(folder: Path) -> Path:
    return _qcow(folder, "-u", "-b", "/etc/passwd", "-F", "raw")


def _vmdk_of_host(folder: Path) -> Path:
    text = (
        "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\n"
        'createType="monolithicFlat"\nRW 4 FLAT "/etc/passwd" 0\n'
        'RW 4 FLAT "../../../../etc/passwd" 0\n'
    )
    return _written(folder / "host.vmdk", text.encode())


def _dmg_cut(folder: Path) -> Path:
    return _written(folder / "cut.dmg", noise(8, 40_000) + b"koly" + b"\xff" * 508)


def _aff4_lies(folder: Path) -> Path:
    image = folder / "lies.aff4"
    ranges = [logical_images.MapRange(0, 1 << 62, 0, 0), logical_images.MapRange(9, 99, 0, 77)]
    logical_images.write_aff4(image, noise(9, 65_536), ranges=ranges, size=1 << 20)
    return image


def _ad1_loop(folder: Path) -> Path:
    image = folder / "loop.ad1"
    logical_images.write_ad1(image, logical_images.planted_tree())
    raw = bytearray(image.read_bytes())
    first = int.from_bytes(raw[548:556], "little")
    second = int.from_bytes(raw[512 + first : 520 + first], "little")
    struct.pack_into("<Q", raw, 512 + second, first)
    return _written(image, bytes(raw))


def _l01_cut(folder: Path) -> Path:
    image = folder / "cut.L01"
    logical_images.write_l01(image, logical_images.planted_tree())
    return _written(image, image.read_bytes()[:-1500])


def _extended_loop(folder: Path) -> Path:
    image = bytearray(4 << 20)
    image[446:462] = struct.pack("<8B2I", 0, 0, 0, 0, 5, 0, 0, 0, 2048, 4096)
    image[510:512] = image[(1 << 20) + 510 : (1 << 20) + 512] = b"\x55\xaa"
    at = (1 << 20) + 446
    image[at : at + 32] = struct.pack("<8B2I", 0, 0, 0, 0, 6, 0, 0, 0, 63, 100) + struct.pack(
        "<8B2I", 0, 0, 0, 0, 5, 0, 0, 0, 0, 4096
    )
    return _written(folder / "loop.dd", bytes(image))


def _lvm_lies(folder: Path) -> Path:
    image = folder / "lies.dd"
    volume = lvm.volume("large", 1, lvm.segment(1, 0, 1 << 40, '"pv0", 0'))
    lvm.write_physical(image, lvm.metadata(volume, extents=8), noise(10, 8 * lvm.EXTENT_BYTES))
    return image


def _lvm_deep(folder: Path) -> Path:
    image = folder / "deep.dd"
    lvm.write_physical(image, "a { " * 5000, noise(11, 8 * lvm.EXTENT_BYTES))
    return image


def _flipped(kind: str) -> Build:
    """Flip bits in the first figures and all over the structures of a sound volume."""

    def build(folder: Path) -> Path:
        raw = catalogue.built(kind)[0]
        image = blank(folder / f"{kind}.dd", raw.stat().st_size)
        chance = random.Random(kind)
        with raw.open("rb") as given, image.open("r+b") as target:
            for at in range(0, min(raw.stat().st_size, 64 << 20), 4096):
                block = bytearray(given.read(4096))
                if any(block):
                    if chance.random() < 0.05:
                        block[chance.randrange(len(block))] ^= 1 << chance.randrange(8)
                    target.seek(at)
                    target.write(block)
            target.seek(_STARTS.get(kind, 11) + chance.randrange(100))
            target.write(b"\xff")
        return image

    return build


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


CASES: dict[str, tuple[str, Build]] = {
    "E01 whose sections lead back": ("container", _e01_loop),
    "E01 that states 2^60 sectors": ("container", _e01_huge),
    "QCOW2 that states 2^60 bytes": ("container", _qcow_huge),
    "QCOW2 backed by a file of the host": ("container", _qcow_of_host),
    "VMDK of a file of the host": ("container", _vmdk_of_host),
    "DMG of noise": ("container", _dmg_cut),
    "AFF4 whose map leads beyond its stream": ("container", _aff4_lies),
    "AD1 whose items lead back": ("logical image", _ad1_loop),
    "L01 that is cut": ("logical image", _l01_cut),
    "extended partitions that lead back": ("partition table", _extended_loop),
    "LVM volume beyond its group": ("layer", _lvm_lies),
    "LVM metadata 5000 deep": ("layer", _lvm_deep),
    **{
        f"{kind} with flipped bits": ("file system", _flipped(kind))
        for kind in ("fat16", "exfat", "ntfs", "ext4", "hfs", "iso9660", "udf")
    },
}
"""By name: the kind, and what makes the image in an empty folder."""
