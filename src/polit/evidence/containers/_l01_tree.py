"""The ltree section of an L01 image: which files there are, and where their bytes lie.

The tree is text, UTF-16 little-endian: a category ``entry`` states its columns once, then two
lines an entry, parents before children. Nothing of it is believed: a line that makes no sense
ends the tree there and is told, extents are looked at when a file is opened.

Source: Expert Witness Compression Format (Metz, 2006-2026), ltree section.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from polit.evidence.acquisition import StoredDigest
from polit.evidence.logical import MAXIMUM_ENTRIES, LogicalFile, fitting_name
from polit.evidence.source import SourceProblem
from polit.model.evidence import ContentState, EntryState, EntryTimes, EntryType

HEADER_BYTES = 48
MAXIMUM_TREE_BYTES = 512 << 20

_DELETED, _FOLDER, _SPARSE = 0x80, 0x02000000, 0x04000000
_ENTRIES_A_BEAT = 4096
_INT63 = (1 << 63) - 1
_DIGESTS = (("ha", "md5", 32), ("sha", "sha1", 40))
_MAXIMUM_EXTENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Extents:
    """Where a file's bytes are in the image's data, as stated.

    Args:
        text: The binary extents, unread.
        duplicate_bytes: Where the bytes stand that it shares with another file, or -1.
        is_sparse: One stored byte stands for all of them.
        digests: What the image states of the file.
    """

    text: str
    duplicate_bytes: int
    is_sparse: bool
    digests: tuple[StoredDigest, ...]

    def ranges(self) -> list[tuple[int, int]]:
        """Return offset and length of each extent, up to the first word that is no number.

        What follows it would be read from other places than were meant.
        """
        words = self.text.split(" ", 2 * _MAXIMUM_EXTENTS)[1:]
        numbers = [int(word, 16) for word in itertools.takewhile(_is_hex, words)]
        return list(zip(numbers[::2], numbers[1::2], strict=False))


@dataclass(frozen=True, slots=True)
class Tree:
    """What the ltree section states."""

    files: list[LogicalFile]
    extents: list[Extents]
    data_bytes: int
    problems: tuple[SourceProblem, ...]


def read_tree(untrusted: bytes, *, on_beat: Callable[[], None]) -> Tree:
    """Read an ltree section's data.

    Args:
        untrusted: Header and text.
        on_beat: Called now and then, for a sign of life.
    """
    stated = int.from_bytes(untrusted[16:24], "little")
    raw = untrusted[HEADER_BYTES : HEADER_BYTES + stated]
    builder = _Builder(on_beat)
    if len(raw) < stated:
        builder.note("tree_damaged", f"the tree has {len(raw)} of {stated} bytes")
    elif hashlib.md5(raw, usedforsecurity=False).digest() != untrusted[:16]:
        builder.note("tree_checksum", "the tree of files has not the digest that it states")
    # Unpaired surrogates occur in names, and are kept.
    builder.read(raw[: len(raw) & ~1].decode("utf-16-le", "surrogatepass"))
    return Tree(builder.files, builder.extents, builder.data_bytes, tuple(builder.problems))


def _lines(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield text[at:end].rstrip("\r")
        at = end + 1


class _Builder:
    def __init__(self, on_beat: Callable[[], None]) -> None:
        self.files: list[LogicalFile] = []
        self.extents: list[Extents] = []
        self.data_bytes = 0
        self.problems: list[SourceProblem] = []
        self._on_beat = on_beat

    def note(self, code: str, detail: str) -> None:
        self.problems.append(SourceProblem(code, detail))

    def read(self, text: str) -> None:
        lines = _lines(text)
        for line in lines:
            if line == "rec":
                values = _row(next(lines, ""), next(lines, ""))
                self.data_bytes = _number(values.get("tb", ""))
            elif line == "entry":
                next(lines, "")
                self._read_entries(next(lines, "").split("\t"), lines)
                return
        self.note("tree_damaged", "the tree has no entries")

    def _read_entries(self, keys: list[str], lines: Iterator[str]) -> None:
        """Read all entries; ``open_folders`` holds number and children to come of each."""
        open_folders: list[list[int]] = []
        for line in lines:
            values = next(lines, None)
            words = line.split("\t")
            if values is None or len(words) < 2 or not words[1].isascii():
                break
            children = _number(words[1])
            if not open_folders:
                open_folders.append([0, children])
            else:
                parent = open_folders[-1]
                parent[1] -= 1
                self._add(parent[0], dict(zip(keys, values.split("\t"), strict=False)), children)
                open_folders.append([len(self.files), children])
            while open_folders and open_folders[-1][1] <= 0:
                open_folders.pop()
            if not open_folders:
                return
            if len(self.files) >= MAXIMUM_ENTRIES:
                self.note("too_many_entries", f"more than {MAXIMUM_ENTRIES} entries: not examined")
                return
        self.note("tree_damaged", f"the tree ends after {len(self.files)} entries, more are stated")

    def _add(self, parent: int, values: dict[str, str], children: int) -> None:
        if len(self.files) % _ENTRIES_A_BEAT == 0:
            self._on_beat()
        flags = _number(values.get("opr", ""))
        is_folder = values.get("p") == "1" or bool(flags & _FOLDER) or children > 0
        name = values.get("n", "").encode("utf-8", "surrogatepass")
        self.files.append(
            LogicalFile(
                parent=parent,
                raw_name=fitting_name(name),
                entry_type=EntryType.FOLDER if is_folder else EntryType.FILE,
                state=EntryState.DELETED if flags & _DELETED else EntryState.LIVE,
                content=ContentState.NONE if is_folder else ContentState.READABLE,
                size_bytes=0 if is_folder else _number(values.get("ls", "")),
                times=_times(values),
                record=str(_number(values.get("id", "")) or len(self.files) + 1),
            )
        )
        duplicate = values.get("du", "")
        self.extents.append(
            Extents(
                text=values.get("be", ""),
                duplicate_bytes=_number(duplicate) if _is_number(duplicate) else -1,
                is_sparse=bool(flags & _SPARSE),
                digests=_digests(values),
            )
        )


def _row(keys: str, values: str) -> dict[str, str]:
    return dict(zip(keys.split("\t"), values.split("\t"), strict=False))


def _number(text: str) -> int:
    """Return a whole number of at most 63 bits, 0 for anything else."""
    return min(int(text), _INT63) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return 0 < len(text) <= 19 and text.isascii() and text.isdigit()


def _is_hex(word: str) -> bool:
    return 0 < len(word) <= 15 and not set(word) - set("0123456789abcdefABCDEF")


def _times(values: dict[str, str]) -> EntryTimes:
    return EntryTimes(
        created_ns=_instant_ns(values.get("cr", "")),
        modified_ns=_instant_ns(values.get("wr", "")),
        accessed_ns=_instant_ns(values.get("ac", "")),
        changed_ns=_instant_ns(values.get("mo", "")),
        deleted_ns=_instant_ns(values.get("dl", "")),
    )


def _instant_ns(text: str) -> int | None:
    """Return a POSIX time in nanoseconds; 0 and nothing mean that none is kept."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10 or not int(digits):
        return None
    return int(text) * 1_000_000_000


def _digests(values: dict[str, str]) -> tuple[StoredDigest, ...]:
    """Return the digests of a file; nothing but zeros means that none is kept."""
    found = []
    for key, algorithm, length in _DIGESTS:
        text = values.get(key, "").lower()
        is_hex = len(text) == length and not set(text) - set("0123456789abcdef")
        if is_hex and text.strip("0"):
            found.append(StoredDigest(algorithm, text, "ltree"))
    return tuple(found)
