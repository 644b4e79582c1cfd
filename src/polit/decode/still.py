"""Decode a picture whole, after its header said that this is bounded.

The whole picture is decoded, not a scaled one, because that proves the whole file and because
fingerprints are taken from full resolution. JPEG goes through simplejpeg (three times as fast
as Pillow), what it cannot do and PNG through Pillow with one named format.
"""

import io
import mmap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Literal, cast

import PIL
import simplejpeg
from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

from polit.decode.floors import OFF_PREFIX, switched_off
from polit.decode.refusal import Refused

MAX_PIXELS = 200_000_000
MAX_SIDE_PX = 65_535
_MAX_FRAMES = 10_000
_SLACK_BYTES = 12 << 20
_PNG_HEADER_BYTES = 33

_CMYK = frozenset({"CMYK", "YCCK"})
_COEFFICIENT_BYTES = {"Gray": 2, "420": 3, "411": 3, "422": 4, "440": 4, "444": 6}
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Loaded before the lockdown: Pillow imports some of them only when a file asks for it.
_PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin)
# An EXIF block without entries: the smallest TIFF.
_SAMPLE_EXIF = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"

_off: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Still:
    """A picture in full, in the mode it decodes to, and which library decoded it.

    Args:
        exif: The TIFF structure of its EXIF block, empty for none.
        xmp: Its XMP packet, empty for none.
        is_upright: The rotation that its container asks for is applied already.
    """

    picture: Image.Image
    library: str
    exif: bytes = b""
    xmp: bytes = b""
    is_upright: bool = False


@dataclass(frozen=True, slots=True)
class _Header:
    width_px: int
    height_px: int
    colours: str
    bytes_per_pixel: int


def warm() -> dict[str, str]:
    """Load both libraries and run every path once: nothing can be imported after the lockdown.

    Returns:
        Versions of the libraries, and a line ``off:<type>`` for each type below its floor.
    """
    warnings.simplefilter("ignore")  # a warning would read source files to show them
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    for sample, mime in _samples():
        Image.open(io.BytesIO(sample), formats=("PNG", "JPEG")).load()
        with mmap.mmap(-1, len(sample)) as item:
            item[:] = sample
            decode_still(item, mime, memory_bytes=1 << 30)
    versions = {"pillow": PIL.__version__, "simplejpeg": simplejpeg.__version__}
    _off.update(switched_off(versions))
    return versions | {OFF_PREFIX + mime: reason for mime, reason in _off.items()}


def _samples() -> Iterator[tuple[bytes, str]]:
    """Tiny pictures of every mode that the decoders meet."""
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        stream = io.BytesIO()
        Image.new(mode, (40, 30)).save(stream, "PNG")
        yield stream.getvalue(), "image/png"
    for mode in ("L", "RGB", "CMYK"):
        stream = io.BytesIO()
        Image.new(mode, (40, 30)).save(stream, "JPEG", exif=_SAMPLE_EXIF)
        yield stream.getvalue(), "image/jpeg"


def decode_still(untrusted: mmap.mmap, mime: str, *, memory_bytes: int) -> Still:
    """Decode a picture whole.

    Args:
        untrusted: The item.
        mime: ``image/jpeg`` or ``image/png``.
        memory_bytes: What may be mapped for it, the item itself included.

    Raises:
        Refused: Its header breaks the limits, its bytes do not decode, its end is
            missing, or it needs more memory.
    """
    if mime in _off:
        raise Refused("undecodable", f"the decoder is switched off: {_off[mime]}")
    decode = {"image/jpeg": _decode_jpeg, "image/png": _decode_png}.get(mime)
    if decode is None:
        raise Refused("undecodable", f"no decoder for {mime}")
    try:
        return decode(untrusted, memory_bytes)
    except (
        OSError,
        SyntaxError,
        ValueError,
        KeyError,
        EOFError,
        Image.DecompressionBombWarning,
    ) as error:
        raise _refusal(error) from error


def _decode_jpeg(untrusted: mmap.mmap, memory_bytes: int) -> Still:
    progressive = is_progressive(untrusted)
    height, width, colours, sampling = simplejpeg.decode_jpeg_header(untrusted, strict=False)
    # Four bytes of RGBX; a progressive one also keeps two bytes for each coefficient.
    coefficients = _COEFFICIENT_BYTES.get(sampling, 8) if progressive else 0
    header = _Header(width, height, colours, 4 + coefficients)
    _check(header, untrusted, memory_bytes)
    if header.colours in _CMYK:
        return _by_pillow(untrusted, "JPEG", memory_bytes)
    mode = "L" if header.colours == "Gray" else "RGBX"
    pixels = _jpeg_pixels(untrusted, "GRAY" if mode == "L" else "RGBX")
    size = (header.width_px, header.height_px)
    # Of RGBX and L Pillow makes a picture without copying the pixels.
    picture = Image.frombuffer(mode, size, pixels, "raw", mode, 0, 1)
    return Still(picture, "simplejpeg", exif=_exif_of(_open(untrusted, "JPEG")))


