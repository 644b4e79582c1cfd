"""Find and open the further files of an image, beside it, before the sandbox closes.

Runs in the coordinator: small bounded readers in Python say which are wanted; no library of
images is loaded here. Folders, links and devices are never taken for a companion.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from polit.base.errors import SourceMissing, SourceUnreadable
from polit.base.text import name_text, visible
from polit.evidence.companions import MAXIMUM_DEPTH, MAXIMUM_FILES, Companion, match_name
from polit.evidence.containers import _qcow_facts, _vhd_facts, _vhdx_facts, _vmdk_facts
from polit.evidence.segments import Segment, close_segments, open_segments

_READERS = (
    _vmdk_facts.companions_of,
    _vhdx_facts.companions_of,
    _vhd_facts.companions_of,
    _qcow_facts.companions_of,
)


@dataclass(frozen=True, slots=True)
class Companions:
    """The further files of an image, opened, in the order in which they were asked for."""

    paths: tuple[Path, ...]
    segments: tuple[Segment, ...]


def companions_wanted(segment: Segment) -> tuple[Companion, ...]:
    """Return which further files one file of an image asks for; most ask for none.

    Raises:
        SourceUnreadable: It asks for more than ``MAXIMUM_FILES``, or for no file name.
    """
    for reader in _READERS:
        wanted = reader(segment)
        if wanted:
            return wanted
    return ()


def open_companions(path: Path, first: Segment) -> Companions:
    """Open all files that an image needs besides its first.

    Args:
        path: The first file: companions are looked for in its folder alone.
        first: The same file, opened.

    Raises:
        SourceMissing: One is not there; the message says which, and why it is needed.
        SourceUnreadable: They are too many, too deep, or one cannot be opened. None stays open.
    """
    paths: list[Path] = []
    segments: list[Segment] = []
    known = {path.name}
    waiting = [(first, 0)]
    beside: list[str] | None = None
    try:
        while waiting:
            segment, depth = waiting.pop(0)
            for wanted in companions_wanted(segment):
                beside = _files_beside(path) if beside is None else beside
                name = _found(path, beside, wanted, segment)
                if name in known:
                    continue
                known.add(name)
                deeper = depth + (1 if wanted.is_parent else 0)
                _check_bounds(path, len(paths) + 1, deeper)
                (opened,) = open_segments([path.with_name(name)])
                paths.append(path.with_name(name))
                segments.append(opened)
                if wanted.is_parent:
                    safe_name = name_text(os.fsencode(opened.name))
                    waiting.append((replace(opened, name=safe_name), deeper))
    except BaseException:
        close_segments(segments)
        raise
    return Companions(tuple(paths), tuple(segments))


def _check_bounds(path: Path, files: int, depth: int) -> None:
    if files > MAXIMUM_FILES or depth > MAXIMUM_DEPTH:
        raise SourceUnreadable(
            f"{path} needs more than {MAXIMUM_FILES} further files, or parents more than "
            f"{MAXIMUM_DEPTH} deep: convert it to one file with the tool that made it"
        )


def _files_beside(path: Path) -> list[str]:
    try:
        with os.scandir(path.parent) as entries:
            return [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    except OSError as error:
        raise SourceUnreadable(f"{path.parent} cannot be listed: {error.strerror}") from error


def _found(path: Path, beside: Sequence[str], wanted: Companion, segment: Segment) -> str:
    name = match_name(beside, wanted)
    if name is None:
        names = " or ".join(visible(one) for one in wanted.names)
        raise SourceMissing(
            f"{path.parent}: {names} is missing: {visible(segment.name)} needs it as "
            f"{wanted.why}; bring it into the same folder, nothing can be read without it"
        )
    return name
