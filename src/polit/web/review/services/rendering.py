"""Asks the broker for what a committed event allows, and says plainly why there is nothing."""

from uuid import UUID

from polit.base.errors import BrokerGone, BrokerRefused, PictureUnshown
from polit.broker.client import BrokerClient, Code, RenderedPart
from polit.web.review.rules import UnveilWanted, What

_WHY = {
    Code.NO_SOUND: ("no_sound", "the video has no sound, or none that may be decoded"),
    Code.ERASED: ("erased", "the case's originals were erased: their key is destroyed"),
    Code.UNDECODABLE: ("undecodable", "it does not decode: grade it by what is known of it"),
    Code.DAMAGED: ("damaged", "what is stored is damaged: ask an examiner to verify it"),
    Code.BUSY: ("busy", "too many pictures wait: try again"),
    Code.FAILED: ("busy", "the broker failed at it: try again"),
    Code.STALE: ("stale", "it took too long to reach the broker: try again"),
    Code.ISOLATION: ("isolation", "the sandbox holds less than fully: ask who keeps the machine"),
}
_MISSING = frozenset({Code.UNKNOWN_ITEM, Code.NO_PACKAGE, Code.NO_THUMBNAIL})


def rendered_parts(
    broker: BrokerClient, event_id: UUID, *, wanted: UnveilWanted, count: int
) -> tuple[RenderedPart, ...]:
    """Return what the broker makes of a committed event: once, for nothing is kept.

    Args:
        broker: Who renders.
        event_id: The event.
        wanted: What it is about.
        count: How many pictures it lists.

    Raises:
        PictureUnshown: There is nothing; its code says why.
    """
    try:
        parts = _asked(broker, str(event_id), wanted)
    except BrokerGone as error:
        raise PictureUnshown(
            "broker", "the broker does not answer: nothing is shown, try again"
        ) from error
    except BrokerRefused as error:
        raise _unshown(error, wanted) from error
    if wanted.what is What.PAGE and len(parts) != count:
        raise PictureUnshown(
            "broker", "the broker made other pictures than were recorded: none is shown"
        )
    return parts


def _asked(broker: BrokerClient, event_id: str, wanted: UnveilWanted) -> tuple[RenderedPart, ...]:
    if wanted.what is What.SOUND:
        sound = broker.sound(event_id)
        return (RenderedPart(sound.media_type, sound.data, 0, 0, wanted.from_ms),)
    if wanted.what is What.ORIGINAL:
        made = broker.render(event_id)
        return (
            RenderedPart(
                made.media_type, made.data, made.width_px, made.height_px, made.at_ms, "",
                made.of_width_px, made.of_height_px,
            ),
        )  # fmt: skip
    return broker.render_many(event_id)


def _unshown(error: BrokerRefused, wanted: UnveilWanted) -> PictureUnshown:
    if error.code in _MISSING and wanted.what.needs_original:
        return PictureUnshown(
            "no_original",
            "no original is kept of it: have the exhibit examined with --vault to see more",
        )
    if error.code in _MISSING:
        return PictureUnshown("no_picture", "its package holds no picture of it")
    known = {str(code): why for code, why in _WHY.items()}
    code, message = known.get(error.code, ("broker", "the broker refused: try again"))
    return PictureUnshown(code, message)
