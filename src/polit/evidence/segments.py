"""The files that one image is split into: find them, open them read-only, read their bytes.

``find_segments`` and ``open_segments`` run in the coordinator, before the sandbox closes;
``read_segment`` runs in the walker, on the descriptors alone. Naming conventions: E01 to E99,
then EAA to ZZZ (and the same from S01 and L01; Ex01 to EzZZ and Lx01 to LzZZ in EWF 2),
``.ad1`` and on, ``.000``/``.001``/``.00001`` and on, ``.aa``/``.aaa`` and on.
"""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from polit.base import faults
from polit.base.errors import EvidenceChanged, SourceMissing, SourceUnreadable

_EWF_SUFFIX = re.compile(r"\.(?:([ESL])(\d\d)|([E-Z][A-Z]{2}))$", re.IGNORECASE)
_EWF2_SUFFIX = re.compile(r"\.([EL])(?:X(\d\d)|([X-Z][A-Z]{2}))$", re.IGNORECASE)
_AD1_SUFFIX = re.compile(r"\.ad([1-9]\d{0,3})$", re.IGNORECASE)
_DIGITS_SUFFIX = re.compile(r"\.(\d{2,6})$")
_LETTERS_SUFFIX = re.compile(r"\.([a-z]{2,4})$")
_FIRST_LETTERED = 100


def _keep_silent() -> None:
    """Give no sign of life."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One opened file of an image.

    Args:
        name: Its file name, without folder.
        descriptor: An open descriptor that can only read.
        size_bytes: Its size when it was opened; a later one is a change of the evidence.
        on_read: Called before every read, from any thread, for a sign of life: opening a
            large image reads tables all over a slow disk.
    """

    name: str
    descriptor: int
    size_bytes: int
    on_read: Callable[[], None] = field(default=_keep_silent, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SegmentSet:
    """The files of one image, in their order, and the numbers that are absent between them."""

    paths: tuple[Path, ...]
    missing_numbers: tuple[int, ...] = ()


def ewf_number(name: str, series: str = "E") -> int | None:
    """Return the number that a file name gives an EWF segment, or ``None`` where it is none.

    Args:
        name: A file name; case does not matter.
        series: ``E``, ``S`` or ``L``: the letter that the numbering begins with.

    Returns:
        ``.E01`` is 1, ``.E99`` 99, ``.EAA`` 100, ``.FAA`` 776; the same from ``.S01``.
        Letters mean nothing alone (``.EXE`` has a number too): look at the siblings.
    """
    match = _EWF_SUFFIX.search(name.upper())
    if match is None or (match[1] or series) != series:
        return None
    if match[2]:
        return int(match[2]) or None
    value = 0
    for letter, base in zip(match[3], (series, "A", "A"), strict=True):
        value = value * 26 + ord(letter) - ord(base)
    return value + 100 if value >= 0 else None


def ewf2_number(name: str) -> int | None:
    """Return the number that a file name gives a segment of EWF 2, or ``None``.

    Args:
        name: A file name; case does not matter.

    Returns:
        ``.Ex01`` is 1, ``.Ex99`` 99, ``.ExAA`` 100, ``.EyAA`` 776; the same from ``.Lx01``.
    """
    match = _EWF2_SUFFIX.search(name.upper())
    if match is None:
        return None
    if match[2]:
        return int(match[2]) or None
    value = 0
    for letter, base in zip(match[3], "XAA", strict=True):
        value = value * 26 + ord(letter) - ord(base)
    return value + 100


def find_segments(path: Path) -> SegmentSet:
    """Find all files of the image that ``path`` belongs to.

    Args:
        path: Any segment of an E01, S01, L01, AD1 or numbered raw set, the first of a
            lettered one, or a single file.

    Returns:
        The paths in segment order. All but a raw set name the numbers absent between its files
        (an absent end shows only when the set is read).

    Raises:
        SourceMissing: The path does not exist, or a split raw image lacks a part: where its
            bytes would begin cannot be known.
        SourceUnreadable: The folder cannot be listed.
    """
    for convention in (*_MAY_LACK, _numbered_members, _lettered_members):
        members = convention(path)
        if len(members) > 1 or min(members, default=1) > 1:
            return _segment_set(path, members, may_lack=convention in _MAY_LACK)
    if not path.exists():
        raise SourceMissing(f"{path} does not exist: check the path")
    return SegmentSet((path,))


def _segment_set(path: Path, members: dict[int, str], *, may_lack: bool) -> SegmentSet:
    first = 1 if may_lack else min(1, *members)
    missing = tuple(number for number in range(first, max(members)) if number not in members)
    if missing and not may_lack:
        names = ", ".join(str(number) for number in missing[:10])
        raise SourceMissing(
            f"{path}: part {names} of the split image is missing between its neighbours; "
            "bring the part back, the rest cannot be placed without it"
        )
    return SegmentSet(tuple(path.with_name(members[n]) for n in sorted(members)), missing)


def _siblings(path: Path, stem: str) -> list[str]:
    try:
        with os.scandir(path.parent) as entries:
            return [entry.name for entry in entries if entry.name.startswith(stem)]
    except FileNotFoundError as error:
        raise SourceMissing(f"{path} does not exist: check the path") from error
    except OSError as error:
        raise SourceUnreadable(f"{path.parent} cannot be listed: {error.strerror}") from error


def _collect(
    path: Path, suffix: re.Pattern[str], number_of: Callable[[str], int | None]
) -> dict[int, str]:
    """Map numbers to the names beside ``path`` that differ from it in the suffix alone."""
    match = suffix.search(path.name)
    if match is None or number_of(path.name) is None:
        return {}
    stem = path.name[: match.start()]
    members: dict[int, str] = {}
    for name in sorted(_siblings(path, stem)):
        found = suffix.search(name)
        number = number_of(name)
        if found is None or found.start() != len(stem) or number is None:
            continue
        if number not in members or _same_case(name, path.name):
            members[number] = name
    return members


def _same_case(name: str, other: str) -> bool:
    return name[-3:].isupper() == other[-3:].isupper()


def _ewf_members(path: Path) -> dict[int, str]:
    match = _EWF_SUFFIX.search(path.name.upper())
    if match is None:
        return {}
    series = match[1] or "E"
    found = _collect(path, _EWF_SUFFIX, lambda name: ewf_number(name, series))
    members: dict[int, str] = {}
    for number in sorted(found):
        # A stranger such as ``.exe`` has a number too, but not the numbers before it.
        if number < _FIRST_LETTERED or 2 * len(members) >= number:
            members[number] = found[number]
    return members if path.name in members.values() else {}


def _ad1_members(path: Path) -> dict[int, str]:
    def number_of(name: str) -> int | None:
        found = _AD1_SUFFIX.search(name)
        return int(found[1]) if found is not None else None

    return _collect(path, _AD1_SUFFIX, number_of)


def _ewf2_members(path: Path) -> dict[int, str]:
    series = path.suffix[1:2].upper()
    found = _collect(path, _EWF2_SUFFIX, ewf2_number)
    return {number: name for number, name in found.items() if name[-4].upper() == series}


_MAY_LACK = (_ewf_members, _ewf2_members, _ad1_members)
"""Conventions of containers that tell of themselves which segment is which."""


def _numbered_members(path: Path) -> dict[int, str]:
    match = _DIGITS_SUFFIX.search(path.name)
    if match is None:
        return {}
    width = len(match[1])

    def number_of(name: str) -> int | None:
        digits = _DIGITS_SUFFIX.search(name)
        return int(digits[1]) if digits is not None and len(digits[1]) == width else None

    members = _collect(path, _DIGITS_SUFFIX, number_of)
    # Without a leading zero and a beginning the digits may as well be a year.
    return members if match[1].startswith("0") or min(members, default=2) <= 1 else {}


def _lettered_members(path: Path) -> dict[int, str]:
    match = _LETTERS_SUFFIX.search(path.name)
    if match is None or set(match[1]) != {"a"}:
        return {}
    width = len(match[1])

    def number_of(name: str) -> int | None:
        letters = _LETTERS_SUFFIX.search(name)
        if letters is None or len(letters[1]) != width:
            return None
        value = 0
        for letter in letters[1]:
            value = value * 26 + ord(letter) - ord("a")
        return value

    members = _collect(path, _LETTERS_SUFFIX, number_of)
    unbroken = 0
    while unbroken in members:
        unbroken += 1
    return {number: name for number, name in members.items() if number < unbroken}


def open_segments(paths: Sequence[Path]) -> tuple[Segment, ...]:
    """Open the files of an image so that nothing of them can change, access time included.

    Args:
        paths: Regular files or block devices, in segment order.

    Raises:
        SourceMissing: One does not exist.
        SourceUnreadable: One cannot be opened or is neither file nor device. None stays open.
    """
    opened: list[Segment] = []
    try:
        for path in paths:
            opened.append(_open_segment(path))  # noqa: PERF401 (what is open must be closed)
    except BaseException:
        close_segments(opened)
        raise
    return tuple(opened)


def _open_segment(path: Path) -> Segment:
    try:
        descriptor = _open_read_only(path)
    except FileNotFoundError as error:
        raise SourceMissing(f"{path} does not exist: check the path") from error
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be opened: {error.strerror}") from error
    mode = os.fstat(descriptor).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode)):
        os.close(descriptor)
        raise SourceUnreadable(f"{path} is neither a file nor a block device")
    return Segment(path.name, descriptor, os.lseek(descriptor, 0, os.SEEK_END))


