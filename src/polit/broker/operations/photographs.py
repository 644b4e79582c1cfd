"""Photographs of devices and places that officers send."""

from polit.broker.picture_protocol import PictureAnswer
from polit.broker.protocol import MAX_UPLOAD_BYTES, Code, Nothing
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.photographs import reencode
from polit.broker.server.room import Room

ORDER = 60


def photograph_reencode(room: Room, body: Nothing, parts: Parts) -> Reply:
    """Answer with a photograph's pixels, encoded anew."""
    del body
    (data,) = parts
    made = reencode(room.lanes, data)
    about = PictureAnswer(made.media_type, made.width_px, made.height_px)
    return Reply(about, (made.full, made.thumbnail))


OPERATIONS = (
    operation(
        Terms(
            "photograph.reencode",
            "A photograph upright and encoded anew, at most 2,000 px, and a thumbnail of 320 px.",
            codes=(Code.UNDECODABLE, Code.ISOLATION),
            parts_bytes=(MAX_UPLOAD_BYTES,),
        ),
        Nothing,
        photograph_reencode,
    ),
)
