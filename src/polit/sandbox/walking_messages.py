"""What the coordinator and the walker say to each other, and the shared journal.

MessagePack with strict types (msgspec), each message behind a 4-byte little-endian length.
What the walker says is untrusted: types and lengths are checked on decoding, figures by
``check_found``. Nothing is ever unpickled.
"""

import mmap
import struct
from dataclasses import dataclass, replace

import msgspec

from polit.base.errors import SandboxError
from polit.model.evidence import Address, EntryTimes, FileSystemFacts, FoundEntry, VolumeFacts
from polit.sandbox import message_types
from polit.sandbox.carving_messages import Carve, Carved
from polit.sandbox.holding import Holding
from polit.sandbox.message_types import Code, Figure, Length, Name, Text

MAX_MESSAGE_BYTES = 16 << 20
DESCRIPTORS_AT_ONCE = 200
"""Evidence descriptors in one message; SCM_RIGHTS carries 253."""
HANDED_OVER = b"\0"
_INT63 = 1 << 63
_MAX_FIELD_BYTES = 65_535
_WITH_DIGESTS = frozenset({"", "too_large"})
_LENGTH = struct.Struct("<I")

Message = message_types.Message
ReadResult = message_types.ReadResult


class WalkSetup(Message, frozen=True):
    """First message of all, as the arguments of the spawn.

    The child's descriptors are the journal, the slots and, last, a folder's own. The segments
    of an image follow over the channel before the first request: there may be hundreds.
    """

    slot_count: Figure
    holding: Holding
    free_slots: list[int]
    volumes: dict[int, VolumeFacts]
    segment_names: list[str]
    segment_sizes: list[int]
    is_folder: bool
    is_careful: bool
    no_atime: bool


class FindVolumes(Message, frozen=True):
    """Open the source and tell its volumes."""


class OpenVolume(Message, frozen=True):
    """Mount the file system of a volume and tell what it is."""

    volume_id: Figure
    volume: VolumeFacts


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


class ReleaseSlot(Message, frozen=True):
    """The coordinator is done with a slot."""

    slot: Figure


class MeasureSource(Message, frozen=True):
    """Read the whole source once, in order, and tell its digests."""


Request = FindVolumes | OpenVolume | ListFolder | ReadContents | ReleaseSlot | MeasureSource | Carve


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


class VolumeOpened(Message, frozen=True):
    """A volume is mounted, or ``facts`` is ``None`` and ``unopened`` names what it is."""

    volume_id: Figure
    facts: FileSystemFacts | None
    root: Name
    unopened: Text


class Listed(Message, frozen=True):
    """Names of a folder, in stored order; the last message of a folder is ``done``."""

    folder_id: Figure
    entries: list[tuple[Figure, FoundEntry]]
    done: bool
    error: Text


class ContentsRead(Message, frozen=True):
    """Results of reading, in the order of the jobs."""

    results: list[ReadResult]


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
    | SourceState
    | SourceProgress
    | SourceMeasured
    | WalkRefused
    | Carved
)

_request_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_reply_decoder: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)
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


def decode_reply(body: bytes) -> Reply:
    """Read and check a reply of the walker.

    Raises:
        SandboxError: It is not one of the messages above, or a figure is out of range.
    """
    try:
        reply = _reply_decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise SandboxError(f"the walker broke its protocol: {error}") from error
    _check_reply(reply)
    return reply


def _check_reply(reply: Reply) -> None:
    match reply:
        case Listed():
            for _, entry in reply.entries:
                check_found(entry)
        case ContentsRead():
            _check_digests(reply.results)
        case Carved():
            _check_digests([candidate.result for candidate in reply.candidates])
        case VolumesFound():
            for volume in reply.volumes:
                _check_figures(volume.number, volume.offset_bytes, volume.size_bytes)
        case VolumeOpened(facts=FileSystemFacts() as facts):
            steps = [step for _, step in facts.time_facts.resolution_ns]
            _check_figures(facts.block_size_bytes, facts.unallocated_bytes or 0, *steps)
        case _:
            pass


