"""The evidence as the coordinator holds it: opened read-only once, and watched for change."""

import fcntl
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from polit.base.errors import EvidenceChanged, SourceError, SourceMissing
from polit.base.text import name_text
from polit.evidence.companion_search import open_companions
from polit.evidence.segments import (
    Segment,
    close_segments,
    find_segments,
    open_segments,
)
from polit.examine.mounts import check_unmounted
from polit.sandbox.walking import WalkSource

_DEVICE = 3
"""So many figures identify a block device; its size stands apart, it has no times."""


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A source, opened read-only.

    Args:
        walk: What a walker is handed.
        paths: The files of an image in order, or the one folder.
        missing: Numbers of segments that should be there and are not.
        identity: Per file ``(device, inode, size, modified_ns, changed_ns)``; for a folder
            device and inode of the folder alone, for a block device with its number.
        access_times_may_change: Whether reading leaves access times as they were, or not.
    """

    walk: WalkSource
    paths: tuple[Path, ...]
    missing: tuple[int, ...]
    identity: tuple[tuple[int, ...], ...]
    access_times_may_change: bool

    @property
    def is_folder(self) -> bool:
        """Whether the source is a folder of this machine."""
        return self.walk.is_folder

    def check_unchanged(self) -> None:
        """Compare the files of an image with what they were when they were opened.

        Raises:
            EvidenceChanged: A file was written to, replaced, or cannot be asked any more.
        """
        for segment, before in zip(self.walk.segments, self.identity, strict=True):
            try:
                now = _identity(segment.descriptor, is_folder=self.is_folder)
            except OSError as error:
                raise EvidenceChanged(f"{segment.name} cannot be read any more: {error}") from error
            if now != before:
                raise EvidenceChanged(
                    f"evidence changed: {segment.name} is not what it was at the start; "
                    "find out who wrote to it before anything else"
                )

    def fingerprint(self) -> list[list[str | int]]:
        """Return what knows the source again on a resume: names, sizes, modification times.

        A block device has no modification time of its own: 0 stands for it.
        """
        if self.is_folder:
            return [[str(self.paths[0]), *self.identity[0][:2]]]
        return [
            [segment.name, segment.size_bytes, identity[3] if len(identity) > _DEVICE else 0]
            for segment, identity in zip(self.walk.segments, self.identity, strict=True)
        ]

    def close(self) -> None:
        """Close the descriptors."""
        close_segments(self.walk.segments)


def open_source(path: Path, *, accept_atime: bool) -> OpenedSource:
    """Open a folder or an image with all its segments and companions, read-only.

    Args:
        path: A folder, an image, or the first segment of one.
        accept_atime: Read a folder even where reading changes access times.

    Raises:
        SourceMissing: There is nothing there, or the first segment or a companion is missing.
        SourceError: It is there, but may not be opened, or reading would change it.
    """
    if not path.exists():
        raise SourceMissing(f"{path}: there is no such file or folder")
    if path.is_dir():
        return _open_folder(path, accept_atime=accept_atime)
    found = find_segments(path)
    paths, opened = found.paths, open_segments(found.paths)
    try:
        safe_first = replace(opened[0], name=_safe_name(opened[0].name))
        companions = open_companions(paths[0], safe_first)
        paths, opened = paths + companions.paths, opened + companions.segments
        for one, segment in zip(paths, opened, strict=True):
            _check_device(one, segment.descriptor)
        identity = tuple(_identity(segment.descriptor, is_folder=False) for segment in opened)
        may_change = any(map(_may_change, opened))
    except BaseException:
        close_segments(opened)
        raise
    segments = tuple(replace(segment, name=_safe_name(segment.name)) for segment in opened)
    walk = WalkSource(segments, is_folder=False, no_atime=False)
    return OpenedSource(walk, paths, found.missing_numbers, identity, may_change)


def _check_device(path: Path, descriptor: int) -> None:
    facts = os.fstat(descriptor)
    if stat.S_ISBLK(facts.st_mode):
        check_unmounted(path, facts.st_rdev)


def _may_change(segment: Segment) -> bool:
    """Tell whether reading a file of the image may set its access time."""
    kept = fcntl.fcntl(segment.descriptor, fcntl.F_GETFL) & os.O_NOATIME
    return not kept and not os.fstatvfs(segment.descriptor).f_flag & os.ST_RDONLY


def _safe_name(name: str) -> str:
    """Return a name that can be told and sealed: bytes that are not UTF-8 stand escaped."""
    return name_text(os.fsencode(name))


def _open_folder(path: Path, *, accept_atime: bool) -> OpenedSource:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SourceError(f"{path} cannot be opened: {error.strerror}") from error
    read_only = bool(os.fstatvfs(descriptor).f_flag & os.ST_RDONLY)
    no_atime = not read_only and _may_keep_atime(path)
    if not (read_only or no_atime or accept_atime):
        os.close(descriptor)
        raise SourceError(
            f"reading {path} would change access times: mount it read-only, own its files "
            "(O_NOATIME), or accept the change with --accept-atime"
        )
    segment = Segment(_safe_name(path.name) or "folder", descriptor, 0)
    walk = WalkSource((segment,), is_folder=True, no_atime=no_atime)
    identity = (_identity(descriptor, is_folder=True),)
    may_change = not (read_only or no_atime)
    return OpenedSource(walk, (path,), (), identity, may_change)


def _may_keep_atime(path: Path) -> bool:
    """Tell whether every file can be opened with O_NOATIME: owned by us, or we may anyway."""
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOATIME))
    except PermissionError:
        return False
    return True


def _identity(descriptor: int, *, is_folder: bool) -> tuple[int, ...]:
    facts = os.fstat(descriptor)
    if is_folder:
        return (facts.st_dev, facts.st_ino)
    if stat.S_ISBLK(facts.st_mode):
        return (facts.st_dev, facts.st_ino, facts.st_rdev)
    return (
        facts.st_dev,
        facts.st_ino,
        facts.st_size,
        facts.st_mtime_ns,
        facts.st_ctime_ns,
    )
