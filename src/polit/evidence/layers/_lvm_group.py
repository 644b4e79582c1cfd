"""A physical volume of LVM2: its label, its copies of the metadata, and what they say.

Source: the Logical Volume Manager format as described by libvslvm's documentation.
"""

import struct
import zlib
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.evidence.layers._lvm_text import Section, parse
from polit.evidence.source import ByteSource

SECTOR_BYTES = 512
LABEL_SECTORS = 4
LABEL = b"LABELONE"
_LABEL = struct.Struct("<8sQII8s")
_AREA = struct.Struct("<QQ")
_AREA_MAGIC = b" LVM2 x[5A%r0N*>"
_LOCATION = struct.Struct("<QQII")
_CRC_START = 0xF597A6CF
_AREAS_AT_MOST = 8
_TEXT_BYTES_AT_MOST = 8 << 20
_VOLUMES_AT_MOST = 512
_SEGMENTS_AT_MOST = 100_000
_IGNORED = 1


@dataclass(frozen=True, slots=True)
class Extent:
    """Consecutive bytes of a logical volume: where they lie in the physical one."""

    logical_bytes: int
    physical_bytes: int
    length_bytes: int


@dataclass(frozen=True, slots=True)
class LogicalVolume:
    """A logical volume.

    Args:
        name: As stated.
        size_bytes: The sum of its segments.
        extents: In order, without gap; empty where ``unreadable`` says why.
        unreadable: Why it is not read: another kind than linear, or parts elsewhere.
    """

    name: str
    size_bytes: int
    extents: tuple[Extent, ...]
    unreadable: str


@dataclass(frozen=True, slots=True)
class VolumeGroup:
    """What the metadata on one physical volume says.

    Args:
        name: Of the group.
        others: How many further physical volumes the group has.
        volumes: The logical volumes, in stored order.
        flaws: What is wrong with copies of the metadata.
    """

    name: str
    others: int
    volumes: tuple[LogicalVolume, ...]
    flaws: tuple[str, ...]


def read_group(volume: ByteSource) -> VolumeGroup:
    """Read the group of a physical volume.

    Raises:
        SourceUnreadable: There is no label, or no copy of the metadata that can be read.
    """
    flaws: list[str] = []
    identifier, areas = _label(volume)
    for offset, size in areas:
        text = _metadata(volume, offset, size, flaws)
        if text is not None:
            return _group(parse(text), identifier, tuple(flaws[:8]))
    raise SourceUnreadable(
        "no copy of the volume group's metadata can be read" + "".join(f"; {f}" for f in flaws[:4])
    )


def label_sector(volume: ByteSource) -> bytes:
    """Return the sector that holds the label of a physical volume, nothing where none does."""
    head = volume.read_at(0, LABEL_SECTORS * SECTOR_BYTES)
    for at in range(0, len(head), SECTOR_BYTES):
        if head.startswith(LABEL, at) and head[at + 24 : at + 32] == b"LVM2 001":
            return head[at : at + SECTOR_BYTES]
    return b""


def _label(volume: ByteSource) -> tuple[str, list[tuple[int, int]]]:
    """Return the physical volume's identifier and the places of its metadata."""
    sector = label_sector(volume)
    if len(sector) < SECTOR_BYTES:
        raise SourceUnreadable("there is no label of a physical volume")
    at = _LABEL.unpack_from(sector)[3]
    identifier = sector[at : at + 32].decode("ascii", "replace")
    _, at = _areas(sector, at + 40)
    areas, _ = _areas(sector, at)
    return identifier, areas


