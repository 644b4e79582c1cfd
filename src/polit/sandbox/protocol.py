"""The messages that cross the border, as strict structures, and the sizes they may have.

Two borders use them. *Control*: coordinator and zygote, both trusted. *Decoding*: coordinator
and a decoder, whose replies are untrusted until they pass these structures. One message is
one packet of a SOCK_SEQPACKET socket, so no length travels that could lie: a longer packet is
cut by the kernel, and the cut is seen.
"""

from typing import Annotated, Literal

import msgspec

from polit.sandbox.facts import FACTS_BYTES
from polit.sandbox.limits import MAX_NEEDED_BYTES, Profile

MAX_PACKET_BYTES = 192 * 1024
"""The largest packet on a channel; Linux gives a socket 208 KiB unless told otherwise."""

MAX_ARGUMENTS_BYTES = 128 * 1024
"""The largest ``arguments`` of a spawn request."""

MAX_REPLY_BYTES = 4096
"""The largest reply of a decoder: a few numbers; what is longer lies in its output memory."""

MAX_DETAIL_CHARS = 200

ARENA_BYTES = 272 << 20
"""The size of the second output memory, where an opened holder's members lie (sparse)."""


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


Request = DecodeRequest | OpenRequest | NextRequest


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


class FailureReply(msgspec.Struct, frozen=True, tag="failure", forbid_unknown_fields=True):
    """An item that was not decoded.

    Args:
        detail: Printable ASCII for people.
        needed_bytes: For ``needs_memory``, what the process must be able to map.
    """

    job: _Job
    code: Literal["too_large", "undecodable", "truncated", "memory", "needs_memory", "encrypted"]
    detail: Annotated[str, msgspec.Meta(max_length=MAX_DETAIL_CHARS, pattern=r"^[ -~]*$")]
    needed_bytes: Annotated[int, msgspec.Meta(ge=0, le=MAX_NEEDED_BYTES)] = 0


Reply = MediaReply | MembersReply | FailureReply

encode_json = msgspec.json.Encoder().encode
decode_decode_request = msgspec.json.Decoder(Request).decode
decode_reply = msgspec.json.Decoder(Reply).decode
