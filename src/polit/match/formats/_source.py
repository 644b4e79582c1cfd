"""Open a text source of any size: packed or not, with or without a mark of its byte order.

Readers see UTF-8 (or what one line makes of it) without a mark; places count in that stream, so a
position means the same on every read.
"""

import codecs
import gzip
import os
import stat
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from polit.base.errors import HashSetUnreadable, SourceMissing

HEAD_BYTES = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_RATIO = 200
"""No list of hashes packs so well: digests look random. Source: the limit for archives."""
_MAX_UNPACKED_BYTES = 1 << 40
_STEP_BYTES = 1 << 18


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Unpacked:
    """A gzip stream that is never let swell beyond a ratio and a total."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._stream = gzip.GzipFile(fileobj=packed)
        self._given = 0

    def read(self, size: int, /) -> bytes:
        try:
            untrusted = self._stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise HashSetUnreadable(
                f"the packed file is damaged behind byte {self._packed.tell()}"
            ) from error
        self._given += len(untrusted)
        allowed = min(_RATIO * self._packed.tell() + _STEP_BYTES, _MAX_UNPACKED_BYTES)
        if self._given > allowed:
            raise HashSetUnreadable(
                f"the packed file swells beyond {_RATIO} times its size at byte {self._given}: "
                "unpack it yourself if you trust it"
            )
        return untrusted


class _Transcoded:
    """UTF-16 as UTF-8."""

    def __init__(self, stream: _Stream, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""
        self._read = 0

    def read(self, size: int, /) -> bytes:
        while len(self._ready) < size:
            untrusted = self._stream.read(_STEP_BYTES)
            try:
                self._ready += self._decoder.decode(untrusted, final=not untrusted).encode()
            except UnicodeError as error:
                raise HashSetUnreadable(f"no UTF-16 behind byte {self._read}") from error
            self._read += len(untrusted)
            if not untrusted:
                break
        given, self._ready = self._ready[:size], self._ready[size:]
        return given


class Source:
    """A file as a stream of text bytes; close it, or use it as a context."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._layers: list[_Stream] = [file]
        self._start = 0
        begin = file.read(2)
        if not begin:
            raise HashSetUnreadable("the file is empty")
        file.seek(0)
        if begin == b"\x1f\x8b":
            self._layers.append(_Unpacked(file))
        self._pending = self._layers[-1].read(3)
        self._unmark()

    def _unmark(self) -> None:
        for mark, encoding in _MARKS:
            if self._pending.startswith(mark):
                self._pending = self._pending[len(mark) :]
                self._start = len(mark)
                if encoding != "utf-8":
                    rest = _Joined(self._pending, self._layers[-1])
                    self._layers.append(_Transcoded(rest, encoding))
                    self._pending = b""
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end.

        Raises:
            HashSetUnreadable: The file cannot be unpacked, or is not in its stated encoding.
        """
        given = self._pending[:size]
        self._pending = self._pending[size:]
        try:
            while len(given) < size and (more := self._layers[-1].read(size - len(given))):
                given += more
        except HashSetUnreadable:
            raise  # it is an OSError too, and says what is wrong
        except OSError as error:
            raise HashSetUnreadable(f"the file cannot be read: {error.strerror}") from error
        return given

    def skip(self, offset: int) -> None:
        """Go to an offset of the stream; call it before anything was read.

        Raises:
            HashSetUnreadable: The stream ends before it.
        """
        if len(self._layers) == 1:
            self._pending = b""
            self._file.seek(self._start + offset)
            return
        while offset > 0:
            skipped = len(self.read(min(offset, _STEP_BYTES)))
            if not skipped:
                raise HashSetUnreadable(f"the file ends {offset} bytes before where it was read")
            offset -= skipped


class _Joined:
    """Bytes already read, and then the rest of a stream."""

    def __init__(self, first: bytes, stream: _Stream) -> None:
        self._first = first
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        given, self._first = self._first, b""
        return given + self._stream.read(size)


def open_source(path: Path) -> Source:
    """Open a file as a stream of text bytes.

    Raises:
        SourceMissing: There is no such file.
        HashSetUnreadable: It is no file, is empty or cannot be read.
    """
    file = open(open_regular(path), "rb")  # noqa: SIM115 - the source closes it
    try:
        return Source(file)
    except HashSetUnreadable:
        file.close()
        raise
    except OSError as error:
        file.close()
        raise HashSetUnreadable(f"{path.name!r} cannot be read: {error.strerror}") from error


def open_regular(path: Path) -> int:
    """Open a regular file for reading and return its descriptor, which the caller closes.

    A pipe is read but once and a device may never end, while a set's file is read twice, is
    digested, and can be asked for anew: both are refused without waiting for them.

    Raises:
        SourceMissing: There is no such file.
        HashSetUnreadable: It is no regular file, or cannot be opened.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise SourceMissing(f"there is no file {path.name!r}") from error
    except OSError as error:
        raise HashSetUnreadable(f"{path.name!r} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise HashSetUnreadable(f"{path.name!r} is no regular file: write it to one first")
    return descriptor


def head_of(path: Path) -> bytes:
    """Return a file's first bytes as readers see them, at most ``HEAD_BYTES``."""
    with open_source(path) as source:
        return source.read(HEAD_BYTES)
