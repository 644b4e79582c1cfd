"""Reach a folder beneath one descriptor, one name at a time, without following a link.

A path is never handed to the kernel whole: it may be longer than the kernel takes, and a
component that became a link meanwhile would lead out of the evidence.
"""

import errno
import os
import stat
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import NamedTuple, Self

from polit.base.errors import EvidenceChanged, SourceUnreadable
from polit.model.evidence import Address

_IDENTITY = Struct("<QQqqq")
PATH_BYTES_AT_MOST = 60_000
"""Longer ways are told by positions, so that an address stays under its 65,535 bytes."""
_BY_POSITION = b"\0"
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
        return cls(status.st_dev, status.st_ino, size, status.st_mtime_ns, status.st_ctime_ns)


UNASKED = Identity(0, 0, 0, 0, 0)


class Place(NamedTuple):
    """An address of the folder driver, unpacked: what stood there, and the way to it.

    Args:
        identity: What it was when it was listed.
        names: The way from the root, or none where it is told by positions.
        positions: For a way that is too long to be told by names, the position of each
            component among its folder's names, in their order.
    """

    identity: Identity
    names: tuple[bytes, ...] = ()
    positions: tuple[int, ...] = ()

    def pack(self) -> Address:
        """Return the address that ``unpack`` takes."""
        way = b"/".join(self.names)
        if self.positions:
            way = _BY_POSITION + b"".join(_varint(position) for position in self.positions)
        return Address(_IDENTITY.pack(*self.identity) + way)

    @classmethod
    def unpack(cls, address: Address) -> Self:
        """Return an address's parts.

        Raises:
            SourceUnreadable: It is no address of this driver.
        """
        if len(address) < _IDENTITY.size:
            raise SourceUnreadable("the address is not of a host folder")
        identity = Identity(*_IDENTITY.unpack_from(address))
        way = address[_IDENTITY.size :]
        if way.startswith(_BY_POSITION):
            return cls(identity, positions=tuple(_varints(way[1:])))
        return cls(identity, tuple(way.split(b"/")) if way else ())


@dataclass(frozen=True, slots=True)
class Reached:
    """A folder that is held open to start from.

    Args:
        descriptor: Opened for reaching names in it only (``O_PATH``).
        names: The way from the root.
        above: Device and inode of the folder and of all folders above it.
    """

    descriptor: int
    names: tuple[bytes, ...]
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
        self._root = Reached(descriptor, (), frozenset(((status.st_dev, status.st_ino),)))
        self._kept: OrderedDict[tuple[bytes, ...], Reached] = OrderedDict()

    def reach(self, names: tuple[bytes, ...]) -> Reached:
        """Open a folder by its way.

        Raises:
            EvidenceChanged: A component is gone or became something else.
            SourceUnreadable: It may not be entered, or a mount makes the way a loop.
        """
        start = self._nearest(names)
        for depth in range(len(start.names), len(names)):
            start = self._step(start, names[: depth + 1])
        return start

    def names_in(self, folder: Reached) -> list[bytes]:
        """Return the names in a folder, in the order of their bytes."""
        descriptor = self.open_in(folder, b".", _LIST)
        try:
            return sorted(os.fsencode(name) for name in os.listdir(descriptor))  # noqa: PTH208 - a descriptor has no path
        except OSError as error:
            raise trouble(error, folder.names) from error
        finally:
            os.close(descriptor)

    def open_in(self, folder: Reached, name: bytes, flags: int) -> int:
        """Open one name in a folder; see ``reach`` for what is raised."""
        try:
            return os.open(name, flags | self._flags, dir_fd=folder.descriptor)
        except OSError as error:
            raise trouble(error, (*folder.names, name)) from error

    def positions_of(self, names: tuple[bytes, ...]) -> tuple[int, ...]:
        """Turn a way into positions, by listing each folder on it."""
        positions = []
        for depth, name in enumerate(names):
            found = self.names_in(self.reach(names[:depth]))
            if name not in found:
                raise EvidenceChanged("a folder does not hold a name that it was listed with")
            positions.append(found.index(name))
        return tuple(positions)

    def names_of(self, positions: tuple[int, ...]) -> tuple[bytes, ...]:
        """Turn a way told by positions into names, by listing each folder on it."""
        reached = self._root
        names: tuple[bytes, ...] = ()
        for position in positions:
            found = self.names_in(reached)
            if position >= len(found):
                raise EvidenceChanged("a folder holds fewer names than when it was listed")
            names = (*names, found[position])
            if len(names) < len(positions):
                reached = self.reach(names)
        return names

    def _nearest(self, names: tuple[bytes, ...]) -> Reached:
        for depth in range(len(names), 0, -1):
            reached = self._kept.get(names[:depth])
            if reached is not None:
                self._kept.move_to_end(names[:depth])
                return reached
        return self._root

    def _step(self, start: Reached, names: tuple[bytes, ...]) -> Reached:
        try:
            descriptor = os.open(names[-1], _REACH, dir_fd=start.descriptor)
        except OSError as error:
            raise trouble(error, names) from error
        status = os.fstat(descriptor)
        identity = (status.st_dev, status.st_ino)
        if identity in start.above:
            os.close(descriptor)
            raise SourceUnreadable("the folder is one of those above it: a mount makes a loop")
        reached = Reached(descriptor, names, start.above | {identity})
        self._kept[names] = reached
        if len(self._kept) > _FOLDERS_KEPT:
            os.close(self._kept.popitem(last=False)[1].descriptor)
        return reached


def trouble(error: OSError, names: tuple[bytes, ...]) -> EvidenceChanged | SourceUnreadable:
    """Return what an error of the host means for evidence."""
    if error.errno in _CHANGED:
        return EvidenceChanged(
            f"a name at depth {len(names)} is not what it was when it was listed"
        )
    return SourceUnreadable(f"the host refuses: {os.strerror(error.errno or 0)}")


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _varints(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0
