"""Sound of videos: played for a committed audit event, once."""

from polit.broker.picture_protocol import RenderQuestion, SoundAnswer
from polit.broker.protocol import Code
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room

ORDER = 55


def render_sound(room: Room, body: RenderQuestion, parts: Parts) -> Reply:
    """Answer with the sound that an event is about."""
    del parts
    made = room.sounds.play(body.event_id)
    return Reply(SoundAnswer(made.media_type, made.length_ms), (made.data,))


OPERATIONS = (
    operation(
        Terms(
            "sound.render",
            "The sound of a video that a committed audit event is about, as WAV of 16 bits, mono; "
            "once for each event.",
            codes=(
                Code.NO_EVENT, Code.WRONG_ACTION, Code.STALE, Code.USED, Code.NO_RECORD,
                Code.UNKNOWN_ITEM, Code.ERASED, Code.DAMAGED, Code.NO_SOUND, Code.UNDECODABLE,
                Code.ISOLATION,
            ),
        ),
        RenderQuestion,
        render_sound,
    ),
)  # fmt: skip
