"""Supplements of packages: made by matching again, verified so that the record may take them in."""

from polit.broker.match_protocol import MatchOrder
from polit.broker.protocol import AdoptQuestion, Code
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room
from polit.broker.server.supplements import adopt_supplements, order_matching
from polit.store.keys import open_keys

ORDER = 45


def supplement_adopt(room: Room, body: AdoptQuestion, parts: Parts) -> Reply:
    """Verify the supplements of a package."""
    del parts
    settings = room.settings
    own = open_keys(settings.data).public_key
    found = adopt_supplements(settings.packages, body, signing_key=own)
    return Reply(found)


def match_start(room: Room, body: MatchOrder, parts: Parts) -> Reply:
    """Order that packages are matched with the hash sets of today."""
    del parts
    return Reply(order_matching(room.settings, room.errands, body))


OPERATIONS = (
    operation(
        Terms(
            "supplement.adopt",
            "Verify a package's supplements, each alone and in its place; of a strange key's it"
            " says so.",
            codes=(Code.NO_PACKAGE, Code.WRONG_CASE, Code.DAMAGED),
        ),
        AdoptQuestion,
        supplement_adopt,
    ),
    operation(
        Terms(
            "match.start",
            "Queue the matching of packages, or of all, with all enabled hash sets, as an errand.",
            codes=(Code.NO_PACKAGE, Code.ORDER_DIFFERS),
        ),
        MatchOrder,
        match_start,
    ),
)
