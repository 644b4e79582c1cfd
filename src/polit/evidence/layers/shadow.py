"""Volume shadow copies of an NTFS volume, beside its file system. Read by libvshadow. Walker only.

Each is a volume of its own that shows what differs from the next newer state: see
``filesystems._ntfs_shadow``.
"""

from collections.abc import Callable, Sequence
from datetime import UTC

import numpy as np
import pyvshadow
from numpy.typing import NDArray

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import FileSystem
from polit.evidence.filesystems import ntfs
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._ntfs_shadow import BLOCK_BYTES, ShadowFileSystem
from polit.evidence.layer import InnerVolume, Layer
from polit.evidence.layers._window import NATIVE_ERRORS, NativeFile, Window, native_trouble
from polit.evidence.ranges import BadRanges
from polit.evidence.source import BadRange, ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts

ORDER = 50
NAME = "shadow"
LIBRARY = pyvshadow

_HEADER_AT, _HEADER_BYTES = 0x1E00, 64
_IDENTIFIER = bytes.fromhex("6b870838 76c1484e b7ae0404 6e6cc752".replace(" ", ""))
_CATALOG_AT = 48
_COPIES_AT_MOST = 512
"""Windows keeps 64, 512 at the very most (VSS documentation: MaxShadowCopies)."""
_BLOCKS_AT_MOST = 1 << 26
_BEAT_BLOCKS = 1 << 14
_READ_BYTES = 1 << 20
_OPENING_READS_AT_MOST = 1 << 20
"""A catalog or a block list that loops is left after so many reads: some minutes."""


def detect(source: ByteSource, volume: VolumeFacts) -> bool:
    """Tell whether an NTFS volume states a catalog of shadow copies."""
    window = Window(source, volume)
    if not ntfs.detect(window.read_at(0, 512)):
        return False
    header = window.read_at(_HEADER_AT, _HEADER_BYTES)
    return header.startswith(_IDENTIFIER) and any(header[_CATALOG_AT : _CATALOG_AT + 8])


def open_layer(
    source: ByteSource,
    volume: VolumeFacts,
    *,
    secrets: Sequence[bytes],
    on_read: Callable[[], None] | None,
) -> Layer:
    """Open the shadow copies of a volume; no secret is needed. See ``LayerPlugin``."""
    del secrets
    return ShadowLayer(source, volume, on_read)


