"""What the NTFS driver makes of names and records: slots, their states and times, bare entries."""

from typing import NamedTuple

import pytsk3

from polit.evidence.filesystems._ntfs_links import Reparse
from polit.evidence.filesystems._ntfs_names import NtfsName
from polit.evidence.filesystems._tsk import META_ALLOCATED, Reference, instant_ns
from polit.model.evidence import ContentState, EntryState, EntryTimes, EntryType, FoundEntry

DATA = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA)
_EXTEND, _FIRST_USER = 11, 16


class Slot(NamedTuple):
    """One name as the driver walks it: the folder it stands in, and whether it is deleted."""

    name: NtfsName
    parent: int
    deleted: bool


class Data(NamedTuple):
    """A ``$DATA`` attribute; its runs are asked for only where its record is deleted."""

    name: bytes
    number: int
    size_bytes: int
    flags: int
    native: pytsk3.Attribute


class Parts(NamedTuple):
    """What matters of a record's attributes."""

    data: list[Data]
    reparse: Reparse


def by_number(number: int) -> Reference:
    """Return the reference that one number stands for: record, sequence, deleted or not."""
    return Reference(number >> 17, number >> 1 & 0xFFFF, deleted=bool(number & 1))


def record_state(meta: pytsk3.TSK_FS_META | None, reference: Reference) -> ContentState:
    """Tell whether a record is the one that a name called: READABLE when it is."""
    if meta is None:
        return ContentState.GONE if reference.deleted else ContentState.READABLE
    in_use = bool(int(meta.flags) & META_ALLOCATED)
    if not reference.deleted:
        same = meta.seq == reference.sequence
        return ContentState.READABLE if same else ContentState.REALLOCATED
    if in_use:
        return ContentState.REALLOCATED
    same = (meta.seq - reference.sequence) & 0xFFFF in (0, 1)
    return ContentState.READABLE if same else ContentState.GONE


def data_reference(reference: Reference, data: Data | None) -> Reference:
    """Return a reference to an attribute of the record that one leads to."""
    if data is None:
        return reference
    return reference._replace(attribute_type=DATA, attribute_id=data.number)


def is_metadata(slot: Slot) -> bool:
    """Tell whether a slot is of a file of the file system itself."""
    return slot.name.inode < _FIRST_USER or slot.parent == _EXTEND


def times_of(meta: pytsk3.TSK_FS_META) -> EntryTimes:
    """Return the times that the Sleuth Kit read of a record."""
    return EntryTimes(
        created_ns=instant_ns(meta.crtime, meta.crtime_nano),
        modified_ns=instant_ns(meta.mtime, meta.mtime_nano),
        accessed_ns=instant_ns(meta.atime, meta.atime_nano),
        changed_ns=instant_ns(meta.ctime, meta.ctime_nano),
    )


def bare_entry(slot: Slot, reference: Reference, content: ContentState) -> FoundEntry:
    """Return the entry of a name whose record is another one's now, or gone."""
    return FoundEntry(
        raw_name=slot.name.raw_name,
        entry_type=EntryType.FILE,
        state=EntryState.DELETED if slot.deleted else EntryState.LIVE,
        content=content,
        address=reference.pack(),
        record=f"{slot.name.inode}-{slot.name.sequence}",
        size_bytes=slot.name.size_bytes,
        times=slot.name.times,
    )
