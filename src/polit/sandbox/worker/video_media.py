"""Decodes one video and turns what it gave into the facts that cross the border."""

from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from polit.decode import pdq, video
from polit.decode.derive import derive
from polit.decode.held import HeldBytes
from polit.model.media import PerceptualHash, Position, TakenTime
from polit.sandbox.facts import Facts, Hash, Place, StoryPlace, Taken
from polit.sandbox.protocol import DecodeRequest
from polit.sandbox.worker.output import NO_SIZE, Made


def decode_video_item(request: DecodeRequest, item: int) -> Made:
    """Decode a video.

    Args:
        request: What is asked.
        item: The descriptor of what is held of it.

    Raises:
        Refused: It breaks the limits, or nothing of it decodes.
        MemoryError: A frame cannot be held.
    """
    held = HeldBytes(
        item, request.size_bytes, head_bytes=request.head_bytes, tail_bytes=request.tail_bytes
    )
    decoded = video.decode_video(
        held, request.mime, memory_bytes=request.memory_bytes, fingerprint=_fingerprint
    )
    return Made(
        video.LIBRARY,
        _facts(decoded),
        derive(decoded.cover.picture),
        tuple(derive(still.picture) for still in decoded.story),
    )


def _fingerprint(pixels: NDArray[np.uint8], frame: int, frame_ms: int) -> PerceptualHash:
    return pdq.hash_frame(pixels, frame=frame, frame_ms=frame_ms)


def _facts(decoded: video.Video) -> Facts:
    return Facts(
        decoded.width_px,
        decoded.height_px,
        NO_SIZE,
        orientation=decoded.orientation,
        frames=decoded.frames,
        duration_ms=decoded.duration_ms,
        flaws=decoded.flaws,
        make=decoded.make,
        model=decoded.model,
        taken=_taken(decoded.taken),
        position=_place(decoded.position),
        tags=tuple((tag.name, tag.value) for tag in decoded.tags),
        hashes=tuple(_hash(made) for made in decoded.hashes),
        story=tuple(StoryPlace(still.at_ms, still.frame, NO_SIZE) for still in decoded.story),
    )


def _hash(made: PerceptualHash) -> Hash:
    return Hash("pdq", "frame", made.value, made.quality, made.frame, made.frame_ms, made.dihedral)


def _taken(taken: TakenTime | None) -> Taken | None:
    if taken is None:
        return None
    basis = cast("Literal['utc', 'offset_known', 'zone_unknown']", taken.basis)
    return Taken(taken.wall_clock, basis, taken.offset_min, taken.source)


def _place(position: Position | None) -> Place | None:
    if position is None:
        return None
    return Place(position.latitude_e7, position.longitude_e7, position.altitude_mm, position.source)
