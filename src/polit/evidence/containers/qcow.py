"""QCOW images (QEMU), version 1 to 3: compressed, with backing or data files; never locked ones.

Read by polit's own small reader: libqcow gave wrong bytes for compressed clusters, without an
error (ADR 0032). What the image does not hold comes from its backing file, else it is zeros.
"""

from collections.abc import Sequence

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, StoredDigest
from polit.evidence.companions import MAXIMUM_DEPTH, Companion
from polit.evidence.containers import raw
from polit.evidence.containers._chain import (
    check_all_used,
    check_size,
    from_parent,
    read_whole,
    segment_of,
)
from polit.evidence.containers._qcow_clusters import (
    DATA,
    PACKED,
    PARENT,
    ZEROS,
    ClusterMap,
    Place,
    unpack,
)
from polit.evidence.containers._qcow_facts import (
    MAGIC,
    QcowFacts,
    backing_companion,
    data_companion,
    read_qcow,
    snapshot_names,
)
from polit.evidence.ranges import BadRanges
from polit.evidence.segments import Segment, read_segment
from polit.evidence.source import BadRange, ByteSource, SourceProblem

ORDER = 330
NAME = "qcow"

_SECTOR_BITS, _MAXIMUM_BITS = 9, 21
_MAXIMUM_TABLES = 4 << 20
"""QEMU takes no first table over 32 MiB either."""
_KEPT_BYTES = 8 << 20


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what has the signature."""
    del names, untrusted_tail
    return untrusted_head.startswith(MAGIC)


def open_source(segments: Sequence[Segment]) -> "QcowSource":
    """Open a QCOW image with its backing files; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: It is encrypted, of a kind nobody knows, or its header lies.
    """
    used: list[str] = []
    source = _opened(segments[0], segments, used)
    check_all_used(segments, used)
    return source


def _opened(segment: Segment, segments: Sequence[Segment], used: list[str]) -> "QcowSource":
    if segment.name in used or len(used) > MAXIMUM_DEPTH:
        raise SourceUnreadable(
            f"{segment.name} is its own backing file, or one of too many: the image is a lie"
        )
    used.append(segment.name)
    facts = read_qcow(segment)
    if facts is None:
        raise SourceUnreadable(f"{segment.name} is cut short: it has no whole QCOW header")
    _check(segment.name, facts)
    data = segment
    if facts.has_data_file:
        data = segment_of(segments, data_companion(segment, facts))
        used.append(data.name)
    parent: ByteSource | None = None
    if facts.backing_name:
        wanted = backing_companion(segment, facts)
        parent = _backing(wanted, facts.backing_format, segments, used)
    return QcowSource(segment, data, facts, parent)


def _backing(
    wanted: Companion, stated_format: str, segments: Sequence[Segment], used: list[str]
) -> ByteSource:
    backing = segment_of(segments, wanted)
    is_qcow = read_segment(backing, 0, 4) == MAGIC
    if is_qcow and stated_format != "raw":
        return _opened(backing, segments, used)
    if stated_format not in {"", "raw"}:
        raise SourceUnreadable(
            f"{backing.name} is a backing file of the kind {stated_format[:20]!r}, and is not read "
            "as one: convert the image to one file with qemu-img"
        )
    used.append(backing.name)
    return raw.open_source([backing])


def _check(name: str, facts: QcowFacts) -> None:
    """Refuse what cannot be read, or what its header says that cannot be.

    Raises:
        SourceUnreadable: The message says what it is, and what to do.
    """
    if facts.encryption:
        raise SourceUnreadable(
            f"{name} is an encrypted QCOW image: decrypt it with qemu-img and its secret, and "
            "record that in the case"
        )
    if facts.version not in {1, 2, 3} or facts.unknown_features:
        raise SourceUnreadable(
            f"{name} is a QCOW image of version {facts.version} with features "
            f"{facts.unknown_features:#x} that polit does not know: convert it with qemu-img"
        )
    check_size(name, facts.size_bytes)
    are_bits_sane = (
        _SECTOR_BITS <= facts.cluster_bits <= _MAXIMUM_BITS and 0 < facts.l2_bits <= _MAXIMUM_BITS
    )
    if (
        not are_bits_sane
        or facts.l1_entries << (facts.cluster_bits + facts.l2_bits) < facts.size_bytes
        or facts.size_bytes >> (facts.cluster_bits + facts.l2_bits) > _MAXIMUM_TABLES
    ):
        raise SourceUnreadable(f"{name} states sizes that a QCOW image cannot have")


class QcowSource:
    """The disk inside a QCOW image."""

    def __init__(
        self, segment: Segment, data: Segment, facts: QcowFacts, parent: ByteSource | None
    ) -> None:
        self._segment, self._data, self._facts, self._parent = segment, data, facts, parent
        self._map = ClusterMap(segment, facts, data_size_bytes=data.size_bytes)
        self._cluster = 1 << facts.cluster_bits
        self._kept: dict[int, bytes] = {}
        self._bad = BadRanges()

    @property
    def size_bytes(self) -> int:
        """The size of the virtual disk."""
        return self._facts.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``ByteSource.read_at``.

        Raises:
            SourceUnreadable: The operating system refused the read.
            EvidenceChanged: A file is shorter than it was when it was opened.
        """
        if offset_bytes < 0:
            raise SourceUnreadable(f"an image has no byte {offset_bytes}")
        end = min(offset_bytes + length_bytes, self.size_bytes)
        parts: list[bytes] = []
        waiting: Place | None = None
        while offset_bytes < end:
            place = self._map.place(offset_bytes)
            length = min(place.length_bytes, end - offset_bytes)
            place = Place(place.kind, place.offset_bytes, length, place.packed_bytes)
            if waiting is not None and (joined := _joined(waiting, place)) is not None:
                waiting = joined
            else:
                if waiting is not None:
                    parts.append(self._bytes(waiting, offset_bytes - waiting.length_bytes))
                waiting = place
            offset_bytes += length
        if waiting is not None:
            parts.append(self._bytes(waiting, offset_bytes - waiting.length_bytes))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _bytes(self, place: Place, offset: int) -> bytes:
        length = place.length_bytes
        if place.kind == DATA:
            return read_whole(self._data, place.offset_bytes, length, bad=self._bad, at=offset)
        if place.kind == PACKED:
            return self._unpacked(place, offset)
        if place.kind == PARENT and self._parent is not None:
            return from_parent(self._parent, offset, length, bad=self._bad)
        if place.kind not in {PARENT, ZEROS}:
            self._bad.add(offset, length, "chunk_missing")
        return bytes(length)

    def _unpacked(self, place: Place, offset: int) -> bytes:
        begin = offset - offset % self._cluster
        data = self._kept.pop(begin, None)
        if data is None:
            stored = read_segment(self._data, place.offset_bytes, place.packed_bytes)
            unpacked = unpack(stored, self._cluster, is_zstd=self._facts.is_zstd)
            if unpacked is None:
                self._bad.add(begin, min(self._cluster, self.size_bytes - begin), "chunk_inflate")
                unpacked = bytes(self._cluster)
            data = unpacked
            while self._kept and (len(self._kept) + 1) * self._cluster > _KEPT_BYTES:
                del self._kept[next(iter(self._kept))]
        self._kept[begin] = data
        return data[offset - begin : offset - begin + place.length_bytes]

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far."""
        return self._bad.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what the image says of its state, and what is not examined of it."""
        facts, found = self._facts, []
        if facts.snapshots:
            names = ", ".join(snapshot_names(self._segment, facts))
            text = f"{facts.snapshots} internal snapshots are not examined: {names}"
            found.append(SourceProblem("snapshots_not_examined", text))
        if facts.is_dirty or facts.is_corrupt:
            text = "the image says of itself that it was not closed, or is corrupt"
            found.append(SourceProblem("image_not_closed", text))
        inner = self._parent.problems() if self._parent is not None else ()
        return (*found, *inner)

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return nothing: a QCOW image states no digest."""
        return ()

    def acquisition(self) -> AcquisitionFacts:
        """Return what the header says."""
        facts = self._facts
        texts = [
            ("image_kind", f"QCOW version {facts.version}"),
            ("virtual_size_bytes", str(facts.size_bytes)),
        ]
        if facts.backing_name:
            texts.append(("parent", facts.backing_name.encode(errors="replace").decode()))
        if facts.snapshots:
            texts.append(("snapshots", str(facts.snapshots)))
        return AcquisitionFacts(untrusted_texts=tuple(texts))

    def close(self) -> None:
        """Forget what was decoded; see ``ContainerSource.close``."""
        self._kept.clear()


def _joined(first: Place, second: Place) -> Place | None:
    """Return two neighbouring places as one where one read gives both."""
    if first.kind != second.kind or first.kind == PACKED:
        return None
    if first.kind == DATA and first.offset_bytes + first.length_bytes != second.offset_bytes:
        return None
    return Place(first.kind, first.offset_bytes, first.length_bytes + second.length_bytes)
