"""The calls of libarchive that polit makes, and the callbacks through which it is fed.

The callbacks are made once, when this module is loaded: making one needs memory that may be
run, which a locked-down process cannot have. They find their archive by a number that libarchive
hands back. Formats and filters are enabled by name: never one that starts another program, and
never mtree, which names files of the host.

Source: ``archive.h``, ``archive_entry.h`` of libarchive 3.6.
"""

import ctypes
import itertools
import locale
from collections.abc import Callable
from typing import Any, Final, Protocol

from polit.base.clock import stand_in_utc
from polit.base.errors import SandboxError, SourceError, SourceUnreadable

OK, EOF, RETRY, WARN, FAILED = 0, 1, -10, -20, -25
FATAL = -30
_ENOMEM = 12
_LONGEST_TEXT = 65_535
_HOLE_BYTES = 1 << 18
_MANY_FILTERS = 4
"""More filters around each other are no archive that a person made."""

FILTERS: Final = ("bzip2", "compress", "gzip", "lz4", "lzip", "lzma", "rpm", "xz", "zstd")


class Feed(Protocol):
    """Where an archive's bytes come from, in order; what cannot seek says so."""

    is_seekable: bool

    def read(self) -> bytes:
        """Return the next bytes, none at the end."""

    def seek(self, offset_bytes: int, whence: int) -> int:
        """Go to a place, as ``lseek`` does; return where that is."""


