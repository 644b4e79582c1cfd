"""Decodes one picture or video whole and collects what is known of it."""

import mmap
from dataclasses import replace
from typing import Literal, cast

import msgspec
from PIL import Image

from polit.decode import metadata, pdq, still, thumbnails, video
from polit.decode.decodable import VIDEOS
from polit.decode.derive import derive
from polit.decode.holders import picture
from polit.decode.metadata import Metadata
from polit.decode.still import Still
from polit.sandbox.facts import Facts, StoryPlace
from polit.sandbox.protocol import DecodeRequest
from polit.sandbox.worker.output import NO_SIZE, Made
from polit.sandbox.worker.told import told_hash, told_place, told_taken
from polit.sandbox.worker.video_media import decode_video_item

_Flaw = Literal["truncated", "damaged", "key_frames_only", "beyond_limit"]
_MIRRORED = frozenset({2, 4, 5, 7})
_MODES = ("1", "L", "LA", "La", "P", "RGB", "RGBX", "RGBA", "RGBa", "I;16", "I", "F", "CMYK", "LAB",
          "YCbCr")  # fmt: skip


def warm() -> dict[str, str]:
    """Load the codecs and run each once; return the versions of their libraries."""
    versions = still.warm() | video.warm()
    metadata.warm()
    pdq.warm()
    for mode in _MODES:
        for size in ((1200, 900), (300, 200), (30, 20)):
            derive(Image.new(mode, size))
    thumbnails.warm()
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
        made = _made(decoded, request.memory_bytes)
        if picture.holds_others(untrusted):
            made = _holding_others(made)
        return made


def _made(decoded: Still, memory_bytes: int) -> Made:
    camera = metadata.read_metadata(decoded.exif, decoded.xmp)
    # A container that turns its pictures itself has them upright already (HEIF).
    orientation = 1 if decoded.is_upright else camera.orientation
    main = derive(decoded.picture, orientation=orientation)
    # Reduced is enough to compare with, unless it was mirrored.
    shown = decoded.picture if orientation in _MIRRORED else main.thumbnail
    story = tuple(derive(frame.picture, orientation=orientation) for frame in decoded.story)
    made = Made(decoded.library, _facts(decoded, camera, orientation), main, story)
    if thumbnails.holds_another(shown, camera.thumbnail, memory_bytes=memory_bytes):
        made = _holding_others(made)
    return made


def _holding_others(made: Made) -> Made:
    return replace(made, facts=msgspec.structs.replace(made.facts, has_pictures_inside=True))


def _facts(decoded: Still, camera: Metadata, orientation: int) -> Facts:
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
    )
