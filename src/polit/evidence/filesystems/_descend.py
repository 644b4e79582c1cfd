"""Reach a folder beneath one descriptor, one name at a time, without following a link.

A path is never handed to the kernel whole: it may be longer than the kernel takes, and a
component that became a link meanwhile would lead out of the evidence.
"""

import errno
import os
import stat
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import NamedTuple, Self

from polit.base.errors import EvidenceChanged, SourceUnreadable
from polit.model.evidence import Address

_IDENTITY = Struct("<QQqqq")
_WAY_BYTES_AT_MOST = 60_000
"""Longer ways are told by positions, so that an address stays under its 65,535 bytes."""
_BY_POSITION = b"\0"
ROOT = b""
"""The way to the root folder."""
_FOLDERS_KEPT = 32
_REACH = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHANGED = frozenset((errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ESTALE, errno.ENXIO))


class Identity(NamedTuple):
    """What a host file or folder is known by; another value means that it changed.

    The size of a folder is left out (0): it says nothing. All zeros: it could not be asked.
    """

    device: int
    inode: int
    size_bytes: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """Return the identity that a status tells."""
        size = 0 if stat.S_ISDIR(status.st_mode) else status.st_size
        # A host may hold dates beyond 2262; their low 63 bits tell a change as well.
        modified_ns, changed_ns = status.st_mtime_ns & _LOW_BITS, status.st_ctime_ns & _LOW_BITS
        return cls(status.st_dev, status.st_ino, size, modified_ns, changed_ns)


_LOW_BITS = (1 << 63) - 1
UNASKED = Identity(0, 0, 0, 0, 0)


class Place(NamedTuple):
    """An address of the folder driver, unpacked.

    Args:
        identity: What stood there when it was listed.
        way: How to get there from the root: names joined by ``/``, or, where that would be
            too long, a NUL and the position of each component among its folder's sorted
            names, as variable-length integers.
    """

    identity: Identity
    way: bytes

    def pack(self) -> Address:
        """Return the address that ``unpack`` takes."""
        return Address(_IDENTITY.pack(*self.identity) + self.way)

    @classmethod
    def unpack(cls, address: Address) -> Self:
        """Return an address's parts.

        Raises:
            SourceUnreadable: It is no address of this driver.
        """
        if len(address) < _IDENTITY.size:
            raise SourceUnreadable("the address is not of a host folder")
        return cls(Identity(*_IDENTITY.unpack_from(address)), address[_IDENTITY.size :])


@dataclass(frozen=True, slots=True)
class Reached:
    """A folder that is held open to start from.

    Args:
        descriptor: Opened for reaching names in it only (``O_PATH``).
        above: Device and inode of the folder and of all folders above it.
    """

    descriptor: int
    above: frozenset[tuple[int, int]]


