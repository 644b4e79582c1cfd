"""What a reader of a hash set's format gives: records, what was refused, and where it stands.

A reader is a module of ``polit.match.formats`` with ``ORDER``, ``NAME``, ``TITLE``,
``detect(head, name)`` and ``read(path, start)``. Importing takes batches, one after the other, and
keeps a batch's ``position`` once the batch is safe: a read that starts there goes on with the very
records that an undisturbed read would have given next.

``SourceRecord`` and ``SourceFrame`` are msgspec's structures and not dataclasses: they are just as
frozen and slotted, and a hash set has tens of millions of them; a frozen dataclass takes ten times
as long to make.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

MAX_BATCH = 50_000
"""A batch holds no more records and refusals together; it bounds memory, and what a kill costs."""

MAX_LINE_BYTES = 1 << 20
MAX_RECORD_BYTES = 4 << 20
MAX_DEPTH = 64
UNKNOWN_QUALITY = 255


class SourceFrame(msgspec.Struct, frozen=True, gc=False):
    """A frame of a known video.

    Args:
        value: Its PDQ, 32 bytes.
        quality: 0 to 100, or 255 where the source says none.
        at_ms: When it is shown, in milliseconds of the video.
    """

    value: bytes
    quality: int
    at_ms: int


class SourceRecord(msgspec.Struct, frozen=True, gc=False):
    """A record as its source has it; what it does not state is empty.

    Args:
        md5: 16 bytes, or none.
        sha1: 20 bytes, or none.
        sha256: 32 bytes, or none.
        pdq: 32 bytes, or none.
        quality: The PDQ's quality, 0 to 100, or 255 where the source says none.
        frames: Of a known video, its frames in the source's order.
        number: The category's number as given.
        category: The category's words as given.
        fields: What else the source says, name and text, in the source's order.
    """

    md5: bytes = b""
    sha1: bytes = b""
    sha256: bytes = b""
    pdq: bytes = b""
    quality: int = UNKNOWN_QUALITY
    frames: tuple[SourceFrame, ...] = ()
    number: int | None = None
    category: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was left out, and why; the rest of the file goes on.

    Args:
        place: ``line 12``, ``record 7`` or ``row 3``, from 1.
        reason: In words, without the file's own text.
    """

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A part of the file, in its order.

    Args:
        records: At most ``MAX_BATCH``, together with what was refused.
        rejected: What was left out.
        position: Opaque: everything up to here was given, in this batch or an earlier one.
        unknown_keys: Names that the format does not know and whose values were kept.
        header: What the file says of itself, and what the reader made of it; may come late.
    """

    records: list[SourceRecord] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    position: str = ""
    unknown_keys: tuple[str, ...] = ()
    header: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadStart:
    """Where a read begins.

    Args:
        position: Of the last batch that is safe; empty from the beginning.
    """

    position: str = ""


class HashSetFormat(Protocol):
    """What every module of ``polit.match.formats`` states."""

    @property
    def ORDER(self) -> int:  # noqa: N802 - the name of a plugin's constant
        """Where it stands among the formats; those that are told surely come first."""

    @property
    def NAME(self) -> str:  # noqa: N802 - the name of a plugin's constant
        """What ``--format`` calls it."""

    @property
    def TITLE(self) -> str:  # noqa: N802 - the name of a plugin's constant
        """What people call it."""

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a file that begins like this is of the format.

        Args:
            head: The first bytes, unpacked and without a mark of their order.
            name: The file's name, which may only decide between formats that look alike.
        """

    def read(self, path: Path, start: ReadStart) -> Iterator[ReadBatch]:
        """Read the file's records from a position on.

        Raises:
            HashSetUnreadable: It is no file of this format, or is damaged; says where.
        """
