"""Places below the evidence roots: named, listed and opened without ever leaving a root.

A place is ``root/relative``. Each step is opened relative to the one above it and never through a
link: a link in evidence may point anywhere. Listing leaves access times alone.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from polit.base.errors import BrokerRefused
from polit.broker.protocol import Code, EvidenceItem
from polit.broker.server.settings import EvidenceRoot
from polit.evidence.segments import ewf_number

_MAX_LISTED = 10_000
_SUFFIX = re.compile(r"\.(?:\d{3,5}|[A-Za-z]\w\w)\Z", re.ASCII)
_STEP_FLAGS = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_LIST_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class EvidenceRoots:
    """The evidence roots of a broker."""

    def __init__(self, roots: Sequence[EvidenceRoot]) -> None:
        """Take the roots; a missing one is told when it is asked for."""
        self._roots = {root.name: root.path for root in roots}

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(self._roots)

    def listed(self, place: str) -> tuple[EvidenceItem, ...]:
        """Return what lies at a place, sorted by name; for ``""`` the roots themselves.

        Left out are links, special files, further segments of an image, and names that are not
        UTF-8 (no place can name them: examine the folder above).

        Raises:
            BrokerRefused: ``no_evidence``: there is no such folder, it is no folder, it holds
                too much to list, or listing it would change it.
        """
        if not place:
            return tuple(EvidenceItem(name, "folder", 0) for name in self._roots)
        with self._opened(place) as descriptor:
            return _listed(descriptor, may_touch=place in self._roots)

    def path_of(self, place: str) -> Path:
        """Return the path of a file or folder that can be examined.

        Raises:
            BrokerRefused: ``no_evidence``: it is none, or lies outside of every root.
        """
        with self._opened(place) as descriptor:
            mode = os.fstat(descriptor).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise _none("neither a file nor a folder")
            return Path(f"/proc/self/fd/{descriptor}").readlink()

    @contextmanager
    def _opened(self, place: str) -> Iterator[int]:
        root, *steps = place.split("/")
        if root not in self._roots or "\0" in place or any(s in {"", ".", ".."} for s in steps):
            raise _none("no place below an evidence root")
        descriptor = _open(self._roots[root], os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for step in steps:
                above, descriptor = descriptor, _open(step, _STEP_FLAGS, within=descriptor)
                os.close(above)
                if stat.S_ISLNK(os.fstat(descriptor).st_mode):
                    raise _none("a link: links in evidence are never followed")
            yield descriptor
        finally:
            os.close(descriptor)


def _open(name: str | Path, flags: int, *, within: int | None = None) -> int:
    try:
        return os.open(name, flags, dir_fd=within)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no name"
        raise _none(f"it cannot be opened: {reason}") from error


def _listed(descriptor: int, *, may_touch: bool) -> tuple[EvidenceItem, ...]:
    sizes: dict[str, int] = {}
    folders: list[str] = []
    listing = _open_listing(descriptor, may_touch=may_touch)
    try:
        with os.scandir(listing) as found:
            for entry in found:
                if not _is_text(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    sizes[entry.name] = entry.stat(follow_symlinks=False).st_size
                if len(folders) + len(sizes) > _MAX_LISTED:
                    raise _none(f"it holds over {_MAX_LISTED} names: examine it as a whole")
    finally:
        os.close(listing)
    items = [EvidenceItem(name, "folder", 0) for name in folders]
    items += [
        EvidenceItem(names[0], "file", sum(sizes[name] for name in names))
        for names in _images(sizes)
    ]
    return tuple(sorted(items, key=lambda item: item.name))


def _images(names: Iterable[str]) -> Iterator[list[str]]:
    """Group the segments of an image: as far as their numbers follow each other from the first.

    For choosing only: what an image consists of is found anew when it is examined.
    """
    sets: dict[tuple[str, bool, int], dict[int, str]] = {}
    for name in names:
        suffix = _SUFFIX.search(name)
        number = _number(suffix[0]) if suffix else None
        if suffix is None or number is None:
            yield [name]
            continue
        key = (name[: suffix.start()], suffix[0][1:].isdigit(), len(suffix[0]))
        sets.setdefault(key, {})[number] = name
    for members in sets.values():
        number = 0 if 0 in members else 1
        first: list[str] = []
        while number in members:
            first.append(members.pop(number))
            number += 1
        yield from filter(None, (first, *([name] for name in members.values())))


def _number(suffix: str) -> int | None:
    return int(suffix[1:]) if suffix[1:].isdigit() else ewf_number(suffix)


def _open_listing(descriptor: int, *, may_touch: bool) -> int:
    """Open a folder to list it; only a root, which is no evidence, may have its times changed."""
    again = f"/proc/self/fd/{descriptor}"
    try:
        return os.open(again, _LIST_FLAGS | os.O_NOATIME)
    except NotADirectoryError as error:
        raise _none("no folder") from error
    except PermissionError as error:
        keeps_times = os.fstatvfs(descriptor).f_flag & (os.ST_RDONLY | os.ST_NOATIME)
        if not (may_touch or keeps_times):
            raise _none(
                "listing it would change its access time: mount it read-only, or own its files"
            ) from error
    return _open(Path(again), _LIST_FLAGS)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _none(reason: str) -> BrokerRefused:
    return BrokerRefused(Code.NO_EVIDENCE, f"this evidence cannot be used: {reason}")