def _areas(sector: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    found: list[tuple[int, int]] = []
    while at + _AREA.size <= len(sector) and len(found) <= _AREAS_AT_MOST:
        offset, size = _AREA.unpack_from(sector, at)
        at += _AREA.size
        if not offset:
            break
        found.append((offset, size))
    return found, at


def _metadata(volume: ByteSource, offset: int, size: int, flaws: list[str]) -> str | None:
    name = f"the copy of the metadata at {offset}"
    head = volume.read_at(offset, SECTOR_BYTES)
    if len(head) < SECTOR_BYTES or head[4:20] != _AREA_MAGIC:
        flaws.append(f"{name} has no header")
        return None
    if _crc(head[4:]) != int.from_bytes(head[:4], "little"):
        flaws.append(f"{name} has a header that does not agree with its checksum")
    place, length, checksum, flags = _LOCATION.unpack_from(head, 40)
    if not length or flags & _IGNORED:
        return None
    if length > min(_TEXT_BYTES_AT_MOST, max(size - SECTOR_BYTES, 0)) or not (
        SECTOR_BYTES <= place < size
    ):
        flaws.append(f"{name} states figures that cannot be")
        return None
    first = min(length, size - place)
    text = volume.read_at(offset + place, first)
    text += volume.read_at(offset + SECTOR_BYTES, length - first)  # the area is a ring
    if _crc(text) != checksum:
        flaws.append(f"{name} does not agree with its checksum")
        return None
    return text.rstrip(b"\0").decode("utf-8", "replace")


def _crc(data: bytes) -> int:
    """Return LVM's checksum: CRC-32 with another start and without the final inversion."""
    return zlib.crc32(data, _CRC_START ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def _group(root: Section, identifier: str, flaws: tuple[str, ...]) -> VolumeGroup:
    name, group = next(
        ((name, one) for name, one in root.items() if isinstance(one, dict)), ("", {})
    )
    physical = _section(group, "physical_volumes")
    own = {
        name: _figure(_as_section(one), "pe_start")
        for name, one in physical.items()
        if str(_as_section(one).get("id", "")).replace("-", "") == identifier
    }
    extent_bytes = _figure(group, "extent_size") * SECTOR_BYTES
    if not extent_bytes:
        raise SourceUnreadable("the volume group's metadata states no size of its extents")
    stated = list(_section(group, "logical_volumes").items())
    volumes = [
        _volume(name, _as_section(one), own, extent_bytes)
        for name, one in stated[:_VOLUMES_AT_MOST]
    ]
    if len(stated) > _VOLUMES_AT_MOST:
        flaws = (*flaws, f"{len(stated)} logical volumes are stated: {_VOLUMES_AT_MOST} are read")
    return VolumeGroup(name, len(physical) - len(own), tuple(volumes), flaws)


def _volume(name: str, stated: Section, own: dict[str, int], extent_bytes: int) -> LogicalVolume:
    segments = [one for key, one in stated.items() if key.startswith("segment")]
    found = [_as_section(one) for one in segments if isinstance(one, dict)][:_SEGMENTS_AT_MOST]
    found.sort(key=lambda one: _figure(one, "start_extent"))
    size = sum(_figure(one, "extent_count") for one in found) * extent_bytes
    extents: list[Extent] = []
    logical = 0
    for one in found:
        why = _unreadable(one, own)
        if why or _figure(one, "start_extent") * extent_bytes != logical:
            return LogicalVolume(name, size, (), why or "its segments leave gaps or overlap")
        stripes = one["stripes"]
        place, first = str(_item(stripes, 0)), _item(stripes, 1)
        length = _figure(one, "extent_count") * extent_bytes
        start = own[place] * SECTOR_BYTES + int(str(first)) * extent_bytes
        extents.append(Extent(logical, start, length))
        logical += length
    return LogicalVolume(name, size, tuple(extents), "" if extents else "it has no segments")


def _unreadable(segment: Section, own: dict[str, int]) -> str:
    kind = str(segment.get("type", ""))[:40]
    if kind != "striped" or segment.get("stripe_count") != 1:
        return f"it is of type {kind or 'unknown'}, only linear ones are read by this version"
    stripes = segment.get("stripes")
    if not isinstance(stripes, list) or len(stripes) != 2 or not isinstance(stripes[1], int):
        return "its segment states no place"
    if not isinstance(stripes[0], str) or stripes[0] not in own:
        return "a part of it lies on another physical volume, which is not at hand here"
    return "" if stripes[1] >= 0 else "its segment states no place"


def _item(values: object, position: int) -> object:
    return values[position] if isinstance(values, list) else None


def _section(section: Section, name: str) -> Section:
    return _as_section(section.get(name, {}))


def _as_section(value: object) -> Section:
    return value if isinstance(value, dict) else {}


def _figure(section: Section, name: str) -> int:
    value = section.get(name, 0)
    return value if isinstance(value, int) and 0 <= value < 1 << 54 else 0