class _Fed:
    """A feed that is in use, the bytes that libarchive still looks at, what went wrong."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.part = b""
        self.error: Exception | None = None
        self.given_bytes = 0


_feeds: dict[int, _Fed] = {}
_numbers = itertools.count(1)


def _read(_archive: int, number: int, place: "ctypes._Pointer[ctypes.c_void_p]") -> int:
    fed = _feeds[number]
    try:
        fed.part = fed.feed.read()
    except Exception as error:  # noqa: BLE001 - nothing may pass through native code
        fed.error = error
        return FATAL
    fed.given_bytes += len(fed.part)
    place[0] = ctypes.cast(ctypes.c_char_p(fed.part), ctypes.c_void_p)
    return len(fed.part)


def _seek(_archive: int, number: int, offset_bytes: int, whence: int) -> int:
    fed = _feeds[number]
    try:
        return fed.feed.seek(offset_bytes, whence)
    except Exception as error:  # noqa: BLE001 - as above
        fed.error = error
        return FATAL


_int64, _ssize = ctypes.c_int64, ctypes.c_ssize_t
_pointer, _text, _int = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_ReadCallback = ctypes.CFUNCTYPE(_ssize, _pointer, _pointer, ctypes.POINTER(_pointer))
_SeekCallback = ctypes.CFUNCTYPE(_int64, _pointer, _pointer, _int64, _int)
_on_read, _on_seek = _ReadCallback(_read), _SeekCallback(_seek)


def _load() -> ctypes.CDLL:
    try:
        return ctypes.CDLL("libarchive.so.13")
    except OSError as error:
        raise SandboxError(
            "libarchive.so.13 is missing: as root, apt-get install -y libarchive13"
        ) from error


_library = _load()


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    function = _library[f"archive_{name}"]
    function.restype, function.argtypes = result, arguments
    return function


_version = _function("version_details", _text)
_new, _free = _function("read_new", _pointer), _function("read_free", _int, _pointer)
_on_reading = _function("read_set_read_callback", _int, _pointer, _ReadCallback)
_on_seeking = _function("read_set_seek_callback", _int, _pointer, _SeekCallback)
_set_data = _function("read_set_callback_data", _int, _pointer, _pointer)
_open = _function("read_open1", _int, _pointer)
_next = _function("read_next_header", _int, _pointer, ctypes.POINTER(_pointer))
_block = _function(
    "read_data_block", _int, _pointer, ctypes.POINTER(_pointer), ctypes.POINTER(ctypes.c_size_t),
    ctypes.POINTER(_int64),
)  # fmt: skip
_skip = _function("read_data_skip", _int, _pointer)
_passphrase = _function("read_add_passphrase", _int, _pointer, _text)
_has_encrypted = _function("read_has_encrypted_entries", _int, _pointer)
_errno, _error = _function("errno", _int, _pointer), _function("error_string", _text, _pointer)
_format_name = _function("format_name", _text, _pointer)
_filter_count = _function("filter_count", _int, _pointer)
_filter_name = _function("filter_name", _text, _pointer, _int)
_FILTER = {name: _function(f"read_support_filter_{name}", _int, _pointer) for name in FILTERS}
_FORMAT = {
    name: _function(f"read_support_format_{name}", _int, _pointer)
    for name in ("7zip", "ar", "cab", "cpio", "empty", "iso9660", "lha", "rar", "rar5", "raw",
                 "tar", "warc", "xar", "zip")
}  # fmt: skip
_TEXTS = {
    name: _function(f"entry_{name}", _text, _pointer)
    for name in ("pathname", "pathname_utf8", "symlink", "symlink_utf8", "hardlink",
                 "hardlink_utf8")
}  # fmt: skip
_FIGURES = {
    name: _function(f"entry_{name}", _int64, _pointer)
    for name in ("size", "mtime", "ctime", "atime", "birthtime")
}
_FLAGS = {
    name: _function(f"entry_{name}", _int, _pointer)
    for name in ("size_is_set", "mtime_is_set", "ctime_is_set", "atime_is_set",
                 "birthtime_is_set", "is_data_encrypted", "is_metadata_encrypted", "filetype")
}  # fmt: skip
_NANOSECONDS = {
    name: _function(f"entry_{name}_nsec", ctypes.c_long, _pointer)
    for name in ("mtime", "ctime", "atime", "birthtime")
}


def version() -> str:
    """Return the versions of libarchive and of what it is built with."""
    return _plain(_version())


def prepare() -> None:
    """Have names told as UTF-8 and times as their wall clocks, wherever the host stands.

    A ZIP, a CAB and an old RAR keep a local time without its zone: libarchive would take it for
    one in the host's zone, and two hosts would tell two times. Before the lockdown.
    """
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    stand_in_utc()


class ArchiveDamage(SourceUnreadable):
    """An archive cannot be read any further; ``code`` says why."""

    def __init__(self, code: str, message: str) -> None:
        """Take a reason code and what libarchive says."""
        super().__init__(message)
        self.code = code


class Header:
    """What an archive says of the member at hand; valid until the next one is asked for."""

    def __init__(self, entry: int) -> None:
        """Look at libarchive's entry."""
        self._entry = entry

    def text(self, name: str) -> bytes:
        """Return a name as stored, empty where there is none that can be told."""
        found = _TEXTS[name](self._entry) or _TEXTS[f"{name}_utf8"](self._entry)
        return bytes(found)[:_LONGEST_TEXT] if isinstance(found, bytes) else b""

    def has(self, flag: str) -> bool:
        """Tell whether something is so."""
        return bool(_FLAGS[flag](self._entry) > 0)

    @property
    def file_type(self) -> int:
        """The type, in the bits of ``st_mode``."""
        return int(_FLAGS["filetype"](self._entry))

    @property
    def size_bytes(self) -> int | None:
        """How long it claims to be, ``None`` where it does not."""
        return max(0, _FIGURES["size"](self._entry)) if self.has("size_is_set") else None

    def time_ns(self, name: str) -> int | None:
        """Return a time, ``None`` where there is none."""
        if not self.has(f"{name}_is_set"):
            return None
        time_ns = int(_FIGURES[name](self._entry)) * 1_000_000_000
        time_ns += int(_NANOSECONDS[name](self._entry))
        # A ZIP that keeps one time is told as one with the others at zero.
        return time_ns if time_ns or name == "mtime" else None


