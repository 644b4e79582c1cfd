"""What travels about a running examination's contents so far; a part of ``polit.broker.protocol``.

What is told is provisional: an examination that goes on may find more copies and more matches,
and only its sealed package is evidence.
"""

from typing import Annotated

import msgspec

from polit.broker.protocol import Text, Uuid

MOST_LISTED = 1_000
MOST_TILES = 64

Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_HexOrNone = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]
_Figure = Annotated[int, msgspec.Meta(ge=0)]


class ProvisionalQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which contents are asked for.

    Args:
        order_id: The examination.
        case_reference: The case that it was ordered for: another one is refused.
        after: The digest behind which they are listed, empty for the first ones.
        limit: How many at most.
    """

    order_id: Uuid
    case_reference: Text
    after: _HexOrNone = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_LISTED)] = MOST_LISTED


class ProvisionalTilesQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose safe tiles are asked for."""

    order_id: Uuid
    case_reference: Text
    sha256s: Annotated[tuple[Hex, ...], msgspec.Meta(max_length=MOST_TILES)]


class ProvisionalItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture or video that a running examination has decoded.

    Args:
        sha256: Its digest.
        kind: ``still`` or ``video``.
        mime: Its media type.
        size_bytes: Its size.
        width_px: Its width, upright; 0 where it does not decode.
        height_px: Its height.
        duration_ms: How long it plays, ``None`` for what does not play.
        occurrences: How many times it was found so far.
        has_tile: Whether it has a safe tile.
        alerts: 0, 1 where it resembles what alerts, 2 where it is what alerts by a digest.
        is_settled: Whether a set settles it as known-good.
    """

    sha256: Hex
    kind: Annotated[str, msgspec.Meta(max_length=32)]
    mime: Annotated[str, msgspec.Meta(max_length=200)]
    size_bytes: _Figure
    width_px: _Figure
    height_px: _Figure
    duration_ms: _Figure | None
    occurrences: _Figure
    has_tile: bool
    alerts: Annotated[int, msgspec.Meta(ge=0, le=2)]
    is_settled: bool


class ProvisionalPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contents in the order of their digests.

    Args:
        exhibit: The exhibit that is examined.
        package: The place of its package below the packages root; ``pictures.page`` takes it.
        items: The contents.
        next_after: Where the next ones are asked from, empty where these were the last.
    """

    exhibit: str
    package: str
    items: Annotated[tuple[ProvisionalItem, ...], msgspec.Meta(max_length=MOST_LISTED)]
    next_after: _HexOrNone


class ProvisionalTiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sizes of tiles in the order of the question, 0 for none; they are one part."""

    sizes: Annotated[tuple[_Figure, ...], msgspec.Meta(max_length=MOST_TILES)]
