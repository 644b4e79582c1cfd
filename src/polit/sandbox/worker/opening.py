"""An open holder in a decoder: gives what it holds in batches that fit the arena.

Its reader is a generator that rests between two requests. Each member is identified here, where
its bytes are at hand, and told what comes next for it.
"""

import mmap
from collections.abc import Iterator
from typing import Literal

import msgspec

from polit.base import faults
from polit.decode import found, holder, identify
from polit.decode.decodable import HOLDERS, STILLS, VIDEOS
from polit.decode.found import Found, Part
from polit.decode.kinds import kind_of
from polit.decode.libmagic import UNKNOWN
from polit.model.media import Identification, MediaKind
from polit.sandbox.facts import MAX_MEMBERS, Listing, Member, Unopened
from polit.sandbox.protocol import ARENA_BYTES

_BATCH_BYTES = 32 << 20
"""A batch ends when it holds more: the coordinator copies all of it at once."""

_LISTING_BYTES = 900_000
_ENTRY_BYTES = 300
_UNOPENED_BYTES = 300
_DETAIL_CHARS = 200
_MEDIA = STILLS | VIDEOS

encode_listing = msgspec.msgpack.Encoder().encode


def warm() -> dict[str, str]:
    """Load the readers and run each once; return the versions of their libraries."""
    return {**identify.warm(), **holder.warm()}


class Opening:
    """A holder that is open."""

    def __init__(self, untrusted: mmap.mmap, mime: str, arena: int) -> None:
        """Open it; nothing is read before the first batch.

        Args:
            untrusted: All of it; stays mapped for as long as this lives.
            mime: What it was identified as.
            arena: The descriptor of the memory where members are put.
        """
        self._parts = holder.open_holder(untrusted, mime)
        self._arena = arena
        self._kept: Part | None = None
        self._is_complete = False

    def next_batch(self) -> Listing:
        """Put the next members into the arena and return their list.

        Raises:
            Refused: It cannot be opened at all.
            MemoryError: It needs more than the process may map.
        """
        members: list[Member] = []
        unopened: list[Unopened] = []
        offset = listed_bytes = 0
        for part in self._following():
            if isinstance(part, found.Unopened):
                unopened.append(Unopened(part.code, _plain(part.detail)))
                listed_bytes += _UNOPENED_BYTES
            elif offset and offset + len(part.data) > _BATCH_BYTES:
                self._kept = part
                break
            else:
                told = self._take(part, offset)
                if isinstance(told, Member):
                    members.append(told)
                    offset += _paged(told.size_bytes)
                    listed_bytes += _listed_bytes(part)
                elif told is not None:
                    unopened.append(told)
                    listed_bytes += _UNOPENED_BYTES
            if listed_bytes > _LISTING_BYTES or MAX_MEMBERS in (len(members), len(unopened)):
                break
        return Listing(tuple(members), tuple(unopened), self._is_complete)

    def _following(self) -> Iterator[Part]:
        if self._kept is not None:
            part, self._kept = self._kept, None
            yield part
        for part in self._parts:
            if isinstance(part, Found):
                faults.reach("decoder.member", part.steps[-1][1])
            yield part
        self._is_complete = True

    def _take(self, member: Found, offset: int) -> Member | Unopened | None:
        """Return what a member is, ``None`` where it is no entry."""
        if len(member.data) > ARENA_BYTES:
            return Unopened("too_large", f"{len(member.data)} bytes")
        kind = _identified(member)
        follow = _follow(kind.mime)
        if not member.is_attached and not follow and kind.kind is not MediaKind.STILL:
            return Unopened("nested_archive", "") if kind.kind is MediaKind.ARCHIVE else None
        self._put(member.data, offset)
        return Member(
            steps=member.steps,
            name=member.name,
            offset_bytes=offset,
            size_bytes=len(member.data),
            mime=kind.mime,
            kind=kind.kind,
            basis=kind.basis,
            extension_agrees=identify.extension_agrees(member.name, kind),
            follow=follow if member.data else "",
        )

    def _put(self, data: bytes, offset: int) -> None:
        # Mapped for one member alone: the whole arena would take half of what may be mapped.
        if not data:
            return
        try:
            room = mmap.mmap(self._arena, len(data), offset=offset)
        except OSError as error:
            raise MemoryError(f"mmap: {error.strerror}") from error
        with room:
            room[:] = data


def _identified(member: Found) -> Identification:
    kind = identify.identify(member.data[: identify.HEAD_BYTES], size_bytes=len(member.data))
    if member.mime and (kind.mime == UNKNOWN or kind.basis == "text"):
        return Identification(member.mime, kind_of(member.mime), "holder")
    return kind


def _follow(mime: str) -> Literal["", "decode", "open"]:
    if mime in _MEDIA:
        return "decode"
    return "open" if mime in HOLDERS else ""


def _paged(size_bytes: int) -> int:
    return -(-size_bytes // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY


def _listed_bytes(member: Found) -> int:
    return _ENTRY_BYTES + len(member.name) + sum(len(value) + 40 for _, value in member.steps)


def _plain(text: str) -> str:
    return "".join(char if " " <= char <= "~" else "?" for char in text)[:_DETAIL_CHARS]
