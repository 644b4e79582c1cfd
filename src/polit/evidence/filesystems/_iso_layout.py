"""Which sessions, trees and boot images an ISO 9660 volume has.

Source: ECMA-119, 4th edition, 8 (Volume Descriptors); Joliet Specification (1995); El Torito
Bootable CD-ROM Format Specification 1.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems import _iso_records as records
from polit.evidence.filesystems._image import VolumeImage

SECTOR_BYTES = 2048
FIRST_DESCRIPTOR = 16 * SECTOR_BYTES
MAGIC = b"CD001"

_DESCRIPTORS_AT_MOST = 64
_SESSIONS_AT_MOST = 100
_SEARCHED_BYTES = 64 << 20
"""How far behind a session's end the next one is looked for: CDs leave 23 MB between them."""
_JOLIET_ESCAPES = (b"%/@", b"%/C", b"%/E")
_TORITO = b"EL TORITO SPECIFICATION"
_MEDIA_BYTES = {1: 1_228_800, 2: 1_474_560, 3: 2_949_120}
_BOOT_ENTRIES_AT_MOST = 63


@dataclass(frozen=True, slots=True)
class IsoTree:
    """One tree of folders.

    Args:
        kind: How its names are to be read.
        block: The first block of its root folder.
        size_bytes: Size of the root folder.
        skip_bytes: What precedes the system use fields of its records.
    """

    kind: int
    block: int
    size_bytes: int
    skip_bytes: int = 0


@dataclass(frozen=True, slots=True)
class IsoSession:
    """One session: its trees, the main one first, and its boot images."""

    trees: tuple[IsoTree, ...]
    boot_images: tuple[tuple[int, int], ...]
    end_bytes: int
    block_bytes: int


def find_sessions(image: VolumeImage) -> list[IsoSession]:
    """Return the sessions of a volume, the oldest first.

    Raises:
        SourceUnreadable: There is no primary descriptor.
    """
    found = [_session(image, FIRST_DESCRIPTOR)]
    while len(found) < _SESSIONS_AT_MOST:
        place = _next_session(image, found[-1].end_bytes)
        if place is None:
            break
        try:
            session = _session(image, place)
        except SourceUnreadable:
            break
        if session.trees[0] != found[-1].trees[0]:
            found.append(session)
        if session.end_bytes <= place:
            break
    return found


def _next_session(image: VolumeImage, end_bytes: int) -> int | None:
    start = max(end_bytes - end_bytes % SECTOR_BYTES, FIRST_DESCRIPTOR + SECTOR_BYTES)
    stop = min(start + _SEARCHED_BYTES, image.size_bytes)
    for at in range(start, stop, 1 << 20):
        part = image.read_at(at, min(1 << 20, stop - at))
        for offset in range(0, len(part), SECTOR_BYTES):
            if part[offset : offset + 7] == b"\x01CD001\x01":
                return at + offset
    return None


def _session(image: VolumeImage, place: int) -> IsoSession:
    primary = b""
    others: list[IsoTree] = []
    boot: list[tuple[int, int]] = []
    for raw in _descriptors(image, place):
        if raw[0] == 1 and not primary:
            primary = raw
        elif raw[0] in (1, 2):
            joliet = any(raw[88:120].startswith(escape) for escape in _JOLIET_ESCAPES)
            others.append(_tree(raw, records.JOLIET if joliet else records.PLAIN))
        elif raw[0] == 0 and raw[7:].startswith(_TORITO):
            boot += _boot_images(image, int.from_bytes(raw[71:75], "little"))
    if not primary:
        raise SourceUnreadable("ISO 9660 has no primary volume descriptor here")
    block_bytes = int.from_bytes(primary[128:130], "little")
    if block_bytes not in (512, 1024, 2048):
        raise SourceUnreadable(f"ISO 9660 states blocks of {block_bytes} bytes")
    main = _tree(primary, records.PLAIN)
    head = image.read_at(main.block * block_bytes, 255)
    skipped = records.skipped_bytes(head)
    if skipped is not None:
        main = IsoTree(records.ROCK_RIDGE, main.block, main.size_bytes, skipped)
    # Rock Ridge tells most of a file, Joliet still has its long name.
    trees = sorted([main, *others], key=lambda tree: -tree.kind)
    blocks = int.from_bytes(primary[80:84], "little")
    end = blocks * block_bytes
    return IsoSession(tuple(trees), tuple(boot), end, block_bytes)


def _descriptors(image: VolumeImage, place: int) -> Iterator[bytes]:
    for number in range(_DESCRIPTORS_AT_MOST):
        raw = image.read_at(place + number * SECTOR_BYTES, SECTOR_BYTES)
        if len(raw) < SECTOR_BYTES or raw[1:6] != MAGIC or raw[0] == 255:
            return
        yield raw


def _tree(raw: bytes, kind: int) -> IsoTree:
    root = raw[156:190]
    block = int.from_bytes(root[2:6], "little") + root[1]
    return IsoTree(kind, block, int.from_bytes(root[10:14], "little"))


def _boot_images(image: VolumeImage, catalogue_block: int) -> Iterator[tuple[int, int]]:
    """Yield first block and size in bytes of each boot image that the catalogue tells of."""
    raw = image.read_at(catalogue_block * SECTOR_BYTES, SECTOR_BYTES)
    if len(raw) < SECTOR_BYTES or raw[0] != 1 or raw[30:32] != b"\x55\xaa":
        return
    for number in range(1, _BOOT_ENTRIES_AT_MOST + 1):
        entry = raw[number * 32 : number * 32 + 32]
        if entry[0] not in (0x00, 0x88) or (not entry[0] and number > 1):
            continue
        block, sectors = int.from_bytes(entry[8:12], "little"), int.from_bytes(entry[6:8], "little")
        size = _MEDIA_BYTES.get(entry[1] & 0xF, sectors * 512)
        room = image.size_bytes - block * SECTOR_BYTES
        if block and size and room > 0:
            yield block, min(size, room)
