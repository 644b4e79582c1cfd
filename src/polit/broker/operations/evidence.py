"""What lies below the evidence roots."""

from polit.broker.protocol import Code, PlaceQuestion
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room

ORDER = 20


def evidence_list(room: Room, body: PlaceQuestion, parts: Parts) -> Reply:
    """Answer with what lies at a place."""
    del parts
    return Reply(room.evidence.listed(body.place))


OPERATIONS = (
    operation(
        Terms(
            "evidence.list",
            "Files and folders at a place below the evidence roots, by name.",
            codes=(Code.NO_EVIDENCE,),
        ),
        PlaceQuestion,
        evidence_list,
    ),
)
