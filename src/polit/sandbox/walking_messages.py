"""What the coordinator and the walker say to each other, and the shared journal.

MessagePack with strict types (msgspec), each message behind a 4-byte little-endian length.
What the walker says is untrusted: ``walking_checks`` decodes it and checks types, lengths and
figures. Nothing is ever unpickled.
"""

import mmap
import struct
from dataclasses import dataclass

import msgspec

from polit.base.errors import SandboxError
from polit.model.evidence import FileSystemFacts, FoundEntry, VolumeFacts
from polit.sandbox import message_types
from polit.sandbox.carving_messages import Carve, Carved
from polit.sandbox.holding import Holding
from polit.sandbox.message_types import Code, Figure, Length, Message, Name, Text

MAX_MESSAGE_BYTES = 16 << 20
DESCRIPTORS_AT_ONCE = 200
"""Evidence descriptors in one message; SCM_RIGHTS carries 253."""
HANDED_OVER = b"\0"
_INT63 = 1 << 63
_LENGTH = struct.Struct("<I")

ReadResult = message_types.ReadResult


class PlacedVolume(msgspec.Struct, frozen=True, array_like=True):
    """A volume, and the one that it lies in: ``None`` for the source itself.

    ``opened_by`` is what opened its layer before, so that a walker that takes another's place
    need not try a whole list of passwords again.
    """

    facts: VolumeFacts
    parent_id: Figure | None
    opened_by: Text = ""


class WalkSetup(Message, frozen=True):
    """First message of all, as the arguments of the spawn.

    ``secrets`` are passwords and keys of volumes and archives, as the examiner gave them. The
    child's descriptors are the journal, the slots and, last, a folder's own. The segments
    of an image follow over the channel before the first request: there may be hundreds.
    """

    slot_count: Figure
    holding: Holding
    free_slots: list[int]
    volumes: dict[int, PlacedVolume]
    segment_names: list[str]
    segment_sizes: list[int]
    is_folder: bool
    is_careful: bool
    no_atime: bool
    secrets: list[bytes]


class FindVolumes(Message, frozen=True):
    """Open the source and tell its volumes."""


class OpenVolume(Message, frozen=True):
    """Open a volume and tell what it is: a file system, a layer with volumes in it, or both."""

    volume_id: Figure
    volume: PlacedVolume


class KnowVolumes(Message, frozen=True):
    """Take note of where volumes lie, also of those that are not opened."""

    volumes: dict[int, PlacedVolume]


class ListFolder(Message, frozen=True):
    """Tell the names of a folder from an index on, without the slots in ``skip``.

    ``kind`` is ``root``, ``folder`` or ``orphans``.
    """

    folder_id: Figure
    volume_id: Figure
    kind: str
    address: Name
    start_index: Figure
    skip: list[int]


class ReadJob(msgspec.Struct, frozen=True, array_like=True):
    """One content to read; a carved one lies where its address says, whatever its volume."""

    entry_id: Figure
    volume_id: Figure
    address: Name
    raw_name: Name
    size_bytes: Figure
    is_carved: bool = False
    tells_slack: bool = False


class ReadContents(Message, frozen=True):
    """Read contents in this order."""

    jobs: list[ReadJob]


class ArchiveLimits(msgspec.Struct, frozen=True, array_like=True):
    """How much may come out of one archive of a file system, with all that is nested in it.

    ``nested_bytes`` is how much of archives inside archives is held in memory at once.
    """

    depth: Figure
    members: Figure
    out_bytes: Figure
    nested_bytes: Figure


class StreamArchive(Message, frozen=True):
    """Tell what lies in an archive that was read, from its start to its end.

    Members up to ``position`` are known already: of those only the contents of ``wanted`` are
    told. Those in ``skip`` are passed over, and an archive ends before a member in ``stop``.
    """

    job: ReadJob
    mime: str
    position: Name
    wanted: list[Name]
    skip: list[Name]
    stop: list[Name]
    limits: ArchiveLimits


class ReleaseSlot(Message, frozen=True):
    """The coordinator is done with a slot."""

    slot: Figure


class MeasureSource(Message, frozen=True):
    """Read the whole source once, in order, and tell its digests."""


Request = (
    FindVolumes
    | OpenVolume
    | KnowVolumes
    | ListFolder
    | ReadContents
    | StreamArchive
    | ReleaseSlot
    | MeasureSource
    | Carve
)


class VolumesFound(Message, frozen=True):
    """The source is open."""

    container: Code
    size_bytes: Figure
    volumes: list[VolumeFacts]
    problems: list[tuple[Code, Text]]
    table_problems: list[tuple[Code, Text]]
    unread_sectors: list[tuple[Figure, Figure]]
    stored_digests: dict[str, str]
    description: dict[str, Text]


class LayerOpened(msgspec.Struct, frozen=True, array_like=True):
    """A layer in a volume: its volumes, each with why it is locked (empty where it is not)."""

    name: Code
    opened_by: Text
    volumes: list[tuple[VolumeFacts, Text]]
    problems: list[tuple[Code, Text]]


class VolumeOpened(Message, frozen=True):
    """What a volume is.

    Without ``facts`` and ``layer`` nothing opens it: ``unopened`` names what it is, ``locked``
    says that a secret would. A layer that is damaged beside a file system stands in ``problems``.
    """

    volume_id: Figure
    facts: FileSystemFacts | None
    root: Name
    unopened: Text
    layer: LayerOpened | None = None
    locked: Text = ""
    problems: list[tuple[Code, Text]] = msgspec.field(default_factory=list)


