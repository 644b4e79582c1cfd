"""What a QCOW image says of itself: header, extensions, snapshots, backing file. Bounded.

Source: QEMU, docs/interop/qcow2.txt (version 2 and 3); block/qcow.c of QEMU 7.2 (version 1).
"""

import struct
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.base.text import visible
from polit.evidence.companions import Companion, companion
from polit.evidence.segments import Segment, read_segment

MAGIC = b"QFI\xfb"

_HEAD_BYTES = 4096
_MAXIMUM_NAME_BYTES = 1023
_MAXIMUM_SNAPSHOTS = 64
_BACKING_FORMAT = 0xE2792ACA
_DATA_FILE = 0x44415441
_DIRTY, _CORRUPT, _EXTERNAL, _COMPRESSION, _EXTENDED = 1, 2, 4, 8, 16
_KNOWN_FEATURES = _DIRTY | _CORRUPT | _EXTERNAL | _COMPRESSION | _EXTENDED


@dataclass(frozen=True, slots=True)
class QcowFacts:
    """A header as stated.

    Args:
        version: 1, 2 or 3.
        size_bytes: Of the virtual disk.
        cluster_bits: Power of two of a cluster.
        l2_bits: Power of two of the entries of a table.
        l1_offset_bytes: Where the first table stands.
        l1_entries: How many entries it has.
        encryption: 0 for none.
        features: Incompatible feature bits.
        is_zstd: Whether compressed clusters are Zstandard instead of Deflate.
        backing_name: Stated name of the backing file, empty where there is none.
        backing_format: Stated format of it, such as ``raw``, empty where not stated.
        data_name: Stated name of an external data file.
        snapshots: How many internal snapshots there are.
        snapshots_offset_bytes: Where they are listed.
    """

    version: int
    size_bytes: int
    cluster_bits: int
    l2_bits: int
    l1_offset_bytes: int
    l1_entries: int
    encryption: int
    features: int
    is_zstd: bool
    backing_name: str
    backing_format: str
    data_name: str
    snapshots: int
    snapshots_offset_bytes: int

    @property
    def is_dirty(self) -> bool:
        """Whether the image was not closed."""
        return bool(self.features & _DIRTY)

    @property
    def is_corrupt(self) -> bool:
        """Whether its program found its tables inconsistent."""
        return bool(self.features & _CORRUPT)

    @property
    def has_data_file(self) -> bool:
        """Whether the clusters stand in another file."""
        return bool(self.features & _EXTERNAL)

    @property
    def is_extended(self) -> bool:
        """Whether clusters are told of in 32 parts."""
        return bool(self.features & _EXTENDED)

    @property
    def unknown_features(self) -> int:
        """Feature bits that nobody knew when this was written."""
        return self.features & ~_KNOWN_FEATURES


def read_qcow(segment: Segment) -> QcowFacts | None:
    """Read the header of a QCOW image; ``None`` where the file is none, or is cut short."""
    raw = read_segment(segment, 0, _HEAD_BYTES)
    if not raw.startswith(MAGIC) or len(raw) < 72:
        return None
    version, name_at, name_bytes = struct.unpack_from(">IQI", raw, 4)
    name = _text(read_segment(segment, name_at, min(name_bytes, _MAXIMUM_NAME_BYTES)))
    name = name if name_at else ""
    if version == 1:
        size, cluster_bits, l2_bits, encryption, l1_at = struct.unpack_from(">QBBxxIQ", raw, 24)
        shift = cluster_bits + l2_bits
        entries = (size + (1 << shift) - 1) >> shift if shift < 64 else 0
        return QcowFacts(
            *(1, size, cluster_bits, l2_bits, l1_at, entries, encryption),
            *(0, False, name, "", "", 0, 0),
        )
    cluster_bits, size, encryption, entries, l1_at = struct.unpack_from(">IQIIQ", raw, 20)
    snapshots, snapshots_at = struct.unpack_from(">IQ", raw, 60)
    features, header_bytes, method = 0, 72, 0
    if version >= 3 and len(raw) >= 105:
        (features,) = struct.unpack_from(">Q", raw, 72)
        (header_bytes,) = struct.unpack_from(">I", raw, 100)
        method = raw[104] if header_bytes >= 105 else 0
    extensions = _extensions(raw, header_bytes)
    l2_bits = cluster_bits - (4 if features & _EXTENDED else 3)
    return QcowFacts(
        *(version, size, cluster_bits, l2_bits, l1_at, entries, encryption, features),
        *(method == 1, name, extensions.get(_BACKING_FORMAT, "")),
        *(extensions.get(_DATA_FILE, ""), snapshots, snapshots_at),
    )


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _extensions(raw: bytes, place: int) -> dict[int, str]:
    found: dict[int, str] = {}
    while place + 8 <= len(raw):
        kind, length = struct.unpack_from(">II", raw, place)
        if kind == 0:
            break
        if kind in {_BACKING_FORMAT, _DATA_FILE}:
            found[kind] = _text(raw[place + 8 : place + 8 + min(length, _MAXIMUM_NAME_BYTES)])
        place += 8 + (length + 7) // 8 * 8
    return found


def snapshot_names(segment: Segment, facts: QcowFacts) -> tuple[str, ...]:
    """Return the names of internal snapshots, at most 64, in stored order."""
    names: list[str] = []
    place = facts.snapshots_offset_bytes
    for _ in range(min(facts.snapshots, _MAXIMUM_SNAPSHOTS)):
        raw = read_segment(segment, place, 40)
        if len(raw) < 40:
            break
        id_bytes, name_bytes = struct.unpack_from(">HH", raw, 12)
        (extra_bytes,) = struct.unpack_from(">I", raw, 36)
        named_at = place + 40 + extra_bytes + id_bytes
        names.append(visible(_text(read_segment(segment, named_at, min(name_bytes, 255)))))
        place = (named_at + name_bytes + 7) // 8 * 8
    return tuple(names)


def backing_companion(segment: Segment, facts: QcowFacts) -> Companion:
    """Return the backing file.

    Raises:
        SourceUnreadable: It is stated in a form that names no file.
    """
    if facts.backing_name.startswith("json:"):
        raise SourceUnreadable(
            f"{segment.name} describes its backing file as a connection, not as a file: "
            "convert it to one file where that connection can be made"
        )
    return companion([facts.backing_name], "its backing file", of=segment.name, is_parent=True)


def data_companion(segment: Segment, facts: QcowFacts) -> Companion:
    """Return the external data file.

    Raises:
        SourceUnreadable: No file name is stated.
    """
    return companion([facts.data_name], "its data file", of=segment.name)


def companions_of(segment: Segment) -> tuple[Companion, ...]:
    """Return the backing file and the data file that a QCOW image asks for.

    Raises:
        SourceUnreadable: They have no names.
    """
    facts = read_qcow(segment)
    if facts is None:
        return ()
    wanted = [backing_companion(segment, facts)] if facts.backing_name else []
    if facts.has_data_file:
        wanted.append(data_companion(segment, facts))
    return tuple(wanted)
