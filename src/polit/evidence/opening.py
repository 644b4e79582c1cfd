"""Choose the driver of a volume, and name what none of them opens. Runs in the walker only."""

from collections.abc import Callable

from polit.base.plugins import modules_of
from polit.evidence import filesystems
from polit.evidence.filesystem import FileSystem
from polit.evidence.filesystems import folder
from polit.evidence.signatures import HEAD_BYTES, name_of, signature_of
from polit.evidence.source import ByteSource
from polit.model.evidence import VolumeFacts

_DRIVERS = modules_of(filesystems)
_HEAD_BYTES = 0x10100
"""Enough for all that volumes are known by: btrfs states its own at 64 KiB."""


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
        ``unallocated`` for a gap, ``empty`` where the first MiB is zeros, a name by
        signature such as ``BitLocker``, else ``unknown``.
    """
    if not volume.allocated:
        return "unallocated"
    untrusted_head = _head(source, volume, HEAD_BYTES)
    known = name_of(untrusted_head)
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
    return signature_of(untrusted_head)


def _head(source: ByteSource, volume: VolumeFacts, most_bytes: int = _HEAD_BYTES) -> bytes:
    return source.read_at(volume.offset_bytes, min(most_bytes, max(volume.size_bytes, 0)))
