"""Whole disks: partition tables on a plain file, filled with the file-system images.

Tables are written by ``sfdisk``; each partition is filled by copying an image into its range.
The expected list names each volume by its offset; its number counts the partitions from 1 in
the order of their offsets.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evidence import contents
from evidence.exfat import build_exfat_own
from evidence.ext import build_ext4
from evidence.fat import build_fat12, build_fat16
from evidence.ntfs import build_ntfs
from evidence.tools import blank, run
from evidence.truth import Truth, joined

SECTOR_BYTES = 512
_FillBuilder = Callable[[Path], tuple[Path, Truth]]


@dataclass(frozen=True, slots=True)
class Place:
    """One partition to come.

    Args:
        first_sector: Where it begins.
        sectors: How long it is.
        kind: What sfdisk calls its type.
        fill: What makes its content, or ``None`` for an extended partition.
    """

    first_sector: int
    sectors: int
    kind: str
    fill: _FillBuilder | None


def build_unknown(folder: Path) -> tuple[Path, Truth]:
    """Make a volume that nobody opens: a LUKS2 magic number and noise behind it."""
    image = folder / "unknown.dd"
    header = b"LUKS\xba\xbe\x00\x02" + contents.noise(300, 4088)
    image.write_bytes(header + contents.noise(301, (2 << 20) - 4096))
    return image, Truth(())


def build_swap(folder: Path) -> tuple[Path, Truth]:
    """Make a swap volume with ``mkswap``."""
    image = blank(folder / "swap.dd", 2 << 20)
    run(["mkswap", "-U", "20240601-0000-4000-8000-000000005a9f", image])
    return image, Truth(())


MIB = (1 << 20) // SECTOR_BYTES
MBR_PLACES = (
    Place(1 * MIB, 20 * MIB, "6", build_fat16),
    Place(23 * MIB, 24 * MIB, "7", build_ntfs),
    Place(48 * MIB, 34 * MIB, "5", None),
    Place(49 * MIB, 4 * MIB, "1", build_fat12),
    Place(55 * MIB, 24 * MIB, "83", build_ext4),
    Place(80 * MIB, 2 * MIB, "83", build_unknown),
)
"""MBR: two primary partitions, an extended one with three logical ones, gaps between them."""

GPT_PLACES = (
    Place(1 * MIB, 24 * MIB, "linux", build_ext4),
    Place(27 * MIB, 24 * MIB, "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", build_ntfs),
    Place(51 * MIB, 24 * MIB, "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", build_exfat_own),
    Place(76 * MIB, 2 * MIB, "swap", build_swap),
)
"""GPT: three file systems and swap, with gaps."""


def build_mbr(folder: Path) -> tuple[Path, Truth]:
    """Build with ``sfdisk`` (label dos) on a file of 84 MiB; partitions filled by copying."""
    script = ["label: dos", "label-id: 0x20240601", "unit: sectors"]
    for number, place in enumerate(MBR_PLACES, 1):
        slot = number if number <= 3 else number + 1
        where = f"start={place.first_sector}, size={place.sectors}"
        script.append(f"{slot} : {where}, type={place.kind}")
    return _build(folder / "mbr.dd", 84 << 20, script, MBR_PLACES)


def build_gpt(folder: Path) -> tuple[Path, Truth]:
    """Build with ``sfdisk`` (label gpt) on a file of 80 MiB; partitions filled by copying."""
    script = ["label: gpt", "label-id: 20240601-0000-4000-8000-0000000006b7", "unit: sectors"]
    for number, place in enumerate(GPT_PLACES, 1):
        unique = f"20240601-0000-4000-8000-00000000000{number}"
        place_text = f"start={place.first_sector}, size={place.sectors}, type={place.kind}"
        script.append(f"{number} : {place_text}, uuid={unique}, name=part{number}")
    return _build(folder / "gpt.dd", 80 << 20, script, GPT_PLACES)


def _build(
    image: Path, size_bytes: int, script: list[str], places: tuple[Place, ...]
) -> tuple[Path, Truth]:
    blank(image, size_bytes)
    table = "\n".join(script).encode()
    run(["sfdisk", "-q", "--no-reread", "--no-tell-kernel", image], given=table)
    truths = []
    filled = [place for place in places if place.fill is not None]
    with image.open("r+b") as disk:
        for number, place in enumerate(filled, 1):
            assert place.fill is not None
            part, planted = place.fill(image.parent)
            data = part.read_bytes()
            if len(data) > place.sectors * SECTOR_BYTES:
                raise AssertionError(f"{part.name} does not fit into its partition")
            disk.seek(place.first_sector * SECTOR_BYTES)
            disk.write(data)
            part.unlink()
            offset_bytes = place.first_sector * SECTOR_BYTES
            truths.append(planted.on_volume(number, offset_bytes=offset_bytes))
    return image, joined(truths)


def table_of(image: Path) -> list[tuple[int, int]]:
    """Return first sector and length of each partition, as ``sfdisk --dump`` tells them."""
    told = run(["sfdisk", "--dump", image]).decode()
    found = re.findall(r"start= *(\d+), size= *(\d+)", told)
    return [(int(first), int(sectors)) for first, sectors in found]


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


DISKS = {"mbr": build_mbr, "gpt": build_gpt}
"""Whole disks by name."""
