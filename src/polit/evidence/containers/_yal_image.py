"""Images that a library of the libyal family decodes: files given to it, errors taken from it.

The library sees file objects over descriptors and opens nothing. What it cannot read in the
middle is asked for again in smaller steps: zeros and bad ranges for what stays unread.
"""

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from typing import Protocol

from polit.base.errors import EvidenceChanged, SourceError, SourceUnreadable
from polit.base.text import visible
from polit.evidence.acquisition import AcquisitionFacts, StoredDigest
from polit.evidence.containers._chain import check_size
from polit.evidence.ranges import BadRanges
from polit.evidence.segments import Segment, read_segment
from polit.evidence.source import BadRange, SourceProblem

_STEP_BYTES = 4096
_COARSE_STEP_BYTES = 65_536
_MAXIMUM_FINE_FAILURES = 4096
_MAXIMUM_READ_BYTES = 64 << 20
"""An image holds no structure of that size; a length that lies must not take the memory."""
_NATIVE = (OSError, MemoryError, OverflowError, ValueError, TypeError, SystemError)
"""What the bindings raise; a fault of our own file objects arrives as one of them."""


class SegmentFile:
    """A segment as the file object that the bindings ask for. Remembers its last fault."""

    def __init__(self, segment: Segment, length_bytes: int | None = None) -> None:
        """Show a segment, or its first ``length_bytes``."""
        self._segment = segment
        self._size = segment.size_bytes if length_bytes is None else length_bytes
        self._place = 0
        self.fault: SourceError | EvidenceChanged | None = None

    def read(self, size: int = -1) -> bytes:
        """Read from the current place on."""
        length = max(self._size - self._place, 0) if size < 0 else size
        length = min(length, max(self._size - self._place, 0), _MAXIMUM_READ_BYTES)
        try:
            data = read_segment(self._segment, self._place, length)
        except (SourceError, EvidenceChanged) as error:
            self.fault = error
            raise
        self._place += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Set the current place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "a file has no place before its beginning")
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        """Return the current place."""
        return self._place

    def get_size(self) -> int:
        """Return the size."""
        return self._size


def _raise_fault(files: Sequence[SegmentFile]) -> None:
    """Raise what stopped a read, unless it is a fault of the medium at one place."""
    for file in files:
        fault, file.fault = file.fault, None
        if isinstance(fault, EvidenceChanged):
            raise fault
        if isinstance(fault, SourceUnreadable) and fault.errno != errno.EIO:
            raise fault


@contextlib.contextmanager
def opening(name: str, kind: str, files: Sequence[SegmentFile]) -> Iterator[None]:
    """Turn what a library raises while it opens an image into a refusal by name.

    Args:
        name: The file, for the message.
        kind: What it is opened as, such as ``a VHD``.
        files: What the library reads.

    Raises:
        SourceUnreadable: The library cannot open it.
        EvidenceChanged: A file is shorter than it was when it was opened.
    """
    try:
        yield
    except SourceError:
        raise
    except _NATIVE as error:
        _raise_fault(files)
        reason = visible(str(error)[:300]) or type(error).__name__
        raise SourceUnreadable(
            f"{name} cannot be opened as {kind} ({reason}): it is damaged, cut short or of a "
            "variant that polit does not read; try the tool that made it, and convert it"
        ) from error


class Handle(Protocol):
    """What the bindings of all these libraries offer."""

    def get_media_size(self) -> int:
        """Return the size of the disk."""

    def read_buffer_at_offset(self, size: int, offset: int) -> bytes:
        """Read a range of it."""

    def close(self) -> None:
        """Let go of it."""


class YalSource:
    """The disk inside an image. Not safe for threads."""

    def __init__(
        self,
        name: str,
        handles: Sequence[Handle],
        files: Sequence[SegmentFile],
        *,
        facts: AcquisitionFacts,
        problems: tuple[SourceProblem, ...] = (),
    ) -> None:
        """Read through the first handle; the others are its parents, and kept alive.

        Raises:
            SourceUnreadable: The stated size is none that a disk has.
        """
        self._handles, self._files = list(handles), files
        self._facts, self._problems = facts, problems
        self._bad = BadRanges()
        self._failures = 0
        with opening(name, "an image", files):
            self._size_bytes = int(self._handles[0].get_media_size())
        check_size(name, self._size_bytes)

    @property
    def size_bytes(self) -> int:
        """The size of the virtual disk."""
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``ByteSource.read_at``.

        Raises:
            SourceUnreadable: The operating system refused the read.
            EvidenceChanged: A file is shorter than it was when it was opened.
        """
        if offset_bytes < 0:
            raise SourceUnreadable(f"an image has no byte {offset_bytes}")
        length = min(length_bytes, self._size_bytes - offset_bytes)
        return self._range(offset_bytes, length) if length > 0 else b""

    def _range(self, offset: int, length: int) -> bytes:
        code = "chunk_missing"
        if not self._handles:
            raise SourceUnreadable("the image was closed")
        try:
            data = self._handles[0].read_buffer_at_offset(length, offset)
        except _NATIVE as error:
            faults = [file.fault for file in self._files if file.fault is not None]
            _raise_fault(self._files)
            packed = "compress" in str(error)
            code = "read_error" if faults else "chunk_inflate" if packed else "chunk_missing"
        else:
            if len(data) == length:
                return data
        return self._in_steps(offset, length, code)

    def _in_steps(self, offset: int, length: int, code: str) -> bytes:
        """Halve a range that cannot be read as a whole, down to a step that stays unread."""
        self._failures += 1
        is_fine = self._failures <= _MAXIMUM_FINE_FAILURES
        step = _STEP_BYTES if is_fine else _COARSE_STEP_BYTES
        middle = (offset + length // 2) // step * step
        if length <= step or not offset < middle < offset + length:
            self._bad.add(offset, length, code)
            return bytes(length)
        first = self._range(offset, middle - offset)
        return first + self._range(middle, offset + length - middle)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far."""
        return self._bad.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what opening found wrong."""
        return self._problems

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return nothing: images of virtual machines state no digest."""
        return ()

    def acquisition(self) -> AcquisitionFacts:
        """Return what the image says of itself."""
        return self._facts

    def close(self) -> None:
        """Let go of the library's memory; see ``ContainerSource.close``."""
        handles, self._handles = self._handles, []
        for handle in handles:
            with contextlib.suppress(*_NATIVE):
                handle.close()


def told(*texts: tuple[str, str]) -> AcquisitionFacts:
    """Return what an image says of itself as text that can be sealed, without empty values."""
    return AcquisitionFacts(
        untrusted_texts=tuple(
            (key, text.encode(errors="replace").decode()[:4096]) for key, text in texts if text
        )
    )
