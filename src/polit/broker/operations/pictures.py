"""Pictures: shown for a committed audit event, once."""

from polit.broker.protocol import Code, PictureAnswer, RenderQuestion
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room

ORDER = 50


def render(room: Room, body: RenderQuestion, parts: Parts) -> Reply:
    """Answer with the picture that an event is about."""
    del parts
    made = room.pictures.show(body.event_id)
    return Reply(PictureAnswer(made.media_type, made.width_px, made.height_px), (made.data,))


OPERATIONS = (
    operation(
        Terms(
            "picture.render",
            "The picture that a committed audit event is about, watermarked; once for each event.",
            codes=(
                Code.NO_EVENT, Code.WRONG_ACTION, Code.STALE, Code.USED, Code.NO_RECORD,
                Code.UNKNOWN_ITEM, Code.ERASED, Code.DAMAGED, Code.UNDECODABLE, Code.ISOLATION,
            ),
        ),
        RenderQuestion,
        render,
    ),
)  # fmt: skip
