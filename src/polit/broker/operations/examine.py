"""Examinations: ordered, asked after, stopped, gone on with."""

from polit.broker.protocol import Code, ExamineOrder, OrderQuestion
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room

ORDER = 30


def start(room: Room, body: ExamineOrder, parts: Parts) -> Reply:
    """Queue an examination."""
    del parts
    return Reply(room.examinations.order(body))


def status(room: Room, body: OrderQuestion, parts: Parts) -> Reply:
    """Answer where an examination stands."""
    del parts
    return Reply(room.examinations.status(body.order_id))


def cancel(room: Room, body: OrderQuestion, parts: Parts) -> Reply:
    """Stop an examination at a checkpoint."""
    del parts
    return Reply(room.examinations.cancel(body.order_id))


def resume(room: Room, body: OrderQuestion, parts: Parts) -> Reply:
    """Go on with an examination."""
    del parts
    return Reply(room.examinations.resume(body.order_id))


OPERATIONS = (
    operation(
        Terms(
            "examine.start",
            "Queue an examination; the same order again only tells where it stands.",
            codes=(Code.NO_EVIDENCE, Code.ORDER_DIFFERS),
        ),
        ExamineOrder,
        start,
    ),
    operation(
        Terms("examine.status", "Where an examination stands.", codes=(Code.NO_ORDER,)),
        OrderQuestion,
        status,
    ),
    operation(
        Terms("examine.cancel", "Stop it at a checkpoint; resumable.", codes=(Code.NO_ORDER,)),
        OrderQuestion,
        cancel,
    ),
    operation(
        Terms("examine.resume", "Go on with one interrupted or failed.", codes=(Code.NO_ORDER,)),
        OrderQuestion,
        resume,
    ),
)