_FRAME_MARKS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE_MARKS = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_MARKS_WITHOUT_LENGTH = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})


def is_progressive(untrusted: mmap.mmap) -> bool:
    """Tell from the frame header of a JPEG whether it is progressive.

    Raises:
        Refused: It has none: cut before it, or no JPEG.

    Source: ITU-T T.81, annex B.
    """
    if untrusted[:2] != b"\xff\xd8":
        raise Refused("undecodable", "no JPEG header")
    at = 2
    while (at := untrusted.find(b"\xff", at)) >= 0 and at + 4 <= len(untrusted):
        mark = untrusted[at + 1]
        if mark in _FRAME_MARKS:
            return mark in _PROGRESSIVE_MARKS
        if mark in (0xD9, 0xDA):
            raise Refused("undecodable", "a JPEG without a frame")
        if mark in (0x00, 0xFF) or mark in _MARKS_WITHOUT_LENGTH:
            at += 1 if mark == 0xFF else 2
        else:
            at += 2 + int.from_bytes(untrusted[at + 2 : at + 4], "big")
    raise Refused("truncated", "no frame header")


def _jpeg_pixels(untrusted: mmap.mmap, colours: Literal["GRAY", "RGBX"]) -> "NDArray[np.uint8]":
    """Decode; warnings other than a missing end are what every viewer shows, and pass."""
    try:
        return simplejpeg.decode_jpeg(untrusted, colours)
    except ValueError as error:
        if _is_truncation(str(error)) or "emory" in str(error):
            raise
    return simplejpeg.decode_jpeg(untrusted, colours, strict=False)


def _decode_png(untrusted: mmap.mmap, memory_bytes: int) -> Still:
    start = bytes(untrusted[:_PNG_HEADER_BYTES])
    if len(start) < _PNG_HEADER_BYTES:
        raise Refused("truncated", "no complete header")
    if start[:8] != b"\x89PNG\r\n\x1a\n" or start[12:16] != b"IHDR":
        raise Refused("undecodable", "no PNG header")
    width, height = int.from_bytes(start[16:20], "big"), int.from_bytes(start[20:24], "big")
    _check(_Header(width, height, "", _png_bytes_per_pixel(start)), untrusted, memory_bytes)
    return _by_pillow(untrusted, "PNG", memory_bytes)


def _png_bytes_per_pixel(start: bytes) -> int:
    """What Pillow holds: one byte for grey and palettes, two for deep grey, else four."""
    depth, colour_type = start[24], start[25]
    if colour_type == 0:
        return 2 if depth == 16 else 1
    return 1 if colour_type == 3 else 4


def _by_pillow(untrusted: mmap.mmap, name: str, memory_bytes: int) -> Still:
    opened = _open(untrusted, name)
    # A second header may have replaced the one that was checked.
    _check(_Header(*opened.size, opened.mode, 4), untrusted, memory_bytes)
    if getattr(opened, "n_frames", 1) > _MAX_FRAMES:
        raise Refused("too_large", f"more than {_MAX_FRAMES} frames")
    opened.load()
    return Still(opened, "pillow", exif=_exif_of(opened))


def _open(untrusted: mmap.mmap, name: str) -> Image.Image:
    untrusted.seek(0)
    return Image.open(cast("IO[bytes]", untrusted), formats=(name,))


def _exif_of(opened: Image.Image) -> bytes:
    block = opened.info.get("exif", b"")
    return block.removeprefix(b"Exif\0\0") if isinstance(block, bytes) else b""


def _check(header: _Header, untrusted: mmap.mmap, memory_bytes: int) -> None:
    pixels = header.width_px * header.height_px
    if pixels > MAX_PIXELS or max(header.width_px, header.height_px) > MAX_SIDE_PX:
        raise Refused("too_large", f"{header.width_px} x {header.height_px} px")
    if pixels == 0:
        raise Refused("undecodable", "a picture without pixels")
    needed = pixels * header.bytes_per_pixel + len(untrusted) + _SLACK_BYTES
    if needed > memory_bytes:
        raise Refused(
            "needs_memory", f"{header.width_px} x {header.height_px} px", needed_bytes=needed
        )


_TRUNCATIONS = ("premature end", "truncated", "unexpected end")


def _is_truncation(message: str) -> bool:
    return any(sign in message.lower() for sign in _TRUNCATIONS)


def _refusal(error: Exception) -> Refused:
    message = str(error)
    detail = f"{type(error).__name__}: {message}"
    if isinstance(error, Image.DecompressionBombWarning) or "MAX_TEXT" in message:
        return Refused("too_large", detail)
    if isinstance(error, EOFError) or _is_truncation(message):
        return Refused("truncated", detail)
    if "emory" in message:
        return Refused("memory", detail)
    return Refused("undecodable", detail)
