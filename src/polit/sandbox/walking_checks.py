"""What the walker says is untrusted: decoding its replies, and what is checked in them."""

from dataclasses import replace

import msgspec

from polit.base.errors import SandboxError
from polit.model.evidence import Address, EntryTimes, FileSystemFacts, FoundEntry, VolumeFacts
from polit.sandbox.carving_messages import Carved
from polit.sandbox.walking_messages import (
    ContentsRead,
    Listed,
    MembersTold,
    ReadResult,
    Reply,
    VolumeOpened,
    VolumesFound,
)

_INT63 = 1 << 63
_MAX_FIELD_BYTES = 65_535
_WITH_DIGESTS = frozenset({"", "too_large"})

_reply_decoder: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


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
        case MembersTold():
            _check_members(reply)
        case VolumesFound():
            _check_volumes(reply.volumes)
        case VolumeOpened():
            _check_opened(reply)
        case _:
            pass


def _check_volumes(volumes: list[VolumeFacts]) -> None:
    for volume in volumes:
        _check_figures(volume.number, volume.offset_bytes, volume.size_bytes)


def _check_members(reply: MembersTold) -> None:
    for _, entry in reply.found:
        check_found(entry)
    _check_digests([member.result for member in reply.read])


def _check_opened(reply: VolumeOpened) -> None:
    facts = reply.facts
    if isinstance(facts, FileSystemFacts):
        steps = [step for _, step in facts.time_facts.resolution_ns]
        _check_figures(facts.block_size_bytes, facts.unallocated_bytes or 0, *steps)
    for volume, _ in reply.layer.volumes if reply.layer else ():
        _check_figures(volume.number, volume.offset_bytes, volume.size_bytes)


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
