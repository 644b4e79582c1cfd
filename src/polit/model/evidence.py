"""What is found on a device: volumes, entries, their times and states."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

Address = NewType("Address", bytes)
"""Where a file system finds an entry again: private to its driver, at most 65,535 bytes."""


class EntryType(StrEnum):
    """What a name stands for."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    STREAM = "stream"
    METADATA = "metadata"
    SPECIAL = "special"
    EMBEDDED = "embedded"


class EntryState(StrEnum):
    """Whether the name is in use."""

    LIVE = "live"
    DELETED = "deleted"
    CARVED = "carved"


class ContentState(StrEnum):
    """Whether an entry's content can be read, and if not, why (also its reason code)."""

    READABLE = "readable"
    NONE = "no_content"
    GONE = "content_gone"
    REALLOCATED = "record_reallocated"
    SPECIAL = "special_file"
    LEFT_OUT = "left_out_by_plan"


class TimeBasis(StrEnum):
    """What the figures of a time are counted in."""

    UTC = "utc"
    LOCAL_UNKNOWN = "local_zone_unknown"


@dataclass(frozen=True, slots=True)
class EntryTimes:
    """Instants in nanoseconds since 1970-01-01T00:00:00, in the basis of the volume.

    ``None`` where the file system keeps no such time or holds its "never" value. With the
    basis ``local_zone_unknown`` a figure is the wall clock's reading taken as if it were UTC.
    """

    created_ns: int | None = None
    modified_ns: int | None = None
    accessed_ns: int | None = None
    changed_ns: int | None = None
    deleted_ns: int | None = None


@dataclass(frozen=True, slots=True)
class TimeFacts:
    """What the times of one file system mean.

    Args:
        basis: What the figures are counted in.
        resolution_ns: Per time kept (``created``, ``modified``, ``accessed``, ``changed``,
            ``deleted``) the step of the clock, in nanoseconds. A time not kept is absent.
        source: Where the times come from, such as ``$STANDARD_INFORMATION``.
    """

    basis: TimeBasis
    resolution_ns: tuple[tuple[str, int], ...]
    source: str


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """One name met in a folder, as its file system tells it. All of it is untrusted.

    Args:
        raw_name: The name's bytes as stored (UTF-8 where the file system stores UTF-16); a
            stream's own name without its file's.
        owner_name: For a stream the raw name of the file or folder that it belongs to.
        address: Where to read or list it again.
        size_bytes: The logical size, 0 for a folder.
        overwritten: A deleted entry's clusters, or one of them, are allocated again.
        link_target: For a link, the target's bytes as stored.
        record: The metadata record as the field writes it: ``64-1`` on NTFS (entry-sequence),
            the inode number on ext, the directory slot on FAT; empty for a host folder.
    """

    raw_name: bytes
    entry_type: EntryType
    state: EntryState
    content: ContentState
    address: Address
    record: str
    size_bytes: int = 0
    owner_name: bytes = b""
    overwritten: bool = False
    link_target: bytes = b""
    times: EntryTimes = field(default_factory=EntryTimes)


@dataclass(frozen=True, slots=True)
class VolumeFacts:
    """One volume of a source, or a range that no volume covers.

    Args:
        number: From 1, in the order of their offsets; 0 where there is no partition table.
        scheme: ``mbr``, ``gpt``, ``apm``, ``none``, ``folder``, for a volume inside a volume its
            layer, for a logical image its container.
        description: The partition type as its table tells it.
        offset_bytes: Where it begins in the source.
        size_bytes: How long it is.
        allocated: False for a gap between partitions.
    """

    number: int
    scheme: str
    description: str
    offset_bytes: int
    size_bytes: int
    allocated: bool


@dataclass(frozen=True, slots=True)
class FileSystemFacts:
    """What is known of an opened file system.

    Args:
        kind: ``ntfs``, ``fat12``, ``fat16``, ``fat32``, ``exfat``, ``ext2``, ``ext3``,
            ``ext4``, ``xfs``, ``hfs+``, ``hfsx``, ``apfs``, ``iso9660``, ``udf``, ``folder``.
        block_size_bytes: Size of a cluster or block, 0 for a folder.
        time_facts: What the times mean.
        unallocated_bytes: Bytes in blocks that nothing owns, or ``None`` where not known.
    """

    kind: str
    block_size_bytes: int
    time_facts: TimeFacts
    unallocated_bytes: int | None
