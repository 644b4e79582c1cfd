"""What an NTFS volume keeps of a former table: records and index records where nothing leads.

After a volume was made anew, its former table and folders lie in free clusters; and a table
holds more clusters than its records take. What is found there is judged by the rules of
``docs/adr/0038-orphans.md``; what a record states of its content is taken at its word, because
nothing else tells where the content lay.
"""

from collections import Counter
from collections.abc import Iterator

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content
from polit.evidence.filesystems import _lost as lost
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._contents import HeldContent, RunContent
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._lost import Listed
from polit.evidence.filesystems._ntfs_layout import NtfsLayout
from polit.evidence.filesystems._ntfs_names import NtfsName, lost_names
from polit.evidence.filesystems._ntfs_slots import Slot
from polit.evidence.filesystems._ntfs_stray import StrayRecord, read_stray
from polit.evidence.filesystems._orphans import FreeSpace
from polit.evidence.filesystems._tsk import Reference
from polit.model.evidence import ContentState, EntryState, EntryType, FoundEntry

STRAY = 0xFFFFFFFE
"""As an attribute's type in an address: its number is a place in the volume, not a record's."""
_FORBIDDEN = b"/"
_FIRST_FREE = 24
_ROOT_NAME = b"."


class LostRecords:
    """The scan for what lies outside the present table."""

    def __init__(
        self,
        image: VolumeImage,
        layout: NtfsLayout,
        allocation: AllocationMap,
        *,
        table: Content,
        dropped: Counter[str],
    ) -> None:
        """Stand on a volume.

        Args:
            image: The volume.
            layout: Its figures.
            allocation: Its clusters in use.
            table: The content of the present ``$MFT``.
            dropped: Counts what makes no sense, by code.
        """
        self._image, self._layout, self._allocation = image, layout, allocation
        self._table, self._dropped = table, dropped

    def entries(self, free: FreeSpace, tail: Iterator[int], listed: Listed) -> Iterator[FoundEntry]:
        """Yield what can be, the records first.

        Args:
            free: The free clusters.
            tail: Where records can begin behind the end of the present table.
            listed: The names that are listed already.
        """
        layout, index_places = self._layout, list[int]()
        stride = min(layout.record_bytes, layout.cluster_bytes)
        records = Listed()
        for offset in tail:
            if self._image.read_at(offset, 4) == b"FILE":
                yield from self._record(offset, records, listed)
        for offset in free.marked((b"FILE", b"INDX"), stride_bytes=stride):
            if self._image.read_at(offset, 4) == b"FILE":
                yield from self._record(offset, records, listed)
            elif len(index_places) < lost.FOLDERS_AT_MOST:
                index_places.append(offset)
        for offset in index_places:
            yield from self._index(offset, listed)

    def _record(self, offset: int, records: Listed, listed: Listed) -> Iterator[FoundEntry]:
        record = read_stray(self._image.read_at(offset, self._layout.record_bytes))
        if record is None:
            self._dropped[lost.LOST_CHECKSUM] += 1
            return
        if not record.names and record.held is None and not record.runs:
            # A record that was never used, or one that only continues another.
            return
        fault = self._fault(record, records)
        if fault:
            self._dropped[fault] += 1
            return
        name = record.names[0]
        listed.add((name.raw_name, name.times.created_ns))
        content = ContentState.READABLE
        if record.is_folder or not record.size_bytes:
            content = ContentState.GONE
        yield FoundEntry(
            raw_name=name.raw_name,
            entry_type=EntryType.FOLDER if record.is_folder else EntryType.FILE,
            state=EntryState.DELETED,
            content=content,
            address=Reference(offset, attribute_type=STRAY, deleted=True).pack(),
            record=f"@{offset}",
            size_bytes=0 if record.is_folder else record.size_bytes,
            overwritten=any(self._allocation.any_used(*run) for run in record.runs),
            times=record.times,
        )

    def _fault(self, record: StrayRecord, records: Listed) -> str:
        if not record.names:
            return lost.LOST_NAME
        name = record.names[0]
        fault = _fault_of_name(name, record.number)
        if fault:
            return fault
        if not lost.can_be_dated(record.times):
            return lost.LOST_TIME
        if not self._can_lie(record):
            return lost.LOST_PLACE
        told = (name.raw_name, name.parent, record.times, record.size_bytes, record.runs)
        stands = self._stands(record.number, name)
        return lost.LOST_REPEATED if stands or not records.add(told) else ""

    def _can_lie(self, record: StrayRecord) -> bool:
        count, size = self._layout.cluster_count, self._layout.cluster_bytes
        if record.size_bytes > self._image.size_bytes:
            return False
        if any(first + length > count for first, length in record.runs):
            return False
        held = record.held is not None or record.is_folder or not record.is_plain
        return held or sum(length for _, length in record.runs) * size >= record.size_bytes

    def _stands(self, number: int, name: NtfsName) -> bool:
        """Tell whether the present table holds the same name of the same birth at a number."""
        size = self._layout.record_bytes
        if not 0 <= number < self._table.size_bytes // size:
            return False
        present = read_stray(self._table.read_at(number * size, size))
        return present is not None and any(
            each.raw_name == name.raw_name and each.times.created_ns == name.times.created_ns
            for each in present.names
        )

    def _index(self, offset: int, listed: Listed) -> Iterator[FoundEntry]:
        found = lost_names(self._image.read_at(offset, self._layout.index_record_bytes))
        if found is None:
            self._dropped[lost.LOST_CHECKSUM] += 1
            return
        for name in found:
            fault = _fault_of_name(name, name.inode)
            if not fault and name.size_bytes > self._image.size_bytes:
                fault = lost.LOST_PLACE
            repeated = self._stands(name.inode, name)
            if not fault and (repeated or not listed.add((name.raw_name, name.times.created_ns))):
                fault = lost.LOST_REPEATED
            if fault:
                self._dropped[fault] += 1
                continue
            yield FoundEntry(
                raw_name=name.raw_name,
                entry_type=EntryType.FOLDER if name.is_folder else EntryType.FILE,
                state=EntryState.DELETED,
                content=ContentState.GONE,
                address=Reference(name.inode, name.sequence, deleted=True).pack(),
                record=f"{name.inode}-{name.sequence}",
                size_bytes=name.size_bytes,
                times=name.times,
            )


