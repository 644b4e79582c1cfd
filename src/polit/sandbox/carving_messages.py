"""What the coordinator and the walker say to each other of carving."""

from typing import Annotated

import msgspec

from polit.sandbox.message_types import (
    Code,
    Figure,
    Length,
    Message,
    Range,
    ReadResult,
    Text,
)

Taken = tuple[Figure, Length, bool]
"""An extent of a complete candidate, and whether its structure proves its bytes."""

EXTENTS_AT_MOST = 4000
"""Of one candidate: as many as its address holds. What lies in more pieces ends there."""
FOUND_AT_ONCE = 64


class Carve(Message, frozen=True):
    """Look for pictures and videos in bytes that no file owns.

    Args:
        search_id: Told again with each answer.
        volume_id: The volume that the bytes belong to.
        ranges: Which bytes of the source; empty for what the volume's driver calls unallocated.
        start_bytes: Where to begin in the ranges laid end to end.
        taken: Extents of complete candidates told before, as the last answer gave them.
        skip: Places that cost a walker: nothing begins there.
    """

    search_id: Figure
    volume_id: Figure
    ranges: list[Range]
    start_bytes: Figure
    taken: list[Taken]
    skip: list[int]


class Candidate(msgspec.Struct, frozen=True, array_like=True):
    """What may be a picture or a video: what reading it gave, and where it lies in the source.

    ``pieces`` is 1 where its bytes follow each other in what no file owns. More were put together
    by what they hold: nothing on the device says that they belong together.
    """

    result: ReadResult
    places: Annotated[list[Range], msgspec.Meta(min_length=1, max_length=EXTENTS_AT_MOST)]
    pieces: Length = 1


class Carved(Message, frozen=True):
    """Candidates in the order of their beginnings; the last answer to a request is ``done``.

    Args:
        search_id: Of the request.
        candidates: Everything that begins before ``next_bytes`` and was not told yet.
        next_bytes: Up to where all has been looked through.
        size_bytes: How many bytes there are.
        taken: Extents of complete candidates that begin before the part of the space in which
            ``next_bytes`` lies, and reach into it or behind it.
        passed_over: Beginnings not followed since the last answer: what stands around them had
            cost too much.
        done: Whether nothing follows.
        code: Why nothing more could be looked through, empty where all was: ``unknown`` where
            the driver cannot tell what is free, ``encrypted``, ``unreadable``.
        detail: In words.
    """

    search_id: Figure
    candidates: Annotated[list[Candidate], msgspec.Meta(max_length=FOUND_AT_ONCE)]
    next_bytes: Figure
    size_bytes: Figure
    taken: list[Taken]
    done: bool
    passed_over: Figure = 0
    code: Code = ""
    detail: Text = ""
