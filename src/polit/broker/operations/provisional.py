"""What a running examination has found so far: provisional, and for its own case alone."""

from polit.broker.protocol import Code
from polit.broker.provisional_protocol import (
    ProvisionalQuestion,
    ProvisionalTiles,
    ProvisionalTilesQuestion,
)
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room

ORDER = 35
_CODES = (Code.NO_ORDER, Code.WRONG_CASE, Code.NO_PACKAGE, Code.DAMAGED)


def provisional_list(room: Room, body: ProvisionalQuestion, parts: Parts) -> Reply:
    """Answer with contents that are decoded."""
    del parts
    return Reply(room.provisional.page(body))


def provisional_tiles(room: Room, body: ProvisionalTilesQuestion, parts: Parts) -> Reply:
    """Answer with safe tiles, as one part."""
    del parts
    tiles = room.provisional.tiles(body)
    return Reply(ProvisionalTiles(tuple(map(len, tiles))), (b"".join(tiles),))


OPERATIONS = (
    operation(
        Terms(
            "provisional.list",
            "Pictures and videos that an examination has decoded so far, by their digests, at most "
            "1,000 at a time.",
            codes=_CODES,
        ),
        ProvisionalQuestion,
        provisional_list,
    ),
    operation(
        Terms(
            "provisional.tiles",
            "Safe tiles (24 px, grey) of at most 64 of them.",
            codes=(*_CODES, Code.ERASED),
        ),
        ProvisionalTilesQuestion,
        provisional_tiles,
    ),
)
