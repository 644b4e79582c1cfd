"""Hash sets: listed, shown, switched; imported, updated and verified by errands."""

from polit.broker.protocol import Code, Nothing
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room
from polit.broker.set_protocol import (
    SetActOrder,
    SetImportOrder,
    SetQuestion,
    SetUpdateOrder,
    SetVerifyOrder,
)

ORDER = 90


def choices(room: Room, body: Nothing, parts: Parts) -> Reply:
    """Answer with what an import can be made of."""
    del body, parts
    return Reply(room.sets.choices())


def listed(room: Room, body: Nothing, parts: Parts) -> Reply:
    """Answer with every set."""
    del body, parts
    return Reply(room.sets.listed())


def show(room: Room, body: SetQuestion, parts: Parts) -> Reply:
    """Answer with all that is known of a set but its records."""
    del parts
    return Reply(room.sets.shown(body.sha256))


def switch(room: Room, body: SetActOrder, parts: Parts) -> Reply:
    """Disable, enable or remove a set."""
    del parts
    room.sets.switch(body)
    return Reply(Nothing())


def take_in(room: Room, body: SetImportOrder, parts: Parts) -> Reply:
    """Order an import."""
    del parts
    return Reply(room.sets.take_in(body))


def update(room: Room, body: SetUpdateOrder, parts: Parts) -> Reply:
    """Order an update."""
    del parts
    return Reply(room.sets.update(body))


def verify(room: Room, body: SetVerifyOrder, parts: Parts) -> Reply:
    """Order a verification."""
    del parts
    return Reply(room.sets.verify(body))


OPERATIONS = (
    operation(
        Terms("hashset.choices", "Formats, category schemes, and what lies in `incoming`."),
        Nothing,
        choices,
    ),
    operation(
        Terms("hashset.list", "The hash sets of the store.", codes=(Code.DAMAGED,)),
        Nothing,
        listed,
    ),
    operation(
        Terms(
            "hashset.show",
            "A hash set's provenance, import report, categories and history; no hash of it.",
            codes=(Code.NO_SET, Code.DAMAGED),
        ),
        SetQuestion,
        show,
    ),
    operation(
        Terms(
            "hashset.switch",
            "Disable, enable or remove a hash set; the same again changes nothing.",
            codes=(Code.NO_SET, Code.DAMAGED),
        ),
        SetActOrder,
        switch,
    ),
    operation(
        Terms(
            "hashset.import",
            "Queue the import of an upload or of a file in `incoming`, as an errand.",
            codes=(Code.NO_UPLOAD, Code.NO_EVIDENCE, Code.ORDER_DIFFERS),
        ),
        SetImportOrder,
        take_in,
    ),
    operation(
        Terms(
            "hashset.update",
            "Queue a signed offline update, a folder in `incoming`, as an errand.",
            codes=(Code.NO_EVIDENCE, Code.ORDER_DIFFERS),
        ),
        SetUpdateOrder,
        update,
    ),
    operation(
        Terms(
            "hashset.verify",
            "Queue the verification of a hash set's parts, as an errand.",
            codes=(Code.ORDER_DIFFERS,),
        ),
        SetVerifyOrder,
        verify,
    ),
)