def _open_read_only(path: Path) -> int:
    # O_NONBLOCK: a pipe named like an image must not hang the open; it is refused after.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
    try:
        # Only the owner (or root) may ask to leave the access time alone.
        return os.open(path, flags | os.O_NOATIME)
    except PermissionError:
        return os.open(path, flags)


def close_segments(segments: Sequence[Segment]) -> None:
    """Close the descriptors; one already closed is passed over."""
    for segment in segments:
        with contextlib.suppress(OSError):
            os.close(segment.descriptor)


def read_segment(segment: Segment, offset_bytes: int, length_bytes: int) -> bytes:
    """Return a range of a segment file, shorter only at the end that it had when opened.

    Raises:
        SourceUnreadable: The operating system refused the read (``errno`` is set).
        EvidenceChanged: The file is shorter now than when it was opened.
    """
    wanted = min(length_bytes, segment.size_bytes - offset_bytes)
    parts: list[bytes] = []
    while wanted > 0:
        part = _pread(segment, wanted, offset_bytes)
        if not part:
            raise EvidenceChanged(
                f"{segment.name} ended at byte {offset_bytes}, it had {segment.size_bytes} "
                "when it was opened: the evidence changed"
            )
        if len(part) == wanted and not parts:
            return part
        parts.append(part)
        offset_bytes += len(part)
        wanted -= len(part)
    return b"".join(parts)


def _pread(segment: Segment, length_bytes: int, offset_bytes: int) -> bytes:
    segment.on_read()
    try:
        faults.reach("segment.read", segment.name.encode())
        return os.pread(segment.descriptor, length_bytes, offset_bytes)
    except OSError as error:
        raise SourceUnreadable(
            error.errno or errno.EIO,
            f"{segment.name} cannot be read at byte {offset_bytes}: {error.strerror}",
        ) from error
