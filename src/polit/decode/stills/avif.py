"""AVIF through Pillow and libavif, stills and sequences; one thread, for the sandbox has no more.

What ``irot`` and ``imir`` ask for, Pillow tells as EXIF's orientation.
"""

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import PIL
from PIL import AvifImagePlugin, Image, ImageFile, features

from polit.decode.picture import Item, Still, StillFrame, check_frames, check_size
from polit.decode.refusal import Refused
from polit.decode.stills import _boxes, _pillow

ORDER = 70
TYPES = ("image/avif",)

_HELD_BYTES = 11  # planes, the frame twice as bytes, the picture
_SAMPLE: Final = (
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAA"
    "AAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAANAAAAChpaW5mAAAAAAABAAAA"
    "GmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAIAAAACAAAAAQcGl4aQAA"
    "AAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAPG1kYXQS"
    "AAoJGBE/9ogIaDQgMiUdh4eFndxxxwLKwADE3yrIqug4HAw6YMFTalFpcC9BLHksp5G+"
)
"""A gradient of 32 x 32 px, encoded beforehand: an encoder would start threads."""


def warm() -> dict[str, str]:
    """Set the number of threads, and tell the versions."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    return {"pillow": PIL.__version__, "libavif": features.version_module("avif") or ""}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield a still, and a sequence."""
    yield base64.b64decode(_SAMPLE), TYPES[0]
    gradient = Image.radial_gradient("L").resize((32, 32)).convert("RGB")
    stream = io.BytesIO()
    turned = [gradient.rotate(90 * turn) for turn in range(3)]
    turned[0].save(stream, "AVIF", save_all=True, append_images=turned[1:], speed=10, max_threads=1)
    yield stream.getvalue(), TYPES[0]


def decode(item: Item) -> Still:
    """Decode the first frame, and a story of the others.

    Raises:
        Refused: As ``decode_still`` says.
    """
    claimed = _boxes.claimed_bytes(item.untrusted)
    is_cut = claimed > len(item.untrusted)
    whole = _boxes.filled_up(item, claimed) if is_cut else item
    frames = 1

    def check(opened: ImageFile.ImageFile) -> None:
        nonlocal frames
        frames = int(getattr(opened, "n_frames", 1))
        check_frames(frames)
        more_bytes = 2 * len(whole.untrusted)
        check_size(opened.size, item, bytes_per_pixel=_HELD_BYTES, more_bytes=more_bytes)

    opened, flaws = _pillow.load_whole(whole, "AVIF", check=check, is_cut=lambda: is_cut)
    if is_cut:
        _pillow.refuse_blank(opened, Refused("truncated", "no coded data"))
        flaws = ("truncated",)
    still = Still(
        opened, "pillow", exif=_pillow.exif_of(opened), xmp=_pillow.xmp_of(opened), flaws=flaws
    )
    return _with_story(whole, still, frames) if frames > 1 else still


def _with_story(item: Item, still: Still, frames: int) -> Still:
    story, more = _pillow.storyboard(item, "AVIF", [0] * frames)
    timed = []
    ends_ms = 0
    for one in story:
        at_ms = max(0, int(one.picture.info.get("timestamp", 0)))
        ends_ms = max(ends_ms, at_ms + max(0, int(one.picture.info.get("duration", 0))))
        timed.append(StillFrame(at_ms, one.frame, one.picture))
    return replace(
        still,
        frames=frames,
        duration_ms=ends_ms,
        story=tuple(timed),
        flaws=tuple(sorted({*still.flaws, *more})),
    )
