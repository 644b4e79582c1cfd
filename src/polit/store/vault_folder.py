"""Folders and files of a vault, reached by descriptors: no link is followed, no device opened.

A vault may lie on a disk that others write to. Every name in it is opened relative to the folder
that holds it, without following links, and is used only when it is the kind of thing that polit
makes.
"""

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from polit.base import faults
from polit.base.errors import StorageFull, VaultDamaged
from polit.base.ids import random_bytes
from polit.store.room import needs_room

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LIST_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_OURS = frozenset({errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR, errno.ENODEV})
_RECORD_BYTES = 32


@contextmanager
def folder_of(name: str, *, within: int) -> Iterator[int]:
    """Open a folder for a block.

    Raises:
        FileNotFoundError: There is none.
        VaultDamaged: It is a link or no folder, or must not be read.
    """
    descriptor = open_folder(name, within=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_folder(name: str, *, within: int) -> int:
    """Open a folder; the caller closes the descriptor.

    Raises:
        FileNotFoundError: There is none.
        VaultDamaged: It is a link or no folder, or must not be read.
    """
    return _open(name, _FOLDER_FLAGS, within)


@contextmanager
def file_of(name: str, *, within: int) -> Iterator[int]:
    """Open a regular file for reading, for a block.

    Raises:
        FileNotFoundError: There is none.
        VaultDamaged: It is a link or no regular file, or must not be read.
    """
    descriptor = _open(name, _READ_FLAGS, within)
    try:
        _check_regular(descriptor, name)
        yield descriptor
    finally:
        os.close(descriptor)


def names_in(descriptor: int) -> list[str]:
    """Return the names in a folder, sorted."""
    return sorted(os.listdir(descriptor))


def is_folder(name: str, within: int) -> bool:
    """Tell whether a name is a folder's, not that of a link to one."""
    return stat.S_ISDIR(os.stat(name, dir_fd=within, follow_symlinks=False).st_mode)


def make_folder(name: str, *, within: int) -> None:
    """Make a folder; one that is there stays as it is."""
    with contextlib.suppress(FileExistsError), needs_room("the vault"):
        faults.reach("vault.folder")
        os.mkdir(name, 0o700, dir_fd=within)


def sync_folder(descriptor: int) -> None:
    """Make the names in a folder durable."""
    with needs_room("the vault"):
        faults.reach("vault.sync_folder")
        os.fsync(descriptor)


def put_file(name: str, pieces: Iterator[bytes], *, within: int, new: int) -> None:
    """Write a file: aside, synced, renamed into its place, its name synced. All or nothing.

    Args:
        name: Its name; what is there under it is replaced.
        pieces: Its bytes; when this raises, nothing is kept.
        within: The folder that it gets into.
        new: A folder on the same file system where it is written first.

    Raises:
        StorageFull: There is no room; nothing was kept.
        VaultDamaged: A folder stands under that name.
    """
    temporary = random_bytes(16).hex()
    with needs_room("originals"):
        try:
            _write_aside(temporary, pieces, new)
            faults.reach("vault.rename")
            os.rename(temporary, name, src_dir_fd=new, dst_dir_fd=within)
            temporary = name
            sync_folder(within)
        except BaseException as error:
            # Also when only the sync failed: whoever tries again must not take it for kept.
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=within if temporary == name else new)
            if isinstance(error, IsADirectoryError):
                raise VaultDamaged(f"{name} in the vault is a folder: take it away") from error
            raise


def _write_aside(name: str, pieces: Iterator[bytes], folder: int) -> None:
    descriptor = os.open(name, _NEW_FLAGS, 0o600, dir_fd=folder)
    try:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                faults.reach("vault.write")
                view = view[os.write(descriptor, view) :]
        faults.reach("vault.sync")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_folder(descriptor: int) -> int:
    """Unlink every file in a folder, links as such; return how many. Folders stay."""
    count = 0
    for name in names_in(descriptor):
        with contextlib.suppress(IsADirectoryError, FileNotFoundError):
            faults.reach("vault.unlink")
            os.unlink(name, dir_fd=descriptor)
            count += 1
    return count


def add_record(list_name: str, record: bytes, *, within: int) -> None:
    """Add a record of 32 bytes to a list, unless it stands there; one process at a time.

    A torn record at the end, of a power cut, is cut off. It is not synced: a record that is lost
    hides nothing that was kept, and the next one who keeps the same adds it again.

    Raises:
        StorageFull: There is no room.
        VaultDamaged: The list is no regular file.
    """
    descriptor = _open(list_name, _LIST_FLAGS, within)
    try:
        _check_regular(descriptor, list_name)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        known = _read_all(descriptor)
        if record in set(_records(known)):
            return
        end = len(known) // _RECORD_BYTES * _RECORD_BYTES
        with needs_room("the vault's list"):
            faults.reach("vault.list")
            if os.pwrite(descriptor, record, end) < len(record):
                raise StorageFull("no room for the vault's list")
    finally:
        os.close(descriptor)


def records_of(list_name: str, *, within: int) -> list[bytes]:
    """Return the records of a list in their order; none where there is no list.

    Raises:
        VaultDamaged: The list is no regular file, or must not be read.
    """
    try:
        with file_of(list_name, within=within) as descriptor:
            return list(_records(_read_all(descriptor)))
    except FileNotFoundError:
        return []


def _records(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data) - _RECORD_BYTES + 1, _RECORD_BYTES):
        yield data[at : at + _RECORD_BYTES]


def _read_all(descriptor: int) -> bytes:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    return os.pread(descriptor, size, 0)


def _open(name: str, flags: int, within: int) -> int:
    try:
        return os.open(name, flags, 0o600, dir_fd=within)
    except PermissionError as error:
        raise VaultDamaged(f"{name} in the vault must not be opened by this user") from error
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _NOT_OURS:
            raise VaultDamaged(f"{name} in the vault is none of its files and folders") from error
        raise


def _check_regular(descriptor: int, name: str) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise VaultDamaged(f"{name} in the vault is no regular file")
