"""Choose the driver of a volume, and name what none of them opens. Runs in the walker only."""

from collections.abc import Callable

from polit.base.plugins import modules_of
from polit.evidence import filesystems
from polit.evidence.filesystem import FileSystem
from polit.evidence.filesystems import folder
from polit.evidence.source import ByteSource
from polit.model.evidence import VolumeFacts

_DRIVERS = modules_of(filesystems)
_HEAD_BYTES = 0x10100
"""Enough for every signature below: btrfs states its own at 64 KiB."""
_SIGNATURES = (
    ("BitLocker", 3, b"-FVE-FS-"),
    ("LUKS", 0, b"LUKS\xba\xbe"),
    ("APFS", 32, b"NXSB"),
    ("HFS+", 1024, b"H+"),
    ("HFSX", 1024, b"HX"),
    ("HFS", 1024, b"BD"),
    ("XFS", 0, b"XFSB"),
    ("Btrfs", 0x10040, b"_BHRfS_M"),
    ("F2FS", 1024, b"\x10\x20\xf5\xf2"),
    ("ReFS", 3, b"ReFS\0\0\0\0"),
    ("Linux swap", 4086, b"SWAPSPACE2"),
    ("LVM physical volume", 512, b"LABELONE"),
    ("Linux RAID", 4096, b"\xfc\x4e\x2b\xa9"),
    ("ISO 9660", 0x8001, b"CD001"),
    ("UDF", 0x8001, b"BEA01"),
    ("SquashFS", 0, b"hsqs"),
    ("EROFS", 1024, b"\xe2\xe1\xf5\xe0"),
    ("ZFS", 0x2000, b"\x0c\xb1\xba\0\0\0\0\0"),
)


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem | None:
    """Open a volume with the first driver that knows it.

    Args:
        source: The source that holds the volume.
        volume: Which range of it.
        on_read: Called before every read of native code, for a sign of life.

    Returns:
        The file system, or ``None`` where no driver knows the volume: see ``name_unopened``.

    Raises:
        SourceUnreadable: A driver knows it and cannot open it: it is damaged.
    """
    if not volume.allocated:
        return None
    untrusted_head = _head(source, volume)
    for driver in _DRIVERS:
        if driver.detect(untrusted_head):
            opened: FileSystem = driver.open_filesystem(source, volume, on_read=on_read)
            return opened
    return None


def open_folder(descriptor: int, *, no_atime: bool) -> FileSystem:
    """Open a host folder; see ``filesystems.folder``."""
    return folder.open_folder(descriptor, no_atime=no_atime)


def name_unopened(source: ByteSource, volume: VolumeFacts) -> str:
    """Name what stands in a volume that no driver opens.

    Returns:
        ``unallocated`` for a gap, ``empty`` where the first 64 KiB are zeros, a name by
        signature such as ``BitLocker``, else ``unknown``.
    """
    if not volume.allocated:
        return "unallocated"
    untrusted_head = _head(source, volume)
    known = _by_signature(untrusted_head)
    return known or ("unknown" if any(untrusted_head) else "empty")


def recognise(untrusted_head: bytes) -> str:
    """Name the file system that a volume's first bytes are of.

    Args:
        untrusted_head: Up to 64 KiB and 256 bytes from the volume's beginning.

    Returns:
        A driver's name or one by signature, empty where the bytes are not known.
    """
    for driver in _DRIVERS:
        if driver.detect(untrusted_head):
            return str(driver.NAME)
    return _by_signature(untrusted_head)


def _by_signature(untrusted_head: bytes) -> str:
    for name, offset, signature in _SIGNATURES:
        if untrusted_head.startswith(signature, offset):
            return name
    return ""


def _head(source: ByteSource, volume: VolumeFacts) -> bytes:
    return source.read_at(volume.offset_bytes, min(_HEAD_BYTES, max(volume.size_bytes, 0)))
