"""Photoshop documents through Pillow: the composite that Photoshop stored, not the layers.

Source: Adobe Photoshop File Formats Specification (2019), image resources 1058 and 1060.
"""

import struct
from collections.abc import Iterator

import PIL
from PIL import ImageFile, PsdImagePlugin

from polit.decode.picture import Item, Still
from polit.decode.stills import _pillow

ORDER = 100
TYPES = ("image/vnd.adobe.photoshop",)

_PLUGINS = (PsdImagePlugin,)
_EXIF, _XMP = 1058, 1060
_MODES = {"grey": (1, 1), "rgb": (3, 3), "cmyk": (4, 4), "lab": (9, 3)}


def warm() -> dict[str, str]:
    """Tell the version."""
    return {"pillow": PIL.__version__}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield a raw document of each colour mode, and one in runs."""
    for mode, channels in _MODES.values():
        yield document(mode, channels, b"\0\0" + bytes(range(channels * 48))), TYPES[0]
    runs = b"\0\1" + struct.pack(">18H", *[2] * 18) + b"\xf9\x40" * 18
    yield document(3, 3, runs), TYPES[0]


def document(mode: int, channels: int, pixels: bytes) -> bytes:
    """Return a document of 8 x 6 pixels without layers."""
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, channels, 6, 8, 8, mode)
    resource = b"8BIM" + struct.pack(">HHI", _XMP, 0, 4) + b"<x/>"
    return head + b"\0" * 4 + struct.pack(">I", len(resource)) + resource + b"\0" * 4 + pixels


def decode(item: Item) -> Still:
    """Decode the composite.

    Raises:
        Refused: As ``decode_still`` says.
    """
    opened, flaws = _pillow.load_whole(item, "PSD", check=_pillow.size_check(item, 5))
    return Still(
        opened, "pillow", exif=_resource(opened, _EXIF), xmp=_resource(opened, _XMP), flaws=flaws
    )


def _resource(opened: ImageFile.ImageFile, number: int) -> bytes:
    if not isinstance(opened, PsdImagePlugin.PsdImageFile):
        return b""
    return next((data for found, _, data in opened.resources if found == number), b"")
