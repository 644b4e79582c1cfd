"""Windows icons and cursors through Pillow: their largest picture."""

import io
from collections.abc import Iterator

import PIL
from PIL import BmpImagePlugin, CurImagePlugin, IcoImagePlugin, Image, PngImagePlugin

from polit.decode.picture import Item, Still, Untrusted, check_size
from polit.decode.stills import _pillow

ORDER = 90
TYPES = ("image/vnd.microsoft.icon",)

_PLUGINS = (IcoImagePlugin, CurImagePlugin, BmpImagePlugin, PngImagePlugin)
_CURSOR = 2
_ENTRY_BYTES = 16
_HELD_BYTES = 12  # the pixels, the mask, and the picture put together


def warm() -> dict[str, str]:
    """Tell the version."""
    return {"pillow": PIL.__version__}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield icons that hold PNG and bitmaps, and a cursor."""
    gradient = Image.radial_gradient("L").resize((32, 32)).convert("RGBA")
    for kind in ("png", "bmp"):
        stream = io.BytesIO()
        gradient.save(stream, "ICO", sizes=[(32, 32), (16, 16)], bitmap_format=kind)
        yield stream.getvalue(), TYPES[0]
    yield b"\0\0\2\0" + stream.getvalue()[4:], TYPES[0]


def decode(item: Item) -> Still:
    """Decode the largest picture of an icon.

    Raises:
        Refused: As ``decode_still`` says.
    """
    pictures = 0
    for start in _pictures(item.untrusted):
        pictures += 1
        # What lies inside may be larger than what the directory says.
        if start[:8] == b"\x89PNG\r\n\x1a\n":
            size = (int.from_bytes(start[16:20], "big"), int.from_bytes(start[20:24], "big"))
        else:
            size = (
                abs(int.from_bytes(start[4:8], "little", signed=True)),
                abs(int.from_bytes(start[8:12], "little", signed=True)) // 2,
            )
        if 0 not in size:
            check_size(size, item, bytes_per_pixel=_HELD_BYTES)
    name = "CUR" if item.untrusted[2:3] == bytes([_CURSOR]) else "ICO"
    check = _pillow.size_check(item, _HELD_BYTES)
    opened, flaws = _pillow.load_whole(item, name, check=check)
    tags = (("icon:pictures", str(pictures)),)
    return Still(opened, "pillow", flaws=flaws, tags=tags)


def _pictures(untrusted: Untrusted) -> Iterator[bytes]:
    """Yield the first bytes of each picture that the directory names."""
    count = int.from_bytes(untrusted[4:6], "little")
    for number in range(count):
        begin = 6 + _ENTRY_BYTES * number
        entry = bytes(untrusted[begin : begin + _ENTRY_BYTES])
        if len(entry) < _ENTRY_BYTES:
            return
        at = int.from_bytes(entry[12:16], "little")
        start = bytes(untrusted[at : at + 24])
        if len(start) == 24:
            yield start
