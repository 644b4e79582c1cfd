"""Photographs that officers send: decoded in the sandbox, and only their pixels come back."""

from polit.base.errors import BrokerRefused, IsolationTooWeak, ItemFailed
from polit.broker.protocol import Code, ReencodedPhotograph
from polit.broker.server.lanes import DecodingLanes
from polit.broker.server.watermark import MEDIA_TYPE, encode
from polit.run.rendering import Renderer, RenderOrder

_SIDE_PX, _THUMBNAIL_PX = 2000, 320
_ORDER = RenderOrder(side_px=_SIDE_PX, rung="colour")
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"}


def photograph_type(untrusted_data: bytes) -> str | None:
    """Return what the first bytes of a photograph claim, ``None`` where it is no kind we take.

    A look at a few bytes decides which decoder is asked; only that decoder parses.
    """
    head = untrusted_data[:12]
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return {b"avif": "image/avif"}.get(head[8:]) or (
            "image/heic" if head[8:] in _HEIF_BRANDS else None
        )
    return None


def reencode(lanes: DecodingLanes, untrusted_data: bytes) -> ReencodedPhotograph:
    """Return a photograph upright and encoded anew, and its thumbnail; nothing else of it is left.

    Raises:
        BrokerRefused: ``undecodable``, ``isolation`` or ``busy``.
    """
    mime = photograph_type(untrusted_data)
    if mime is None:
        raise BrokerRefused(
            Code.UNDECODABLE, "this is no photograph: send JPEG, PNG, WebP, HEIC or AVIF"
        )

    def decode(renderer: Renderer) -> ReencodedPhotograph:
        pixels = renderer.pixels_of(untrusted_data, mime, _ORDER).pixels
        full, thumbnail = encode(pixels), encode(pixels, side_px=_THUMBNAIL_PX)
        return ReencodedPhotograph(
            MEDIA_TYPE, full.data, full.width_px, full.height_px, thumbnail.data
        )

    try:
        lanes.check_isolation()
        return lanes.run(decode)
    except IsolationTooWeak as error:
        raise BrokerRefused(Code.ISOLATION, str(error)) from error
    except ItemFailed as error:
        raise BrokerRefused(Code.UNDECODABLE, str(error)) from error