class Listed(Message, frozen=True):
    """Names of a folder, in stored order; the last is ``done`` and counts what was dropped."""

    folder_id: Figure
    entries: list[tuple[Figure, FoundEntry]]
    done: bool
    error: Text
    dropped: dict[Code, Figure] = msgspec.field(default_factory=dict)


class ContentsRead(Message, frozen=True):
    """Results of reading, in the order of the jobs."""

    results: list[ReadResult]


class MemberRead(msgspec.Struct, frozen=True, array_like=True):
    """What reading a member gave; ``flaw`` is why that is not all of it."""

    place: Name
    result: ReadResult
    flaw: Code = ""


class ArchiveClosed(msgspec.Struct, frozen=True, array_like=True):
    """All of an archive is told: how many members it has, and what of it was not opened."""

    place: Name
    members: Figure
    unopened: list[tuple[Code, Text]]


class MembersTold(Message, frozen=True):
    """Members of an archive, with the step of their locators, in the order of their places.

    Results may come later than names, an archive's end after both. The last one ``is_complete``.
    """

    entry_id: Figure
    found: list[tuple[Code, FoundEntry]]
    read: list[MemberRead]
    closed: list[ArchiveClosed]
    is_complete: bool


class SourceState(Message, frozen=True):
    """Bad ranges ``(offset, length, code)`` and problems of the source, as known so far."""

    bad_ranges: list[tuple[Figure, Length, Code]]
    problems: list[tuple[Code, Text]]


class SourceProgress(Message, frozen=True):
    """How much of the source has been measured."""

    done_bytes: Figure


class SourceMeasured(Message, frozen=True):
    """The digests of the whole source."""

    size_bytes: Figure
    md5: bytes
    sha1: bytes
    sha256: bytes


class WalkRefused(Message, frozen=True):
    """A request could not be carried out at all."""

    code: Code
    detail: Text


Reply = (
    VolumesFound
    | VolumeOpened
    | Listed
    | ContentsRead
    | MembersTold
    | SourceState
    | SourceProgress
    | SourceMeasured
    | WalkRefused
    | Carved
)

_request_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_encoder = msgspec.msgpack.Encoder()


def frame(message: Message) -> bytes:
    """Return a message as it goes over the channel."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def take_frame(buffer: bytearray) -> bytes | None:
    """Cut one whole frame's body off the front of a buffer, ``None`` while it is not whole.

    Raises:
        SandboxError: The frame claims more than ``MAX_MESSAGE_BYTES``.
    """
    if len(buffer) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(buffer)
    if length > MAX_MESSAGE_BYTES:
        raise SandboxError(f"the walker announced a message of {length} bytes: refused")
    if len(buffer) < _LENGTH.size + length:
        return None
    body = bytes(buffer[_LENGTH.size : _LENGTH.size + length])
    del buffer[: _LENGTH.size + length]
    return body


def decode_request(body: bytes) -> Request:
    """Read a request (in the walker)."""
    return _request_decoder.decode(body)


@dataclass(frozen=True, slots=True)
class Position:
    """Where the walker is: what it does, on which folder, volume or entry, at which index."""

    operation: int
    item: int
    index: int
    beats: int
    place: bytes = b""


OPENING = (1 << 63) - 1
"""The index while a folder is being opened, before any of its names is loaded."""

IDLE, FINDING, MOUNTING, LISTING, READING, MEASURING, WAITING, STREAMING, CARVING = range(9)
RESTING = frozenset({IDLE, WAITING})
"""What may take any time: waiting for a request, or for the coordinator to give a slot back."""
_POSITION = struct.Struct("<QQQ")
_BEATS = struct.Struct("<Q")
_PLACE = struct.Struct("<64p")
JOURNAL_BYTES = 4096


class Journal:
    """One page shared by walker and coordinator; the walker writes before each native call."""

    def __init__(self, descriptor: int) -> None:
        """Map the page of a memory file of ``JOURNAL_BYTES``."""
        self._page = mmap.mmap(descriptor, JOURNAL_BYTES)
        self._beats = 0

    def enter(self, operation: int, item: int, index: int = 0) -> None:
        """Note what is about to be done."""
        _POSITION.pack_into(self._page, 0, operation, item, index)
        self.beat()

    def stand_at(self, item: int, place: bytes, done_bytes: int = 0) -> None:
        """Note at which member of an archive something is about to be done."""
        _PLACE.pack_into(self._page, _POSITION.size + _BEATS.size, place)
        self.enter(STREAMING, item, done_bytes)

    def beat(self) -> None:
        """Give a sign of life."""
        self._beats += 1
        _BEATS.pack_into(self._page, _POSITION.size, self._beats)

    def position(self) -> Position:
        """Return where the walker is. Untrusted: figures only choose what is skipped."""
        operation, item, index = _POSITION.unpack_from(self._page, 0)
        (beats,) = _BEATS.unpack_from(self._page, _POSITION.size)
        (place,) = _PLACE.unpack_from(self._page, _POSITION.size + _BEATS.size)
        return Position(operation, item, index, beats, place)

    def close(self) -> None:
        """Unmap the page."""
        self._page.close()
