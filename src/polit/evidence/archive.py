"""What kinds of archives are opened, and what an archive says of a member as an entry.

An archive is a row of bytes with a type; what lies in it is told in stored order, once. Names
are data: nothing is ever written under them.

Locators have a step for each archive: its kind, and the name inside it (``zip:dir/x.jpg``). A
tar that is compressed is one archive: ``tar:``. What is compressed alone is an archive of one
member, whose name is that of the archive without its extension.
"""

import re
import stat
from dataclasses import dataclass

from polit.evidence import libarchive
from polit.evidence.filesystem import Content
from polit.evidence.libarchive import Header, Reader
from polit.model.archives import COMPRESSED
from polit.model.evidence import (
    Address,
    ContentState,
    EntryState,
    EntryTimes,
    EntryType,
    FoundEntry,
)

_PART_BYTES = 1 << 17
_INDEX_BYTES = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of archive is opened.

    Args:
        step: What a locator's step is called.
        formats: The formats of libarchive that it may be.
        filters: The filters that may lie around it.
    """

    step: str
    formats: tuple[str, ...]
    filters: tuple[str, ...] = ()


_ZIP, _AR, _RAR = Kind("zip", ("zip",)), Kind("ar", ("ar",)), Kind("rar", ("rar", "rar5"))
_BARE = ("raw", "empty")
_PACKED = {"application/x-tar": ("tar",), "application/x-cpio": ("cpio",)}
_FILTERS = tuple(name for name in libarchive.FILTERS if name != "rpm")
KINDS: dict[str, Kind] = {
    "application/zip": _ZIP,
    "application/java-archive": _ZIP,
    "application/vnd.android.package-archive": _ZIP,
    "application/x-7z-compressed": Kind("sevenzip", ("7zip",)),
    "application/vnd.rar": _RAR,
    "application/x-rar": _RAR,
    "application/vnd.ms-cab-compressed": Kind("cab", ("cab",)),
    "application/x-tar": Kind("tar", ("tar",)),
    "application/x-cpio": Kind("cpio", ("cpio",)),
    "application/x-archive": _AR,
    "application/vnd.debian.binary-package": _AR,
    "application/x-rpm": Kind("cpio", ("cpio",), libarchive.FILTERS),
    "application/x-iso9660-image": Kind("iso", ("iso9660",)),
    "application/x-xar": Kind("xar", ("xar",)),
    "application/x-lzh-compressed": Kind("lha", ("lha",)),
    **{mime: Kind(step, _BARE, _FILTERS) for mime, step in COMPRESSED.items()},
}
_PART = re.compile(rb"\.(part\d+\.rar|[rz]\d\d|(7z|zip|rar)\.\d\d\d)\Z", re.IGNORECASE)
_EXTENSIONS = (b".gz", b".bz2", b".xz", b".lzma", b".zst", b".lz4", b".lz", b".z")


class ContentFeed:
    """Feeds a content to libarchive; it can seek."""

    is_seekable = True

    def __init__(self, content: Content) -> None:
        """Begin at its start."""
        self._content, self._at = content, 0

    def read(self) -> bytes:
        """Return the next bytes."""
        length = min(_PART_BYTES, self._content.size_bytes - self._at)
        part = self._content.read_at(self._at, length) if length > 0 else b""
        self._at += len(part)
        return part

    def seek(self, offset_bytes: int, whence: int) -> int:
        """Go to a place within the content, or to its end."""
        start = (0, self._at, self._content.size_bytes)[whence]
        self._at = min(max(0, start + offset_bytes), self._content.size_bytes)
        return self._at


class HeldContent:
    """An archive inside an archive, held in memory: a content like any other."""

    def __init__(self, untrusted: bytes | bytearray) -> None:
        """Take its bytes."""
        self._untrusted = untrusted

    @property
    def size_bytes(self) -> int:
        """How long it is."""
        return len(self._untrusted)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range."""
        return bytes(self._untrusted[offset_bytes : offset_bytes + length_bytes])

    def places(self) -> tuple[tuple[int, int], ...]:
        """It lies nowhere but in memory."""
        return ()

    def close(self) -> None:
        """Nothing is open."""


def open_archive(
    content: Content, mime: str, *, packed: str = "", password: bytes | None = None
) -> Reader:
    """Open an archive.

    Args:
        content: Its bytes.
        mime: What it is.
        packed: What is in it, where it is compressed alone: a tar is opened with it. libarchive
            is not asked, for it takes any zeros for the end of a tar.
        password: The password of a ZIP.

    Raises:
        ArchiveDamage: It cannot be opened.
    """
    kind = KINDS[mime]
    formats = _PACKED.get(packed, kind.formats)
    return Reader(ContentFeed(content), formats, filters=kind.filters, password=password)


def step_of(mime: str, format_name: str) -> str:
    """Return what the step of a member is called, once the format is known."""
    if mime not in COMPRESSED:
        return KINDS[mime].step
    if format_name == "raw":
        return COMPRESSED[mime]
    return "cpio" if "cpio" in format_name else "tar"


def member_found(header: Header, place: bytes, name: bytes) -> FoundEntry:
    """Return a member as an entry. Its address is its place.

    Args:
        header: What the archive says of it.
        place: See ``place_below``.
        name: Its name as stored.
    """
    target = header.text("hardlink") or header.text("symlink")
    entry_type = _entry_type(header.file_type, is_link=bool(target))
    readable = entry_type in (EntryType.FILE, EntryType.LINK)
    content = ContentState.READABLE if readable else ContentState.NONE
    if entry_type is EntryType.SPECIAL:
        content = ContentState.SPECIAL
    return FoundEntry(
        raw_name=name,
        entry_type=entry_type,
        state=EntryState.LIVE,
        content=content,
        address=Address(place),
        record="",
        size_bytes=(header.size_bytes or 0) if entry_type is EntryType.FILE else 0,
        link_target=target,
        times=EntryTimes(
            header.time_ns("birthtime"),
            header.time_ns("mtime"),
            header.time_ns("atime"),
            header.time_ns("ctime"),
        ),
    )


def _entry_type(file_type: int, *, is_link: bool) -> EntryType:
    if is_link or file_type == stat.S_IFLNK:
        return EntryType.LINK
    if file_type == stat.S_IFDIR:
        return EntryType.FOLDER
    # Not all formats keep a type: what has none is a file.
    return EntryType.FILE if file_type in (0, stat.S_IFREG) else EntryType.SPECIAL


def bare_name(archive_name: bytes) -> bytes:
    """Return the name of what an archive without names holds."""
    for extension in _EXTENSIONS:
        if archive_name.lower().endswith(extension) and len(archive_name) > len(extension):
            return archive_name[: -len(extension)]
    return b"data"


def is_part(name: bytes) -> bool:
    """Tell whether a name says that an archive is one of several files."""
    return _PART.search(name) is not None


def place_below(parent: bytes, index: int) -> bytes:
    """Return the place of the member with an index below an archive at a place.

    Places sort by their bytes in the order in which members are met: each archive before what
    it holds. The archive that the file system names has the empty place.
    """
    return parent + index.to_bytes(_INDEX_BYTES, "big")


def place_above(place: bytes) -> bytes:
    """Return the place of the archive that a member lies in."""
    return place[:-_INDEX_BYTES]


def depth_of(place: bytes) -> int:
    """Return how many archives a member lies in."""
    return len(place) // _INDEX_BYTES