def unnamed_slot(
    table: Content, number: int, record_bytes: int, dropped: Counter[str]
) -> Slot | None:
    """Return a name for a record in use that no name leads to, as it states it itself.

    ``None`` where its sectors do not belong together, which is counted.
    """
    held = table.read_at(number * record_bytes, record_bytes)
    record = read_stray(held)
    if record is None:
        dropped[lost.LOST_CHECKSUM] += 1
        return None
    sequence = int.from_bytes(held[16:18], "little")
    own = NtfsName(b"OrphanFile-%d" % number, number, sequence, deleted=False)
    name = record.names[0] if record.names else own
    name = name._replace(inode=number, deleted=False, is_folder=record.is_folder)
    return Slot(name, name.parent, deleted=False)


def open_stray(image: VolumeImage, layout: NtfsLayout, offset: int) -> Content:
    """Open the content of a record outside the table.

    Raises:
        SourceUnreadable: There is none, or it is compressed, encrypted or sparse.
    """
    record = read_stray(image.read_at(offset, layout.record_bytes))
    if record is None:
        raise SourceUnreadable(f"there is no record at {offset} of the volume")
    if record.held is not None:
        return HeldContent(record.held)
    if not record.is_plain:
        raise SourceUnreadable("the content of a lost record is compressed, encrypted or sparse")
    size = layout.cluster_bytes
    runs = [(first * size, length * size) for first, length in record.runs]
    return RunContent(image, runs, size_bytes=record.size_bytes)


def _fault_of_name(name: NtfsName, number: int) -> str:
    is_system = name.raw_name.startswith(b"$") and number < _FIRST_FREE
    if is_system or name.raw_name == _ROOT_NAME:
        return lost.LOST_SYSTEM
    if not lost.can_be_named(name.raw_name, forbidden=_FORBIDDEN):
        return lost.LOST_NAME
    return "" if lost.can_be_dated(name.times) else lost.LOST_TIME
