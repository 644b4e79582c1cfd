"""Decodes one picture whole and collects what is known of it."""

import mmap
from typing import Any, cast

from PIL import Image

from polit.decode import pdq, still, video
from polit.decode.derive import derive
from polit.sandbox.facts import Facts
from polit.sandbox.protocol import DecodeRequest
from polit.sandbox.worker.output import NO_SIZE, Made
from polit.sandbox.worker.video_media import decode_video_item


def warm() -> dict[str, str]:
    """Load the codecs and run each once; return the versions of their libraries."""
    versions = still.warm() | video.warm()
    pdq.warm()
    for mode in ("1", "L", "LA", "P", "RGB", "RGBX", "RGBA", "I;16", "CMYK"):
        for size in ((1200, 900), (300, 200), (30, 20)):
            derive(Image.new(mode, size))
    return versions


def decode_picture(request: DecodeRequest, item: int) -> Made:
    """Decode a still.

    Raises:
        Refused: It breaks the limits, or its bytes do not decode.
        MemoryError: It cannot be mapped.
    """
    if request.mime.startswith("video/"):
        return decode_video_item(request, item)
    try:
        untrusted = mmap.mmap(item, request.size_bytes, prot=mmap.PROT_READ)
    except OSError as error:
        raise MemoryError(f"mmap: {error.strerror}") from error
    with untrusted:
        decoded = still.decode_still(untrusted, request.mime, memory_bytes=request.memory_bytes)
        width_px, height_px = decoded.picture.size
        facts = Facts(width_px, height_px, NO_SIZE, flaws=cast("tuple[Any, ...]", decoded.flaws))
        return Made(decoded.library, facts, derive(decoded.picture))
