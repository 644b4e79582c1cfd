"""Pictures: shown for a committed audit event, once."""

from polit.broker.picture_protocol import (
    PartFacts,
    PictureAnswer,
    PicturesAnswer,
    RenderQuestion,
)
from polit.broker.protocol import Code
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room
from polit.broker.server.watermark import MEDIA_TYPE

ORDER = 50
_CODES = (
    Code.NO_EVENT, Code.WRONG_ACTION, Code.STALE, Code.USED, Code.NO_RECORD, Code.UNKNOWN_ITEM,
    Code.ERASED, Code.DAMAGED, Code.UNDECODABLE, Code.ISOLATION,
)  # fmt: skip


def render(room: Room, body: RenderQuestion, parts: Parts) -> Reply:
    """Answer with the picture that an event is about."""
    del parts
    made = room.pictures.show(body.event_id)
    about = PictureAnswer(
        made.media_type, made.width_px, made.height_px, made.of_width_px, made.of_height_px,
        made.at_ms,
    )  # fmt: skip
    return Reply(about, (made.data,))


def render_many(room: Room, body: RenderQuestion, parts: Parts) -> Reply:
    """Answer with the pictures that an event is about, as one part."""
    del parts
    made = room.pictures.show_many(body.event_id)
    facts = tuple(
        PartFacts(
            len(part.data), part.width_px, part.height_px, part.of_width_px, part.of_height_px,
            part.at_ms, part.code,
        )
        for part in made
    )  # fmt: skip
    return Reply(PicturesAnswer(MEDIA_TYPE, facts), (b"".join(part.data for part in made),))


OPERATIONS = (
    operation(
        Terms(
            "picture.render",
            "The picture that a committed audit event is about, watermarked; once for each event.",
            codes=_CODES,
        ),
        RenderQuestion,
        render,
    ),
    operation(
        Terms(
            "pictures.render",
            "The pictures of a page, of a video's story or of a sequence of its frames that a "
            "committed audit event is about, watermarked; once for each event. One that cannot be "
            "given has a code of its own.",
            codes=(*_CODES, Code.NO_PACKAGE, Code.WRONG_CASE, Code.NO_THUMBNAIL),
        ),
        RenderQuestion,
        render_many,
    ),
)
