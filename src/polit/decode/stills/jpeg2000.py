"""JPEG 2000 through Pillow and OpenJPEG: JP2, JPX and bare codestreams."""

import io
from collections.abc import Iterator

import PIL
from PIL import Image, ImageFile, Jpeg2KImagePlugin, features

from polit.decode.picture import Item, Still, Untrusted, check_size
from polit.decode.stills import _boxes, _pillow

ORDER = 80
TYPES = ("image/jp2", "image/jpx", "image/x-jp2-codestream")

_PLUGINS = (Jpeg2KImagePlugin,)
_SAMPLE_BYTES = 6  # OpenJPEG holds each sample in 32 bits, and what comes out of it

_CODESTREAM, _END, _TILE_PART = b"\xff\x4f", b"\xff\xd9", b"\xff\x90\x00\x0a"


def warm() -> dict[str, str]:
    """Tell the versions."""
    return {"pillow": PIL.__version__, "openjpeg": features.version_codec("jpg_2000") or ""}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield each mode, boxed and bare, reversible and not."""
    gradient = Image.radial_gradient("L").resize((60, 50))
    for mode in ("L", "LA", "RGB", "RGBA"):
        for bare in (False, True):
            stream = io.BytesIO()
            gradient.convert(mode).save(
                stream, "JPEG2000", no_jp2=bare, irreversible=bare, comment="a gradient"
            )
            yield stream.getvalue(), TYPES[2] if bare else TYPES[0]


def decode(item: Item) -> Still:
    """Decode a picture.

    Raises:
        Refused: As ``decode_still`` says.
    """

    def check(opened: ImageFile.ImageFile) -> None:
        held = 4 + _SAMPLE_BYTES * len(opened.getbands())
        check_size(opened.size, item, bytes_per_pixel=held, more_bytes=len(item.untrusted))

    # Within the codestream, no byte but a mark may follow FF and be above 8F.
    is_cut = item.untrusted.rfind(_END) < 0
    if is_cut:
        item = _boxes.filled_up(item, _claimed_bytes(item.untrusted), _END)
    opened, flaws = _pillow.load_whole(item, "JPEG2000", check=check)
    return Still(opened, "pillow", flaws=("truncated",) if is_cut else flaws)


def _claimed_bytes(untrusted: Untrusted) -> int:
    """Return how long the file is by its boxes, or by the tile part that is cut."""
    at = untrusted.rfind(_TILE_PART)
    length = int.from_bytes(untrusted[at + 6 : at + 10], "big") if at >= 0 else 0
    is_bare = untrusted[:2] == _CODESTREAM
    boxed = 0 if is_bare else _boxes.claimed_bytes(untrusted) - len(_END)
    return max(at + length, boxed)