class Descent:
    """Folders beneath a root descriptor, a few of them held open."""

    def __init__(self, descriptor: int, *, no_atime: bool) -> None:
        """Stand at the root.

        Args:
            descriptor: A folder opened for reading; it stays the caller's.
            no_atime: Ask the kernel to leave access times alone; it refuses that for
                folders of another owner.
        """
        self._flags = os.O_NOATIME if no_atime else 0
        status = os.fstat(descriptor)
        self.root_identity = Identity.of(status)
        self._root = Reached(descriptor, frozenset(((status.st_dev, status.st_ino),)))
        self._kept: OrderedDict[bytes, Reached] = OrderedDict()
        self._last_listed: tuple[bytes, list[bytes]] = (b"/", [])

    def reach(self, way: bytes) -> Reached:
        """Open a folder by its way; it stays open until others were reached since.

        Raises:
            EvidenceChanged: A component is gone or became something else.
            SourceUnreadable: It may not be entered, or a mount makes the way a loop.
        """
        missing: list[tuple[bytes, bytes]] = []
        start = way
        while start != ROOT and start not in self._kept:
            start, last = _split(start)
            missing.append((start, last))
        reached = self._root
        if start != ROOT:
            reached = self._kept[start]
            self._kept.move_to_end(start)
        for depth, (parent, last) in enumerate(reversed(missing), 1):
            try:
                below = self._step(reached, self._name(parent, reached, last))
            finally:
                if depth > 1:
                    os.close(reached.descriptor)
            reached = below
        if missing:
            self._keep(way, reached)
        return reached

    def parent_and_name(self, way: bytes) -> tuple[Reached, bytes]:
        """Return the folder that a way's last component stands in, and its name there."""
        parent, last = _split(way)
        reached = self.reach(parent)
        return reached, self._name(parent, reached, last)

    def names_in(self, way: bytes, folder: Reached) -> list[bytes]:
        """Return the names in a folder, in the order of their bytes."""
        descriptor = self.open_in(folder, b".", _LIST)
        try:
            names = sorted(os.fsencode(name) for name in os.listdir(descriptor))  # noqa: PTH208 - a descriptor has no path
        except OSError as error:
            raise trouble(error) from error
        finally:
            os.close(descriptor)
        self._last_listed = (way, names)
        return names

    def open_in(self, folder: Reached, name: bytes, flags: int) -> int:
        """Open one name in a folder; see ``reach`` for what is raised."""
        try:
            return os.open(name, flags | self._flags, dir_fd=folder.descriptor)
        except OSError as error:
            raise trouble(error) from error

    def ways_from(self, way: bytes, names: list[bytes]) -> Callable[[int], bytes]:
        """Return what tells the way to a name of a folder, by the name's position.

        Args:
            way: The way to the folder.
            names: Its names in the order of their bytes.
        """
        longest = len(way) + 1 + max(map(len, names), default=0)
        if longest <= _WAY_BYTES_AT_MOST and not way.startswith(_BY_POSITION):
            head = way + b"/" if way else b""
            return lambda position: head + names[position]
        told = self._by_position(way)
        return lambda position: told + _varint(position)

    def _by_position(self, way: bytes) -> bytes:
        """Tell a way by positions, and keep its folder open under that way too."""
        if way.startswith(_BY_POSITION):
            return way
        told = _BY_POSITION
        parts = way.split(b"/") if way else []
        for depth, name in enumerate(parts):
            parent = b"/".join(parts[:depth])
            names = self.names_in(parent, self.reach(parent))
            if name not in names:
                raise EvidenceChanged("a folder does not hold a name that it was listed with")
            told += _varint(names.index(name))
        if way != ROOT:
            reached = self.reach(way)
            self._keep(told, Reached(os.dup(reached.descriptor), reached.above))
        return told

    def _name(self, parent: bytes, folder: Reached, last: bytes) -> bytes:
        """Return the name that the last part of a way stands for."""
        if not last.startswith(_BY_POSITION):
            return last
        listed, names = self._last_listed
        if listed != parent:
            names = self.names_in(parent, folder)
        position = _number(last[1:])
        if position >= len(names):
            raise EvidenceChanged("a folder holds fewer names than when it was listed")
        return names[position]

    def _step(self, start: Reached, name: bytes) -> Reached:
        try:
            descriptor = os.open(name, _REACH, dir_fd=start.descriptor)
        except OSError as error:
            raise trouble(error) from error
        status = os.fstat(descriptor)
        identity = (status.st_dev, status.st_ino)
        if identity in start.above:
            os.close(descriptor)
            raise SourceUnreadable("the folder is one of those above it: a mount makes a loop")
        return Reached(descriptor, start.above | {identity})

    def _keep(self, way: bytes, reached: Reached) -> None:
        replaced = self._kept.pop(way, None)
        if replaced is not None:
            os.close(replaced.descriptor)
        self._kept[way] = reached
        if len(self._kept) > _FOLDERS_KEPT:
            os.close(self._kept.popitem(last=False)[1].descriptor)


def trouble(error: OSError) -> EvidenceChanged | SourceUnreadable:
    """Return what an error of the host means for evidence."""
    if error.errno in _CHANGED:
        return EvidenceChanged("a file or folder is not what it was when it was listed")
    return SourceUnreadable(f"the host refuses: {os.strerror(error.errno or 0)}")


def _split(way: bytes) -> tuple[bytes, bytes]:
    """Return the way to the folder, and a way's last part: a name, or a NUL and a number."""
    if not way.startswith(_BY_POSITION):
        parent, _, name = way.rpartition(b"/")
        return parent, name
    start = len(way) - 1
    while start > 1 and way[start - 1] & 0x80:
        start -= 1
    parent = way[:start]
    return (ROOT if parent == _BY_POSITION else parent), _BY_POSITION + way[start:]


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _number(varint: bytes) -> int:
    number = 0
    for byte in reversed(varint):
        number = number << 7 | byte & 0x7F
    return number
