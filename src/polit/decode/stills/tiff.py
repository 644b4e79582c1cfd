"""TIFF through Pillow and libtiff, pages and all; of a camera's RAW file the preview.

NEF, ARW, DNG and PEF are TIFF whose main directory is a small thumbnail or the sensor's data.
Pillow sets a TIFF upright while it loads it, by its orientation or that of its XMP.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import PIL
from PIL import Image, ImageFile, TiffImagePlugin, features

from polit.decode.picture import MAX_FRAMES, Item, Still, StillFrame, check_frames, check_size
from polit.decode.refusal import Refused
from polit.decode.stills import _pillow, _tiff_tags, raw
from polit.decode.stills._tiff_tags import Tags

ORDER = 50
TYPES = ("image/tiff",)

_PLUGINS = (TiffImagePlugin,)
_MODE_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
_WIDTH, _HEIGHT, _PHOTOMETRIC, _SUBFILE, _DNG = 256, 257, 262, 254, 50_706
_STRIPS, _TILES = (273, 279), (324, 325)
_ORIENTATION = 274
_SENSOR = (32_803, 34_892)  # a colour filter array, and linear raw


def warm() -> dict[str, str]:
    """Tell the versions."""
    return {"pillow": PIL.__version__, "libtiff": features.version_codec("libtiff") or ""}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield each mode, each compression, and pages."""
    gradient = Image.radial_gradient("L").resize((60, 50))
    for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"):
        stream = io.BytesIO()
        plain = mode in ("LAB", "I;16")
        picture = Image.new(mode, (60, 50), 7) if plain else gradient.convert(mode)
        picture.save(stream, "TIFF")
        yield stream.getvalue(), TYPES[0]
    for name in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma"):
        stream = io.BytesIO()
        gradient.convert("RGB").save(stream, "TIFF", compression=name)
        yield stream.getvalue(), TYPES[0]
    for name in ("group3", "group4"):
        stream = io.BytesIO()
        gradient.convert("1").save(stream, "TIFF", compression=name)
        yield stream.getvalue(), TYPES[0]
    stream = io.BytesIO()
    gradient.save(stream, "TIFF", save_all=True, append_images=[gradient] * 2)
    yield stream.getvalue(), TYPES[0]


def decode(item: Item) -> Still:
    """Decode the first page and a story of the pages, or a RAW file's preview.

    Raises:
        Refused: As ``decode_still`` says.
    """
    tags = Tags(item.untrusted)
    preview = raw.find_preview(item.untrusted) if _is_raw(tags) else None
    if preview is not None:
        return raw.decode_preview(item, preview)
    pages = tags.count_chain(MAX_FRAMES + 1)
    check_frames(pages)
    opened, flaws = _pillow.load_whole(
        item, "TIFF", check=lambda opened: _check(opened, item), is_cut=lambda: _is_cut(item, tags)
    )
    still = Still(
        opened,
        "pillow",
        exif=_tiff_tags.exif_of(tags),
        xmp=_tiff_tags.xmp_of(tags),
        is_upright=True,
        flaws=flaws,
    )
    return _with_pages(item, still, pages) if pages > 1 else still


def _is_raw(tags: Tags) -> bool:
    """Tell a camera's file from a document: its main directory is no picture in full."""
    main = tags.main()
    reduced = tags.numbers(main, _SUBFILE)[:1] == (1,)
    sensor = tags.numbers(main, _PHOTOMETRIC)[:1] in ((_SENSOR[0],), (_SENSOR[1],))
    return reduced or sensor or _DNG in main.entries


def _check(opened: ImageFile.ImageFile, item: Item) -> None:
    mode_bytes = _MODE_BYTES.get(opened.mode, 4)
    if opened.getexif().get(_ORIENTATION, 1) != 1:
        mode_bytes *= 2  # turned, it is held twice
    if opened.info.get("compression") == "raw":
        check_size(opened.size, item, bytes_per_pixel=mode_bytes)
        return
    # libtiff gets a copy of the file, and unpacks a strip at a time: it may be the only one.
    bits = cast("TiffImagePlugin.TiffImageFile", opened).tag_v2.get(258, (8,))
    sample_bytes = sum(bits) / 8 if isinstance(bits, tuple) else 4
    check_size(
        opened.size,
        item,
        bytes_per_pixel=mode_bytes + sample_bytes,
        more_bytes=2 * len(item.untrusted),
    )


def _is_cut(item: Item, tags: Tags) -> bool:
    """Tell whether the first directory, or a strip or tile of it, lies behind the end."""
    main = tags.main()
    if tags.first_at >= len(item.untrusted):
        return True
    ends = [
        start + size
        for starts, sizes in (_STRIPS, _TILES)
        for start, size in zip(tags.numbers(main, starts), tags.numbers(main, sizes), strict=False)
    ]
    return bool(ends) and max(ends) > len(item.untrusted)


def _with_pages(item: Item, still: Still, pages: int) -> Still:
    opened = _pillow.open_by(item.untrusted, "TIFF")
    numbers = _pillow.evenly(pages)
    flaws = set(still.flaws) | ({"beyond_limit"} if len(numbers) < pages else set())
    story: list[StillFrame] = []
    pixels = 0
    for number in numbers:
        try:
            opened.seek(number)
            _check(opened, item)
            pixels += opened.width * opened.height
            if pixels > _pillow.MAX_STORY_PIXELS:
                flaws.add("beyond_limit")
                break
            opened.load()
        except (*_pillow.UNREADABLE, Refused):
            flaws.add("damaged")
            continue
        story.append(StillFrame(0, number, _pillow.kept(opened)))
    return replace(still, frames=pages, story=tuple(story), flaws=tuple(sorted(flaws)))
