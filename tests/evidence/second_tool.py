"""Live files of an image by tools that are neither the builder's nor the Sleuth Kit.

FAT: libfsfat. NTFS: libfsntfs. ext: libfsext, and debugfs for names that libfsext's binding
refuses. exFAT: exfat-fuse for what our own writer planted, our own reader for what exfat-fuse
planted (libfsfat 20260826 gives up on some long exFAT names). What they say proves the
builders' lists (``test_fixture_*``); it never makes them.
"""

import hashlib
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pyfsext
import pyfsfat
import pyfsntfs

from evidence.exfat_table import ExfatImage
from evidence.mounts import exfat_mounted
from evidence.tools import run

_CHUNK_BYTES = 1 << 20
_FAT_FOLDER = 0x10
_REPARSE_OR_SYSTEM = 0x404


class _Bytes(Protocol):
    size: int

    def read_buffer_at_offset(self, size: int, offset: int) -> bytes: ...


def live_files(image: Path, kind: str) -> dict[str, str]:
    """Return path to SHA-256 of each live file and stream of an image.

    Args:
        image: One file system without a partition table.
        kind: ``fat``, ``ntfs``, ``ext`` (without ``ext.NOT_BY_LIBFSEXT``), ``exfat`` (needs
            root) or ``exfat_own``.
    """
    readers = {
        "fat": _fat_files,
        "ntfs": _ntfs_files,
        "ext": _ext_files,
        "exfat": _exfat_files,
        "exfat_own": _own_exfat_files,
    }
    return dict(readers[kind](image))


def live_folders(image: Path, kind: str) -> set[str]:
    """Return the paths of the live folders below the root, as ``live_files`` reads them."""
    if kind == "ntfs":
        volume = pyfsntfs.volume()
        volume.open(str(image))
        return {path for path, item in _ntfs_walk(volume) if item.has_directory_entries_index()}
    if kind == "fat":
        return {path for path, item in _fat_walk(image) if _is_fat_folder(item)}
    return {path for path, item in _ext_walk(image) if stat.S_ISDIR(item.file_mode)}


def debugfs_sha256(image: Path, folder: str, raw_name: bytes) -> str:
    """Return the SHA-256 of one live file of an ext image, dumped by debugfs by its inode.

    Raises:
        KeyError: debugfs lists no such name.
    """
    told = run(["debugfs", "-R", f'ls -p "{folder}"', image])
    found = re.search(rb"^/(\d+)/\d+/\d+/\d+/" + re.escape(raw_name) + rb"/", told, re.MULTILINE)
    if found is None:
        raise KeyError(raw_name)
    with tempfile.TemporaryDirectory(prefix="polit-dump-") as made:
        target = Path(made) / "dumped"
        run(["debugfs", "-R", f"dump <{int(found[1])}> {target}", image])
        return hashlib.sha256(target.read_bytes()).hexdigest()


def _exfat_files(image: Path) -> Iterator[tuple[str, str]]:
    """Read through exfat-fuse, from a copy: a mount would write to the image."""
    with tempfile.TemporaryDirectory(prefix="polit-mount-") as made:
        copy, at = Path(made) / "copy.dd", Path(made) / "mounted"
        shutil.copyfile(image, copy)
        at.mkdir()
        with exfat_mounted(copy, at):
            for path in at.rglob("*"):
                if path.is_file():
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    yield path.relative_to(at).as_posix(), digest


def _own_exfat_files(image: Path) -> Iterator[tuple[str, str]]:
    made = ExfatImage(image)
    for entry_set in made.sets():
        if not entry_set.deleted and not entry_set.folder:
            yield entry_set.path, hashlib.sha256(made.content(entry_set)).hexdigest()


def _sha256(content: _Bytes) -> str:
    digest = hashlib.sha256()
    for at in range(0, content.size, _CHUNK_BYTES):
        length = min(_CHUNK_BYTES, content.size - at)
        digest.update(content.read_buffer_at_offset(length, at))
    return digest.hexdigest()


def _is_fat_folder(item: pyfsfat.file_entry) -> bool:
    return bool(item.file_attribute_flags & _FAT_FOLDER)


def _fat_walk(image: Path) -> Iterator[tuple[str, pyfsfat.file_entry]]:
    volume = pyfsfat.volume()
    volume.open(str(image))
    waiting = [("", volume.root_directory)]
    while waiting:
        folder, held = waiting.pop()
        for item in held.sub_file_entries:
            path = f"{folder}{item.name}"
            yield path, item
            if _is_fat_folder(item):
                waiting.append((f"{path}/", item))


def _fat_files(image: Path) -> Iterator[tuple[str, str]]:
    for path, item in _fat_walk(image):
        if not _is_fat_folder(item):
            yield path, _sha256(item)


def _ntfs_walk(volume: pyfsntfs.volume) -> Iterator[tuple[str, pyfsntfs.file_entry]]:
    waiting = [("", volume.get_root_directory())]
    while waiting:
        folder, held = waiting.pop()
        for item in held.sub_file_entries:
            path = f"{folder}{item.name}"
            if path.startswith("$"):
                continue
            yield path, item
            if item.has_directory_entries_index():
                waiting.append((f"{path}/", item))


def _ntfs_files(image: Path) -> Iterator[tuple[str, str]]:
    volume = pyfsntfs.volume()
    volume.open(str(image))
    for path, item in _ntfs_walk(volume):
        is_link = bool(item.file_attribute_flags & _REPARSE_OR_SYSTEM)
        if not item.has_directory_entries_index() and not is_link:
            yield path, _sha256(item)
        for stream in item.alternate_data_streams:
            yield f"{path}:{stream.name}", _sha256(stream)


def _ext_walk(image: Path) -> Iterator[tuple[str, pyfsext.file_entry]]:
    volume = pyfsext.volume()
    volume.open(str(image))
    waiting = [("", volume.root_directory)]
    while waiting:
        folder, held = waiting.pop()
        for item in held.sub_file_entries:
            name = _ext_name(item)
            if name is None:
                continue
            path = f"{folder}{name}"
            yield path, item
            if stat.S_ISDIR(item.file_mode):
                waiting.append((f"{path}/", item))


def _ext_name(item: pyfsext.file_entry) -> str | None:
    try:
        return item.name
    except OSError:
        return None


def _ext_files(image: Path) -> Iterator[tuple[str, str]]:
    for path, item in _ext_walk(image):
        if stat.S_ISREG(item.file_mode):
            yield path, _sha256(item)
