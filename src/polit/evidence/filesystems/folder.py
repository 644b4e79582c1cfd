"""A folder of the host as evidence: read beneath one descriptor, no link ever followed.

Opened by ``open_folder``, never by the contents of a source. Runs in the walker only.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from typing import NoReturn

from polit.base.errors import EvidenceChanged, SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem, Journal
from polit.evidence.filesystems._descend import (
    ROOT,
    UNASKED,
    Descent,
    Identity,
    Place,
    Reached,
    trouble,
)
from polit.evidence.source import ByteSource
from polit.model.evidence import (
    Address,
    ContentState,
    EntryState,
    EntryTimes,
    EntryType,
    FileSystemFacts,
    FoundEntry,
    TimeBasis,
    TimeFacts,
    VolumeFacts,
)

ORDER = 90
NAME = "folder"

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FACTS = FileSystemFacts(
    kind="folder",
    block_size_bytes=0,
    time_facts=TimeFacts(
        TimeBasis.UTC,
        (("accessed", 1), ("changed", 1), ("modified", 1)),
        "status of the host's file system",
    ),
    unallocated_bytes=None,
)


def detect(untrusted_head: bytes) -> bool:  # noqa: ARG001 - the plugin's signature
    """Tell that no source's bytes are a host folder."""
    return False


def open_filesystem(
    source: ByteSource,  # noqa: ARG001 - the plugin's signature
    volume: VolumeFacts,  # noqa: ARG001 - the plugin's signature
    *,
    on_read: Callable[[], None] | None = None,  # noqa: ARG001 - the plugin's signature
) -> NoReturn:
    """Refuse: a host folder has no bytes of a volume.

    Raises:
        SourceUnreadable: Always.
    """
    raise SourceUnreadable("a host folder is opened by its descriptor")


def open_folder(descriptor: int, *, no_atime: bool) -> FileSystem:
    """Open a host folder as evidence.

    Args:
        descriptor: The folder, opened for reading; it stays the caller's.
        no_atime: Leave access times alone (``O_NOATIME``). The kernel refuses that for files
            of another owner: such a file is then unreadable, and says so.
    """
    return FolderFileSystem(descriptor, no_atime=no_atime)


class FolderFileSystem:
    """See ``FileSystem``."""

    def __init__(self, descriptor: int, *, no_atime: bool) -> None:
        """Stand at the root."""
        self._descent = Descent(descriptor, no_atime=no_atime)

    @property
    def facts(self) -> FileSystemFacts:
        """What is known of a host folder."""
        return _FACTS

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return Place(self._descent.root_identity, ROOT).pack()

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder in the order of their bytes.

        Raises:
            EvidenceChanged: The folder is not what it was when it was met, or changes.
            SourceUnreadable: It may not be read, or a mount makes it a loop.
        """
        place = Place.unpack(folder)
        reached = self._descent.reach(place.way)
        held = os.dup(reached.descriptor)
        try:
            _check_same(os.fstat(held), place.identity)
            names = self._descent.names_in(place.way, Reached(held, reached.above))
            way_to = self._descent.ways_from(place.way, names)
            for index in range(start_index, len(names)):
                journal(index)
                yield index, self._entry(held, names[index], way_to(index))
            _check_same(os.fstat(held), place.identity)
        finally:
            os.close(held)

    def list_orphans(
        self,
        *,
        start_index: int,  # noqa: ARG002 - the interface's signature
        journal: Journal,  # noqa: ARG002 - the interface's signature
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield nothing: a host shows no deleted records."""
        return iter(())

    def open_content(self, address: Address) -> Content:
        """Open a file.

        Raises:
            EvidenceChanged: It is not what it was when it was listed.
            SourceUnreadable: It may not be read.
        """
        place = Place.unpack(address)
        if place.way == ROOT:
            raise SourceUnreadable("the root folder has no content")
        folder, name = self._descent.parent_and_name(place.way)
        descriptor = self._descent.open_in(folder, name, _READ)
        try:
            status = os.fstat(descriptor)
            _check_same(status, place.identity)
            _check_regular(status)
        except BaseException:
            os.close(descriptor)
            raise
        return HostContent(descriptor, Identity.of(status))

    def _entry(self, folder: int, name: bytes, way: bytes) -> FoundEntry:
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            raised = trouble(error)
            if isinstance(raised, EvidenceChanged):
                raise raised from error
            return _unasked_entry(name, Place(UNASKED, way))
        kind = _kind(status.st_mode)
        return FoundEntry(
            raw_name=name,
            entry_type=kind,
            state=EntryState.LIVE,
            content=_CONTENT[kind],
            address=Place(Identity.of(status), way).pack(),
            record="",
            size_bytes=0 if kind is EntryType.FOLDER else status.st_size,
            link_target=_link_target(folder, name) if kind is EntryType.LINK else b"",
            times=EntryTimes(
                modified_ns=status.st_mtime_ns,
                accessed_ns=status.st_atime_ns,
                changed_ns=status.st_ctime_ns,
            ),
        )


class HostContent:
    """The bytes of one host file, which must not change while they are read."""

    def __init__(self, descriptor: int, identity: Identity) -> None:
        """Take over an opened descriptor."""
        self._descriptor = descriptor
        self._identity = identity

    @property
    def size_bytes(self) -> int:
        """The size that the file had when it was listed."""
        return self._identity.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, shorter only at the end.

        Raises:
            EvidenceChanged: The file became shorter.
            SourceUnreadable: The host cannot read it.
        """
        wanted = min(length_bytes, self.size_bytes - offset_bytes)
        parts = []
        while wanted > 0:
            try:
                part = os.pread(self._descriptor, wanted, offset_bytes)
            except OSError as error:
                raise trouble(error) from error
            if not part:
                raise EvidenceChanged("a file became shorter while it was read")
            parts.append(part)
            offset_bytes += len(part)
            wanted -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return nothing: a host file lies in no source."""
        return ()

    def close(self) -> None:
        """Close the file.

        Raises:
            EvidenceChanged: It is not what it was when it was listed.
        """
        if self._descriptor < 0:
            return
        descriptor, self._descriptor = self._descriptor, -1
        status = os.fstat(descriptor)
        os.close(descriptor)
        _check_same(status, self._identity)


_CONTENT = {
    EntryType.FILE: ContentState.READABLE,
    EntryType.FOLDER: ContentState.NONE,
    EntryType.LINK: ContentState.NONE,
    EntryType.SPECIAL: ContentState.SPECIAL,
}


def _kind(mode: int) -> EntryType:
    if stat.S_ISREG(mode):
        return EntryType.FILE
    if stat.S_ISDIR(mode):
        return EntryType.FOLDER
    return EntryType.LINK if stat.S_ISLNK(mode) else EntryType.SPECIAL


def _check_same(status: os.stat_result, identity: Identity) -> None:
    if identity not in (UNASKED, Identity.of(status)):
        raise EvidenceChanged("a file or folder changed since it was listed")


def _check_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SourceUnreadable("it is no regular file")


def _link_target(folder: int, name: bytes) -> bytes:
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.EACCES:
            return b""
        raise EvidenceChanged("a link is not what it was when it was listed") from error


def _unasked_entry(name: bytes, place: Place) -> FoundEntry:
    """An entry that the host does not let us ask about: reading it will say why."""
    return FoundEntry(
        raw_name=name,
        entry_type=EntryType.FILE,
        state=EntryState.LIVE,
        content=ContentState.READABLE,
        address=place.pack(),
        record="",
    )