class Reader:
    """One archive that is open in libarchive."""

    def __init__(
        self,
        feed: Feed,
        formats: tuple[str, ...],
        *,
        filters: tuple[str, ...] = (),
        password: bytes | None = None,
    ) -> None:
        """Open it.

        Raises:
            ArchiveDamage: It is none of these formats, or cannot be read.
        """
        self._number = next(_numbers)
        self._fed = _feeds[self._number] = _Fed(feed)
        self._archive = _new()
        self._block = (ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_int64())
        self._at = self._gap_end = 0
        self._waiting = b""
        self._entry = ctypes.c_void_p()
        try:
            self._set_up(feed, formats, filters)
            if password is not None:
                _passphrase(self._archive, password)
            self._check(_open(self._archive))
            self._check_filters()
        except BaseException:
            self.close()
            raise

    def _check_filters(self) -> None:
        if _filter_count(self._archive) > _MANY_FILTERS + 1:
            raise ArchiveDamage("too_deep", "compressed too often")

    def _set_up(self, feed: Feed, formats: tuple[str, ...], filters: tuple[str, ...]) -> None:
        if not self._archive:
            raise MemoryError("libarchive has no room")
        for name in formats:
            _FORMAT[name](self._archive)
        for name in filters:
            if _FILTER[name](self._archive) != OK:  # it would start a program
                raise ArchiveDamage("unsupported", f"this libarchive has no {name}")
        _on_reading(self._archive, _on_read)
        if feed.is_seekable:
            _on_seeking(self._archive, _on_seek)
        _set_data(self._archive, self._number)

    @property
    def format_name(self) -> str:
        """What libarchive calls the format; known after the first header."""
        return _plain(_format_name(self._archive))

    @property
    def filter_names(self) -> tuple[str, ...]:
        """The filters around it, the innermost first."""
        count = max(0, _filter_count(self._archive) - 1)
        return tuple(_plain(_filter_name(self._archive, index)) for index in range(count))

    @property
    def taken_bytes(self) -> int:
        """How much of the archive was read so far, what was read twice twice."""
        return self._fed.given_bytes

    @property
    def has_encrypted(self) -> bool:
        """Whether something in it is known to be encrypted."""
        return bool(_has_encrypted(self._archive) == 1)

    def next_header(self) -> Header | None:
        """Go to the next member, ``None`` after the last.

        Raises:
            ArchiveDamage: There is no next one that could be read.
        """
        for _ in range(64):
            code = _next(self._archive, ctypes.byref(self._entry))
            if code == EOF:
                return None
            if code != RETRY:
                break
        self._check(code)
        self._at, self._gap_end, self._waiting = 0, 0, b""
        return Header(int(self._entry.value or 0))

    def read(self) -> bytes:
        """Return the next bytes of the member, none at its end; holes are zeros.

        Raises:
            ArchiveDamage: They cannot be read.
        """
        while self._at >= self._gap_end:
            if self._waiting:
                part, self._waiting = self._waiting, b""
                self._at += len(part)
                return part
            if not self._next_block():
                return b""
        length = min(_HOLE_BYTES, self._gap_end - self._at)
        self._at += length
        return bytes(length)

    def _next_block(self) -> bool:
        """Take the next block; False at the end of the member."""
        data, length, offset = self._block
        data.value, length.value = None, 0  # not every reader sets them when it only warns
        code = _block(self._archive, *map(ctypes.byref, self._block))
        if code != EOF:
            self._check(code)
            self._waiting = ctypes.string_at(data.value, length.value) if data.value else b""
        # A xar counts the places of all its members together: that is no hole.
        if offset.value > self._at and self.format_name != "xar":
            self._gap_end = offset.value
            return True
        return bool(code != EOF)

    def pass_over(self) -> None:
        """Skip what is left of the member, without reading it where the format can."""
        if (code := _skip(self._archive)) < WARN:
            self._check(code)

    def close(self) -> None:
        """Let go of it; calling it twice is harmless."""
        if self._archive:
            _free(self._archive)
            self._archive = 0
        _feeds.pop(self._number, None)

    def _check(self, code: int) -> None:
        error = self._fed.error
        if error is not None:
            self._fed.error = None
            if isinstance(error, (SourceError, MemoryError)):
                raise error
            raise ArchiveDamage("damaged", type(error).__name__) from error
        if code >= WARN:
            return
        message = _plain(_error(self._archive))
        raise ArchiveDamage(self._code(message.lower()), message or "no reason given")

    def _code(self, message: str) -> str:
        if _errno(self._archive) == _ENOMEM or "memory" in message:
            return "memory"
        if "crypt" in message or "passphrase" in message:
            return "encrypted"
        if "truncated" in message or "premature" in message or "end of file" in message:
            return "truncated"
        return "unsupported" if "unsupported" in message or "not support" in message else "damaged"


def _plain(text: object) -> str:
    if not isinstance(text, bytes):
        return ""
    return "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in text[:200])
