"""The messages that cross the border, as strict structures, and the sizes they may have.

Two borders use them. *Control*: coordinator and zygote, both trusted. *Decoding*: coordinator
and a decoder, whose replies are untrusted until they pass these structures. One message is
one packet of a SOCK_SEQPACKET socket, so no length travels that could lie: a longer packet is
cut by the kernel, and the cut is seen.
"""

from typing import Annotated, Literal

import msgspec

from polit.sandbox.facts import FACTS_BYTES
from polit.sandbox.limits import MAX_NEEDED_BYTES, MAX_SIDE_PX, Profile

MAX_PACKET_BYTES = 192 * 1024
"""The largest packet on a channel; Linux gives a socket 208 KiB unless told otherwise."""

MAX_ARGUMENTS_BYTES = 128 * 1024
"""The largest ``arguments`` of a spawn request."""

MAX_REPLY_BYTES = 4096
"""The largest reply of a decoder: a few numbers; what is longer lies in its output memory."""

MAX_DETAIL_CHARS = 200

ARENA_BYTES = 272 << 20
"""The size of the second output memory (sparse): of an opened holder's members, or of the pixels
of a rendered picture."""

MAX_RENDERED_SIDE_PX = 16_383
"""The longest side that is rendered: the limit of WebP."""

MAX_SEQUENCE = 64
"""Frames of one sequence."""

MAX_SEQUENCE_SIDE_PX = 1280
"""The longest side of a frame of a sequence."""

MAX_SOUND_MS = 60_000
SOUND_RATE = 22_050
"""Samples in a second that sound has at most."""


class SpawnRequest(msgspec.Struct, frozen=True, tag="spawn"):
    """Fork a child; its channel and descriptors travel with the packet.

    Args:
        profile: Its lockdown.
        memory_bytes: Address space beyond what the zygote maps.
        arguments: What the role's ``serve`` gets.
        attack: Serve the self-test's attacks instead of the role.
    """

    profile: Profile
    memory_bytes: int
    arguments: bytes
    attack: bool = False


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The zygote is warm; ``versions`` are those of the libraries it loaded."""

    versions: dict[str, str]


class Spawned(msgspec.Struct, frozen=True, tag="spawned"):
    """A child was forked; its pidfd travels with the packet."""

    pid: int


class SpawnFailed(msgspec.Struct, frozen=True, tag="spawn_failed"):
    """No child: why."""

    reason: str


class Exited(msgspec.Struct, frozen=True, tag="exited"):
    """A child ended; ``status`` as ``waitpid(2)`` gives it."""

    pid: int
    status: int


Report = Ready | Spawned | SpawnFailed | Exited

encode_control = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(SpawnRequest).decode
decode_report = msgspec.msgpack.Decoder(Report).decode


class DecodeRequest(msgspec.Struct, frozen=True, tag="decode"):
    """Decode one picture or video; its read-only descriptor travels with the packet.

    Args:
        job: Echoed in the reply.
        size_bytes: The item's size, at least 1.
        mime: What the item was identified as.
        memory_bytes: What the process may map for it.
        head_bytes: How many of its first bytes are there; less than the size where a video was
            too large to be held: its last bytes follow the first ones in the descriptor.
    """

    job: int
    size_bytes: int
    mime: str
    memory_bytes: int
    head_bytes: int
    tail_bytes: int = 0


class OpenRequest(msgspec.Struct, frozen=True, tag="open"):
    """Open a holder (a document, a mail) and give the first of what it holds."""

    job: int
    size_bytes: int
    mime: str
    memory_bytes: int


class NextRequest(msgspec.Struct, frozen=True, tag="next"):
    """Give what follows in the holder that this job opened."""

    job: int


class RenderRequest(msgspec.Struct, frozen=True, tag="render"):
    """Give the pixels of one whole picture, or of one frame of a video, for a person to look at.

    Args:
        job: Echoed in the reply.
        size_bytes: The item's size, at least 1; all of it is in its descriptor.
        mime: What the item was identified as.
        memory_bytes: What the process may map for it, the arena included.
        side_px: The longest side of what is given; smaller pictures are not enlarged.
        region: Left, top, width, height in pixels of the upright picture; ``None`` for all.
        is_grey: Give one channel instead of three.
        at_ms: Of a video, where the frame stands.
    """

    job: int
    size_bytes: int
    mime: str
    memory_bytes: int
    side_px: int
    region: tuple[int, int, int, int] | None
    is_grey: bool
    at_ms: int


class FramesRequest(msgspec.Struct, frozen=True, tag="frames"):
    """Give the pixels of a sequence of a video's frames, decoded in one pass.

    Args:
        job: Echoed in the reply.
        size_bytes: The item's size, at least 1; all of it is in its descriptor.
        mime: What the item was identified as.
        memory_bytes: What the process may map for it, the arena included.
        from_ms: Where the first frame stands.
        step_ms: How far apart they stand at least.
        count: How many at most.
        side_px: The longest side of each.
        is_grey: Give one channel instead of three.
    """

    job: int
    size_bytes: int
    mime: str
    memory_bytes: int
    from_ms: int
    step_ms: int
    count: int
    side_px: int
    is_grey: bool


class SoundRequest(msgspec.Struct, frozen=True, tag="sound"):
    """Give a stretch of the first sound of a video: mono, 16 bits a sample."""

    job: int
    size_bytes: int
    mime: str
    memory_bytes: int
    from_ms: int
    length_ms: int


Request = DecodeRequest | OpenRequest | NextRequest | RenderRequest | FramesRequest | SoundRequest


class AttackTargets(msgspec.Struct, frozen=True):
    """What the bytes of an attack's item say: where the self-test put its targets.

    Args:
        folder: A folder with a file ``kept`` and a link ``link`` that leads out of it.
        tcp_port: Where something listens on 127.0.0.1.
        abstract_name: Where something listens on an abstract Unix socket.
        sibling_pid: Another child of the zygote.
        parent_pid: The zygote.
    """

    folder: str
    tcp_port: int
    abstract_name: str
    sibling_pid: int
    parent_pid: int


_Job = Annotated[int, msgspec.Meta(ge=0)]
_FactsBytes = Annotated[int, msgspec.Meta(ge=1, le=FACTS_BYTES)]


class MediaReply(msgspec.Struct, frozen=True, tag="media", forbid_unknown_fields=True):
    """A decoded picture or video; facts and pixels lie in the output memory.

    Args:
        library: Which decoder it was; the client adds the version that the zygote told.
        facts_bytes: The length of the facts (``polit.sandbox.facts``).
    """

    job: _Job
    library: Annotated[str, msgspec.Meta(max_length=32)]
    facts_bytes: _FactsBytes


class MembersReply(msgspec.Struct, frozen=True, tag="members", forbid_unknown_fields=True):
    """Some of what a holder holds; the listing lies in the output memory, bytes in the arena."""

    job: _Job
    listing_bytes: _FactsBytes


_RenderedSide = Annotated[int, msgspec.Meta(ge=1, le=MAX_RENDERED_SIDE_PX)]
_Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE_PX)]


class RenderedReply(msgspec.Struct, frozen=True, tag="rendered", forbid_unknown_fields=True):
    """Rendered pixels; they lie at the start of the arena, row by row.

    Args:
        channels: 1 for grey, 3 for RGB.
        of_width_px: The width of the whole picture, upright.
        of_height_px: Its height.
        at_ms: Of a video, where the frame stands.
    """

    job: _Job
    width_px: _RenderedSide
    height_px: _RenderedSide
    channels: Literal[1, 3]
    of_width_px: _Side
    of_height_px: _Side
    at_ms: Annotated[int, msgspec.Meta(ge=0, le=1 << 48)] | None = None


_SequenceSide = Annotated[int, msgspec.Meta(ge=1, le=MAX_SEQUENCE_SIDE_PX)]


class FramePlace(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One frame of a sequence; its pixels lie behind those of the one before."""

    at_ms: Annotated[int, msgspec.Meta(ge=0, le=1 << 48)]
    width_px: _SequenceSide
    height_px: _SequenceSide


