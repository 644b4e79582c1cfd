"""Windows bitmaps through Pillow, uncompressed and run-length coded."""

import io
from collections.abc import Iterator

import PIL
from PIL import BmpImagePlugin, Image

from polit.decode.picture import Item, Still
from polit.decode.stills import _pillow

ORDER = 40
TYPES = ("image/bmp",)

_PLUGINS = (BmpImagePlugin,)
_RUNS_BYTES = 6  # Pillow's decoder of runs holds the indices as bytes, twice


def warm() -> dict[str, str]:
    """Tell the version."""
    return {"pillow": PIL.__version__}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield each mode, and a run-length coded picture."""
    gradient = Image.radial_gradient("L").resize((40, 30))
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        stream = io.BytesIO()
        gradient.convert(mode).save(stream, "BMP")
        yield stream.getvalue(), "image/bmp"
    yield _runs(), "image/bmp"


def _runs() -> bytes:
    """Return a bitmap of 8 bits whose rows are coded as runs."""
    stream = io.BytesIO()
    Image.new("P", (8, 4)).save(stream, "BMP")
    whole = bytearray(stream.getvalue())
    at = int.from_bytes(whole[10:14], "little")
    whole[30:34] = (1).to_bytes(4, "little")
    return bytes(whole[:at]) + b"\x05\x01\x03\x00\x00\x00" * 4 + b"\x00\x01"


def decode(item: Item) -> Still:
    """Decode a bitmap.

    Raises:
        Refused: As ``decode_still`` says.
    """
    has_runs = item.untrusted[30:34] in (b"\1\0\0\0", b"\2\0\0\0")
    check = _pillow.size_check(item, _RUNS_BYTES if has_runs else 4)
    opened, flaws = _pillow.load_whole(item, "BMP", check=check)
    return Still(opened, "pillow", flaws=flaws)
