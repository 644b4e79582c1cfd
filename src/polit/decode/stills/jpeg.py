"""JPEG: through simplejpeg, three times as fast as Pillow; what it cannot do through Pillow.

Both read baseline, progressive, arithmetic and lossless coding of 8 bits; no kept-up library
reads 12 bits. Other pictures in the same file (MPF) are not this picture.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import PIL
import simplejpeg
from PIL import Image, JpegImagePlugin, MpoImagePlugin, TiffImagePlugin

from polit.decode.picture import Item, Still, Untrusted, check_size
from polit.decode.refusal import Refused
from polit.decode.stills import _pillow
from polit.decode.stills._jpeg_marks import JpegHeader, read_header

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ORDER = 10
TYPES = ("image/jpeg",)

_CMYK = frozenset({"CMYK", "YCCK"})
# Loaded before the lockdown: Pillow imports some of them only when a file asks for it.
_PLUGINS = (JpegImagePlugin, MpoImagePlugin, TiffImagePlugin)
_SAMPLE_EXIF = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"
# Bytes between two segments harm no pixel, and cameras leave them before the end mark.
_HARMLESS = ("before marker 0xd9", "JFIF revision", "transform code", "bogus", "many scanlines")
_GREY = 128


def warm() -> dict[str, str]:
    """Tell the versions."""
    return {"pillow": PIL.__version__, "simplejpeg": simplejpeg.__version__}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield each mode, sequential and progressive, and a sampling that simplejpeg refuses."""
    for mode in ("L", "RGB", "CMYK"):
        for progressive in (False, True):
            stream = io.BytesIO()
            Image.radial_gradient("L").resize((80, 60)).convert(mode).save(
                stream, "JPEG", exif=_SAMPLE_EXIF, progressive=progressive
            )
            yield stream.getvalue(), "image/jpeg"
    odd = stream.getvalue().replace(b"\x01\x22\x00\x02\x11", b"\x01\x32\x00\x02\x21")
    yield odd, "image/jpeg"


def decode(item: Item) -> Still:
    """Decode a JPEG.

    Raises:
        Refused: As ``decode_still`` says.
    """
    header = read_header(item.untrusted)
    _check(header.size, item, header)
    still = _decode(item, header)
    tags = (("jpeg:mpf", "yes"),) if header.has_pictures else ()
    return replace(still, exif=header.exif, xmp=header.xmp, tags=tags)


def _decode(item: Item, header: JpegHeader) -> Still:
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(item.untrusted, strict=False)
        _check((width, height), item, header)
        if colours in _CMYK:
            return _by_pillow(item, header)
        return _by_simplejpeg(item.untrusted, (width, height), colours)
    except (ValueError, KeyError) as error:  # KeyError: a sampling that it does not know
        if "emory" in str(error):
            raise
    return _by_pillow(item, header)


def _check(size: tuple[int, int], item: Item, header: JpegHeader) -> None:
    """Check a size: the header's own, and the one that the decoder read."""
    if 0 in size and size == header.size:
        return  # told by DNL behind the first scan: the decoder decides
    check_size(size, item, bytes_per_pixel=4 + header.coefficient_bytes)


def _by_simplejpeg(untrusted: Untrusted, size: tuple[int, int], colours: str) -> Still:
    mode = "L" if colours == "Gray" else "RGBX"
    pixels, flaws = _pixels(untrusted, "GRAY" if mode == "L" else "RGBX")
    # Of RGBX and L Pillow makes a picture without copying the pixels.
    picture = Image.frombuffer(mode, size, pixels, "raw", mode, 0, 1)
    if flaws:
        _refuse_grey(picture, flaws[0])
    return Still(picture, "simplejpeg", flaws=flaws)


def _pixels(
    untrusted: Untrusted, colours: Literal["GRAY", "RGBX"]
) -> tuple["NDArray[np.uint8]", tuple[str, ...]]:
    """Decode; what the library warns of becomes a flaw where it costs pixels."""
    try:
        return simplejpeg.decode_jpeg(untrusted, colours), ()
    except ValueError as error:
        told = str(error)
    pixels = simplejpeg.decode_jpeg(untrusted, colours, strict=False)
    if any(sign in told for sign in _HARMLESS):
        return pixels, ()
    # The last warning may be of another kind: a picture without its end mark was cut.
    has_end = untrusted.rfind(b"\xff\xd9") >= 0 and "end of JPEG" not in told
    return pixels, ("damaged" if has_end else "truncated",)


def _refuse_grey(picture: Image.Image, flaw: str) -> None:
    """Refuse a broken picture of the decoder's own grey: not one block of it was decoded."""
    colour = _pillow.one_colour(picture)
    if colour is not None and set(colour[:3]) == {_GREY}:
        raise Refused("truncated" if flaw == "truncated" else "undecodable", "no coded data")


def _by_pillow(item: Item, header: JpegHeader) -> Still:
    opened, flaws = _pillow.load_whole(
        item, "JPEG", check=lambda opened: _check(opened.size, item, header)
    )
    return Still(opened, "pillow", flaws=flaws)
