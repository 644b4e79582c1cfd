"""HEIC and HEIF through pillow-heif (libheif, libde265), in this one thread.

libheif turns and mirrors as the container asks, and EXIF's orientation does not count then
(ISO/IEC 23008-12, A.2). What is coded as AV1 goes to Pillow.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

import pillow_heif
from pillow_heif import options

from polit.decode.picture import Item, Still, StillFrame, check_frames, check_size
from polit.decode.refusal import Refused
from polit.decode.stills import _boxes, _pillow, avif
from polit.decode.stills._one_thread import start_no_threads

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDER = 75
TYPES = ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")

_HELD_BYTES = 10  # planes, interleaved pixels, the picture
_HEAD_BYTES = 65_536
_SAMPLE: Final = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABegABAAAAAAAAACYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEA"
    "GEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAA"
    "AwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMI"
    "CAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAAC5tZGF0AAAAIigBrwtg+lSCwdIawNkwEo7+rtRYi0fvCZqIKhYuEVtb"
    "jyA="
)
"""A gradient of 64 x 64 px, encoded beforehand: an encoder would start threads."""


def warm() -> dict[str, str]:
    """Set the number of threads, and tell the versions that the loaded libraries tell."""
    options.DECODE_THREADS = 0
    info = pillow_heif.libheif_info()
    decoders = " ".join(cast("dict[str, str]", info["decoders"]).values())
    de265 = re.search(r"libde265 .*version ([\d.]+)", decoders)
    return {
        "pillow-heif": pillow_heif.__version__,
        "libheif": str(info["libheif"]),
        # Where it would start threads, it is as good as missing.
        "libde265": de265[1] if de265 and start_no_threads() else "",
    }


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield a still."""
    yield base64.b64decode(_SAMPLE), TYPES[0]


def decode(item: Item) -> Still:
    """Decode the primary picture, and a story of the others.

    Raises:
        Refused: As ``decode_still`` says.
    """
    head = item.untrusted[:_HEAD_BYTES]
    if b"av1C" in head and b"hvcC" not in head:
        return avif.decode(item)
    claimed = _boxes.claimed_bytes(item.untrusted)
    is_cut = claimed > len(item.untrusted)
    whole = _boxes.filled_up(item, claimed) if is_cut else item
    try:
        still = _decode(whole)
    except (*_pillow.UNREADABLE, NotImplementedError) as error:
        told = _pillow.refusal_of(error)
        raise (Refused("truncated", told.detail) if is_cut else told) from error
    if not is_cut:
        return still
    _pillow.refuse_blank(still.picture, Refused("truncated", "no coded data"))
    return replace(still, flaws=tuple(sorted({*still.flaws, "truncated"})))


def _decode(item: Item) -> Still:
    data = bytes(item.untrusted)
    opened = pillow_heif.open_heif(data)
    images = cast("Sequence[pillow_heif.HeifImage]", opened)
    check_frames(len(images))
    main = images[opened.primary_index]
    check_size(main.size, item, bytes_per_pixel=_HELD_BYTES, more_bytes=len(data))
    picture = main.to_pillow()
    story = _story(images, item) if len(images) > 1 else ()
    has_all = len(images) in (1, len(story))
    return Still(
        picture,
        "pillow-heif",
        exif=_block(main, "exif").removeprefix(b"Exif\0\0"),
        xmp=_block(main, "xmp").rstrip(b"\0"),
        is_upright=True,
        frames=len(images),
        flaws=() if has_all else ("beyond_limit",),
        story=story,
    )


def _block(image: pillow_heif.HeifImage, name: str) -> bytes:
    found = image.info.get(name)
    return found if isinstance(found, bytes) else b""


def _story(images: "Sequence[pillow_heif.HeifImage]", item: Item) -> tuple[StillFrame, ...]:
    frames: list[StillFrame] = []
    pixels = 0
    for number in _pillow.evenly(len(images)):
        one = images[number]
        check_size(one.size, item, bytes_per_pixel=_HELD_BYTES, more_bytes=len(item.untrusted))
        pixels += one.size[0] * one.size[1]
        if pixels > _pillow.MAX_STORY_PIXELS:
            break
        frames.append(StillFrame(0, number, _pillow.kept(one.to_pillow())))
    return tuple(frames)