class ShadowLayer:
    """See ``Layer``."""

    def __init__(
        self, source: ByteSource, volume: VolumeFacts, on_read: Callable[[], None] | None
    ) -> None:
        """Read the catalog."""
        self._window, self._on_read = Window(source, volume, on_read), on_read
        self._file = NativeFile(self._window, reads_at_most=_OPENING_READS_AT_MOST)
        self._native = pyvshadow.volume()
        self._found: list[SourceProblem] = []
        self._systems: dict[int, ntfs.NtfsFileSystem] = {}
        self._shadows: dict[int, ShadowFileSystem] = {}
        try:
            self._native.open_file_object(self._file)
            count = int(self._native.get_number_of_stores())
            self._stores = [self._native.get_store(n) for n in range(min(count, _COPIES_AT_MOST))]
            self._volumes = tuple(map(self._told, range(1, len(self._stores) + 1)))
        except NATIVE_ERRORS as error:
            self._file.raise_failure()
            raise native_trouble("the shadow copies cannot be listed", error) from error
        self._file.raise_failure()
        if count > _COPIES_AT_MOST:
            detail = f"{count} shadow copies are stated; the first {_COPIES_AT_MOST} are listed"
            self._found.append(SourceProblem("too_many_shadows", detail))

    @property
    def opened_by(self) -> str:
        """Nothing: it is not locked."""
        return ""

    @property
    def volumes(self) -> tuple[InnerVolume, ...]:
        """The shadow copies, the oldest first."""
        return self._volumes

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what is wrong with the catalog."""
        return tuple(self._found)

    def source(self, number: int) -> ByteSource:
        """Return the bytes of the volume as they were."""
        if not 1 <= number <= len(self._stores):
            raise SourceUnreadable(f"there is no shadow copy {number}")
        store = self._stores[number - 1]
        return ShadowSource(store, self._file, self._volumes[number - 1].facts.size_bytes)

    def filesystem(self, number: int) -> FileSystem:
        """Return what differs in a shadow copy from the next newer state."""
        if number not in self._shadows:
            self._shadows[number] = self._compared(number)
        return self._shadows[number]

    def _compared(self, number: int) -> ShadowFileSystem:
        older = self._system(number)
        newest = number == len(self._stores)
        newer = self._system(0 if newest else number + 1)
        sources = (self.source(number), self._window if newest else self.source(number + 1))
        return ShadowFileSystem(older, newer, sources, self._changed(number))

    def _told(self, number: int) -> InnerVolume:
        store = self._stores[number - 1]
        created = store.get_creation_time().replace(tzinfo=UTC).isoformat(timespec="seconds")
        described = f"shadow copy {store.get_identifier()} of {created}"
        size = min(int(store.get_volume_size()), self._window.size_bytes)
        return InnerVolume(VolumeFacts(number, NAME, described, 0, size, allocated=True))

    def _system(self, number: int) -> ntfs.NtfsFileSystem:
        """Return the whole file system of a shadow copy, of the volume itself for 0."""
        if number not in self._systems:
            source: ByteSource = self.source(number) if number else self._window
            whole = VolumeFacts(0, NAME, "", 0, source.size_bytes, allocated=True)
            self._systems[number] = ntfs.NtfsFileSystem(VolumeImage(source, whole, self._on_read))
        return self._systems[number]

    def _changed(self, number: int) -> NDArray[np.int64]:
        """Return the numbers of the blocks that a shadow copy keeps for itself."""
        store = self._stores[number - 1]
        self._file.allow(_OPENING_READS_AT_MOST)
        try:
            count = int(store.get_number_of_blocks())
            if count > _BLOCKS_AT_MOST:
                raise SourceUnreadable(f"the shadow copy states {count} blocks: refused")
            places = np.empty(count, np.int64)
            for position in range(count):
                if position % _BEAT_BLOCKS == 0 and self._on_read is not None:
                    self._on_read()
                places[position] = store.get_block(position).get_original_offset()
        except NATIVE_ERRORS as error:
            self._file.raise_failure()
            if isinstance(error, SourceUnreadable):
                raise
            raise native_trouble("the shadow copy's blocks cannot be listed", error) from error
        self._file.raise_failure()
        blocks = np.sort(places // BLOCK_BYTES)
        # Not by numpy.unique: that imports a module at its first call, which the sandbox forbids.
        return blocks[np.flatnonzero(np.diff(blocks, prepend=-1))]


class ShadowSource:
    """The bytes of a volume as a shadow copy keeps them; see ``ByteSource``."""

    def __init__(self, store: pyvshadow.store, file: NativeFile, size_bytes: int) -> None:
        """Read a shadow copy."""
        self._store, self._file, self.size_bytes = store, file, size_bytes
        self._bad = BadRanges()

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return a range, shorter only at the end."""
        end = min(offset_bytes + length_bytes, self.size_bytes)
        at, parts = max(offset_bytes, 0), []
        while at < end:
            part = self._part(at, min(_READ_BYTES, end - at))
            parts.append(part)
            at += len(part)
        return b"".join(parts)

    def _part(self, offset_bytes: int, length_bytes: int) -> bytes:
        # One read of a whole chain of copies: what it may cost the file is bounded anew.
        self._file.allow(_OPENING_READS_AT_MOST)
        self._file.damage = ""
        try:
            part = self._store.read_buffer_at_offset(length_bytes, offset_bytes)
        except NATIVE_ERRORS as error:
            self._file.raise_failure()
            raise native_trouble(
                f"the shadow copy cannot be read at byte {offset_bytes}", error
            ) from error
        self._file.raise_failure()
        if not part:
            raise SourceUnreadable(f"the shadow copy ends at byte {offset_bytes}")
        if self._file.damage and length_bytes > BLOCK_BYTES:
            stop = offset_bytes + length_bytes
            places = range(offset_bytes, stop, BLOCK_BYTES)
            return b"".join(self._part(at, min(BLOCK_BYTES, stop - at)) for at in places)
        if self._file.damage:
            self._bad.add(offset_bytes, len(part), self._file.damage)
        return bytes(part)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return what was read so far of blocks that the source around it could not give."""
        return self._bad.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return none: they are told of the source that the volume lies in."""
        return ()
