"""What the broker says of itself."""

import polit
from polit.broker.protocol import PROTOCOL, BrokerFacts, Nothing
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room

ORDER = 10


def facts(room: Room, body: Nothing, parts: Parts) -> Reply:
    """Answer with the broker's facts."""
    del body, parts
    return Reply(BrokerFacts(PROTOCOL, polit.__version__, room.lanes.level(), room.evidence.names))


OPERATIONS = (
    operation(
        Terms("facts", "Protocol, version, isolation level, names of the evidence roots."),
        Nothing,
        facts,
    ),
)
