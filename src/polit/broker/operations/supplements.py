"""Supplements of packages: verified, so that the record may take them in."""

from polit.broker.protocol import AdoptQuestion, Code
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room
from polit.broker.server.supplements import adopt_supplements

ORDER = 45


def supplement_adopt(room: Room, body: AdoptQuestion, parts: Parts) -> Reply:
    """Verify the supplements of a package."""
    del parts
    found = adopt_supplements(room.settings.packages, body.package, body.case_reference)
    return Reply(found)


OPERATIONS = (
    operation(
        Terms(
            "supplement.adopt",
            "Verify a package's supplements, each alone and in its place.",
            codes=(Code.NO_PACKAGE, Code.WRONG_CASE, Code.DAMAGED),
        ),
        AdoptQuestion,
        supplement_adopt,
    ),
)
