"""Errands: asked after and stopped, whichever operation ordered them."""

from polit.broker.errand_protocol import ErrandQuestion
from polit.broker.protocol import (
    Code,
)
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room

ORDER = 70


def status(room: Room, body: ErrandQuestion, parts: Parts) -> Reply:
    """Answer where an errand stands."""
    del parts
    return Reply(room.errands.status(body.errand_id))


def cancel(room: Room, body: ErrandQuestion, parts: Parts) -> Reply:
    """Stop an errand."""
    del parts
    return Reply(room.errands.cancel(body.errand_id))


OPERATIONS = (
    operation(
        Terms("errand.status", "Where an errand stands.", codes=(Code.NO_ERRAND,)),
        ErrandQuestion,
        status,
    ),
    operation(
        Terms("errand.cancel", "Stop an errand; one that ended stays so.", codes=(Code.NO_ERRAND,)),
        ErrandQuestion,
        cancel,
    ),
)
