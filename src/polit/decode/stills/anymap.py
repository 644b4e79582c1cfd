"""Portable bit, grey and pixel maps (PBM, PGM, PPM, PFM) through Pillow. Source: Netpbm."""

import io
from collections.abc import Iterator

import PIL
from PIL import Image, PpmImagePlugin

from polit.decode.picture import Item, Still
from polit.decode.stills import _pillow

ORDER = 110
TYPES = ("image/x-portable-anymap",)

_PLUGINS = (PpmImagePlugin,)
_TEXT = frozenset({b"P1", b"P2", b"P3"})
_TEXT_BYTES = 12  # figures as text are collected before they become pixels


def warm() -> dict[str, str]:
    """Tell the version."""
    return {"pillow": PIL.__version__}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield maps in binary and in text, with odd greatest values."""
    gradient = Image.radial_gradient("L").resize((20, 15))
    for mode in ("1", "L", "RGB", "I;16"):
        stream = io.BytesIO()
        picture = Image.new(mode, (20, 15), 900) if mode == "I;16" else gradient.convert(mode)
        picture.save(stream, "PPM")
        yield stream.getvalue(), "image/x-portable-anymap"
    yield b"P1\n4 2\n0 1 0 1\n1 0 1 0\n", "image/x-portable-anymap"
    yield b"P2\n# a note\n3 2\n9\n0 1 2\n7 8 9\n", "image/x-portable-anymap"
    yield b"P3\n2 1\n255\n0 1 2 7 8 9\n", "image/x-portable-anymap"
    yield b"P5\n4 2\n9\n\1\2\3\4\5\6\7\x08", "image/x-portable-anymap"
    yield b"P6\n1 2\n900\n\0\1\0\2\0\3\0\4\0\5\0\6", "image/x-portable-anymap"


def decode(item: Item) -> Still:
    """Decode a map.

    Raises:
        Refused: As ``decode_still`` says.
    """
    check = _pillow.size_check(item, _TEXT_BYTES if item.untrusted[:2] in _TEXT else 6)
    opened, flaws = _pillow.load_whole(item, "PPM", check=check)
    return Still(opened, "pillow", flaws=flaws)