class FramesReply(msgspec.Struct, frozen=True, tag="sequence", forbid_unknown_fields=True):
    """Frames in the order of showing; their pixels lie in the arena, row by row."""

    job: _Job
    channels: Literal[1, 3]
    of_width_px: _Side
    of_height_px: _Side
    frames: Annotated[tuple[FramePlace, ...], msgspec.Meta(min_length=1, max_length=MAX_SEQUENCE)]


class SoundReply(msgspec.Struct, frozen=True, tag="samples", forbid_unknown_fields=True):
    """Sound; its samples lie at the start of the arena, little-endian."""

    job: _Job
    rate: Annotated[int, msgspec.Meta(ge=1000, le=SOUND_RATE)]
    samples: Annotated[int, msgspec.Meta(ge=1, le=SOUND_RATE * MAX_SOUND_MS // 1000)]


class FailureReply(msgspec.Struct, frozen=True, tag="failure", forbid_unknown_fields=True):
    """An item that was not decoded.

    Args:
        code: Why; ``outside`` where a region to be rendered lies outside of the picture.
        detail: Printable ASCII for people.
        needed_bytes: For ``needs_memory``, what the process must be able to map.
    """

    job: _Job
    code: Literal[
        "too_large",
        "undecodable",
        "truncated",
        "memory",
        "needs_memory",
        "encrypted",
        "outside",
        "decoder_off",
        "no_sound",
    ]
    detail: Annotated[str, msgspec.Meta(max_length=MAX_DETAIL_CHARS, pattern=r"^[ -~]*\Z")]
    needed_bytes: Annotated[int, msgspec.Meta(ge=0, le=MAX_NEEDED_BYTES)] = 0


Reply = MediaReply | MembersReply | RenderedReply | FramesReply | SoundReply | FailureReply

encode_json = msgspec.json.Encoder().encode
decode_decode_request = msgspec.json.Decoder(Request).decode
decode_reply = msgspec.json.Decoder(Reply).decode
