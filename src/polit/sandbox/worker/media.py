"""Decodes one picture or video whole and collects what is known of it."""

import mmap
from typing import Literal, cast

from PIL import Image

from polit.decode import metadata, pdq, still, thumbnails, video
from polit.decode.decodable import VIDEOS
from polit.decode.derive import derive
from polit.decode.metadata import Metadata
from polit.decode.refusal import Refused
from polit.decode.still import Still
from polit.sandbox.facts import Facts, StoryPlace
from polit.sandbox.protocol import DecodeRequest
from polit.sandbox.worker.output import NO_SIZE, Made
from polit.sandbox.worker.told import told_hash, told_place, told_taken
from polit.sandbox.worker.video_media import decode_video_item

_Flaw = Literal["truncated", "damaged", "key_frames_only", "beyond_limit"]
_MODES = ("1", "L", "LA", "P", "RGB", "RGBX", "RGBA", "I;16", "CMYK")


def warm() -> dict[str, str]:
    """Load the codecs and run each once; return the versions of their libraries."""
    versions = still.warm() | video.warm()
    metadata.warm()
    pdq.warm()
    for mode in _MODES:
        for size in ((1200, 900), (300, 200), (30, 20)):
            derive(Image.new(mode, size))
    thumbnails.differs(Image.new("RGB", (640, 480)), Image.new("RGB", (160, 120)))
    return versions


def decode_item(request: DecodeRequest, item: int) -> Made:
    """Decode a picture or a video.

    Args:
        request: What is asked.
        item: The descriptor of its bytes.

    Raises:
        Refused: It breaks the limits, or its bytes do not decode.
        MemoryError: It cannot be mapped.
    """
    if request.mime in VIDEOS:
        return decode_video_item(request, item)
    try:
        untrusted = mmap.mmap(item, request.size_bytes, prot=mmap.PROT_READ)
    except OSError as error:
        raise MemoryError(f"mmap: {error.strerror}") from error
    with untrusted:
        decoded = still.decode_still(untrusted, request.mime, memory_bytes=request.memory_bytes)
        return _made(decoded, request.memory_bytes)


def _made(decoded: Still, memory_bytes: int) -> Made:
    camera = metadata.read_metadata(decoded.exif, decoded.xmp)
    # A container that turns its pictures itself has them upright already (HEIF).
    orientation = 1 if decoded.is_upright else camera.orientation
    return Made(
        decoded.library,
        _facts(decoded, camera, orientation, memory_bytes),
        derive(decoded.picture, orientation=orientation),
        tuple(derive(frame.picture, orientation=orientation) for frame in decoded.story),
    )


def _facts(decoded: Still, camera: Metadata, orientation: int, memory_bytes: int) -> Facts:
    width_px, height_px = decoded.picture.size
    tags = [*decoded.tags, *((tag.name, tag.value) for tag in camera.tags)]
    return Facts(
        width_px,
        height_px,
        NO_SIZE,
        orientation=orientation,
        frames=decoded.frames,
        duration_ms=decoded.duration_ms,
        flaws=cast("tuple[_Flaw, ...]", decoded.flaws),
        make=camera.make,
        model=camera.model,
        serial=camera.serial,
        taken=told_taken(camera.taken),
        position=told_place(camera.position),
        tags=tuple(tags[: metadata.MAX_TAGS]),
        hashes=tuple(told_hash(made) for made in pdq.hash_picture(decoded.picture)),
        story=tuple(StoryPlace(frame.at_ms, frame.frame, NO_SIZE) for frame in decoded.story),
        has_pictures_inside=_holds_another(decoded, camera.thumbnail, memory_bytes),
    )


def _holds_another(decoded: Still, untrusted_thumbnail: bytes, memory_bytes: int) -> bool:
    """Tell whether the small picture inside shows something else than the picture.

    One that does not decode is one too: what it is, is said where it becomes an entry.
    """
    if not untrusted_thumbnail:
        return False
    with mmap.mmap(-1, len(untrusted_thumbnail)) as room:
        room[:] = untrusted_thumbnail
        try:
            small = still.decode_still(room, "image/jpeg", memory_bytes=memory_bytes)
        except Refused:
            return True
        return thumbnails.differs(decoded.picture, small.picture)