def _check_digests(results: list[ReadResult]) -> None:
    for result in results:
        lengths = (len(result.md5), len(result.sha1), len(result.sha256))
        if result.code in _WITH_DIGESTS and lengths != (16, 20, 32):
            raise SandboxError("the walker gave a result without digests")


def _check_figures(*figures: int) -> None:
    if not all(0 <= figure < _INT63 for figure in figures):
        raise SandboxError("the walker told a figure out of range")


def check_found(entry: FoundEntry) -> None:
    """Check the figures and lengths of an entry that the walker tells.

    Raises:
        SandboxError: A figure is outside 63 bits, or a name is over 65,535 bytes.
    """
    times = entry.times
    stamps = (times.created_ns, times.modified_ns, times.accessed_ns, times.changed_ns,
              times.deleted_ns)  # fmt: skip
    if not 0 <= entry.size_bytes < _INT63:
        raise SandboxError("the walker told a size out of range")
    if any(stamp is not None and not -_INT63 <= stamp < _INT63 for stamp in stamps):
        raise SandboxError("the walker told a time out of range")
    if _longest(entry) > _MAX_FIELD_BYTES:
        raise SandboxError("the walker told a name over 65,535 bytes")


def fitted(entry: FoundEntry) -> FoundEntry:
    """Return an entry that passes ``check_found``: what is out of range is cut, or not known.

    A file dated 2300 or of 2^63 bytes must cost no more than that one value.
    """
    try:
        check_found(entry)
    except SandboxError:
        times = entry.times
        return replace(
            entry,
            size_bytes=min(max(entry.size_bytes, 0), _INT63 - 1),
            raw_name=entry.raw_name[:_MAX_FIELD_BYTES],
            owner_name=entry.owner_name[:_MAX_FIELD_BYTES],
            link_target=entry.link_target[:_MAX_FIELD_BYTES],
            address=Address(entry.address[:_MAX_FIELD_BYTES]),
            times=EntryTimes(
                _in_range(times.created_ns),
                _in_range(times.modified_ns),
                _in_range(times.accessed_ns),
                _in_range(times.changed_ns),
                _in_range(times.deleted_ns),
            ),
        )
    return entry


def _in_range(stamp: int | None) -> int | None:
    return stamp if stamp is not None and -_INT63 <= stamp < _INT63 else None


def _longest(entry: FoundEntry) -> int:
    return max(
        len(entry.raw_name), len(entry.owner_name), len(entry.address), len(entry.link_target)
    )


def weight_bytes(entry: FoundEntry) -> int:
    """Return about how much of a message an entry takes."""
    return (
        200
        + len(entry.raw_name)
        + len(entry.owner_name)
        + len(entry.address)
        + len(entry.link_target)
    )


@dataclass(frozen=True, slots=True)
class Position:
    """Where the walker is: what it does, on which folder, volume or entry, at which index."""

    operation: int
    item: int
    index: int
    beats: int


OPENING = (1 << 63) - 1
"""The index while a folder is being opened, before any of its names is loaded."""

IDLE, FINDING, MOUNTING, LISTING, READING, MEASURING, WAITING, CARVING = range(8)
RESTING = frozenset({IDLE, WAITING})
"""What may take any time: waiting for a request, or for the coordinator to give a slot back."""
_POSITION = struct.Struct("<QQQ")
_BEATS = struct.Struct("<Q")
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

    def beat(self) -> None:
        """Give a sign of life."""
        self._beats += 1
        _BEATS.pack_into(self._page, _POSITION.size, self._beats)

    def position(self) -> Position:
        """Return where the walker is. Untrusted: figures only choose what is skipped."""
        operation, item, index = _POSITION.unpack_from(self._page, 0)
        return Position(operation, item, index, _BEATS.unpack_from(self._page, _POSITION.size)[0])

    def close(self) -> None:
        """Unmap the page."""
        self._page.close()
