"""WebP through Pillow and libwebp: lossy, lossless, animated.

A picture whose end is missing is given a container of what is there. Source: RFC 9649.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import PIL
from PIL import Image, WebPImagePlugin, features

from polit.decode.picture import Item, Still, Untrusted, check_frames, check_size
from polit.decode.refusal import Refused
from polit.decode.stills import _pillow

ORDER = 60
TYPES = ("image/webp",)

_PLUGINS = (WebPImagePlugin,)
_HELD_BYTES = 16  # libwebp's two canvases and its frame, that as bytes, and the picture
_START_BYTES, _LOSSLESS_BYTES = 30, 25
_MAX_CHUNKS = 200_000
_ABOUT_THE_PICTURE = frozenset({b"ICCP", b"EXIF", b"XMP "})
_FLAGS_OF_THOSE = 0x20 | 0x08 | 0x04


@dataclass(frozen=True, slots=True)
class _Chunks:
    """The chunks that begin in the file, as kind, start, claimed end, and what they say."""

    spans: list[tuple[bytes, int, int]]
    is_cut: bool
    durations_ms: list[int]


def warm() -> dict[str, str]:
    """Tell the versions."""
    return {"pillow": PIL.__version__, "libwebp": features.version_module("webp") or ""}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield lossy, lossless, transparent and animated pictures."""
    gradient = Image.radial_gradient("L").resize((60, 50))
    for mode, lossless in (("RGB", False), ("RGBA", False), ("RGBA", True)):
        stream = io.BytesIO()
        picture = gradient.convert(mode)
        if mode == "RGBA":
            picture.putalpha(gradient)
        picture.save(stream, "WEBP", lossless=lossless, xmp=b"<x/>")
        yield stream.getvalue(), TYPES[0]
    stream = io.BytesIO()
    turned = [gradient.rotate(90 * turn).convert("RGB") for turn in range(3)]
    turned[0].save(stream, "WEBP", save_all=True, append_images=turned[1:], duration=50)
    yield stream.getvalue(), TYPES[0]


def decode(item: Item) -> Still:
    """Decode the first frame, and a story of the others.

    Raises:
        Refused: As ``decode_still`` says.
    """
    # libwebp makes room for the canvas when it opens: its size is read here first.
    size = _size(bytes(item.untrusted[:_START_BYTES]))
    check_size(size, item, bytes_per_pixel=_HELD_BYTES, more_bytes=2 * len(item.untrusted))
    chunks = _walk(item.untrusted)
    check_frames(len(chunks.durations_ms))
    whole = replace(item, untrusted=_mended(item.untrusted, chunks)) if chunks.is_cut else item
    opened, flaws = _pillow.load_whole(
        whole, "WEBP", check=_pillow.size_check(item, _HELD_BYTES), is_cut=lambda: chunks.is_cut
    )
    if chunks.is_cut:
        _pillow.refuse_blank(opened, Refused("truncated", "no coded data"))
        flaws = ("truncated",)
    still = Still(
        opened, "pillow", exif=_pillow.exif_of(opened), xmp=_pillow.xmp_of(opened), flaws=flaws
    )
    if len(chunks.durations_ms) < 2:
        return still
    story, more = _pillow.storyboard(whole, "WEBP", _pillow.starts_of(chunks.durations_ms))
    return replace(
        still,
        frames=len(chunks.durations_ms),
        duration_ms=sum(chunks.durations_ms),
        story=story,
        flaws=tuple(sorted({*flaws, *more})),
    )


def _size(start: bytes) -> tuple[int, int]:
    if start[12:16] == b"VP8X" and len(start) == _START_BYTES:
        return (
            int.from_bytes(start[24:27], "little") + 1,
            int.from_bytes(start[27:30], "little") + 1,
        )
    if start[12:16] == b"VP8L" and start[20:21] == b"\x2f" and len(start) >= _LOSSLESS_BYTES:
        bits = int.from_bytes(start[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if start[12:16] == b"VP8 " and start[23:26] == b"\x9d\x01\x2a" and len(start) == _START_BYTES:
        return (
            int.from_bytes(start[26:28], "little") & 0x3FFF,
            int.from_bytes(start[28:30], "little") & 0x3FFF,
        )
    short = start[:4] == b"RIFF" and len(start) < _START_BYTES
    raise Refused("truncated" if short else "undecodable", "no WebP header")


def _walk(untrusted: Untrusted) -> _Chunks:
    spans: list[tuple[bytes, int, int]] = []
    durations_ms: list[int] = []
    claimed = 8 + int.from_bytes(untrusted[4:8], "little")
    at, size = 12, min(len(untrusted), claimed)
    while at + 8 <= size:
        kind = bytes(untrusted[at : at + 4])
        end = at + 8 + int.from_bytes(untrusted[at + 4 : at + 8], "little")
        spans.append((kind, at + 8, end))
        if kind == b"ANMF" and end <= size:
            durations_ms.append(int.from_bytes(untrusted[at + 20 : at + 23], "little"))
        at = end + (end & 1)
        if len(spans) > _MAX_CHUNKS:
            raise Refused("too_large", f"more than {_MAX_CHUNKS} chunks")
    return _Chunks(spans, claimed > len(untrusted), durations_ms)


def _mended(untrusted: Untrusted, chunks: _Chunks) -> bytes:
    """Return a file of the chunks that are there; a cut picture goes on in zeros."""
    body = b"WEBP"
    for kind, start, end in chunks.spans:
        is_cut = end > len(untrusted)
        if kind in _ABOUT_THE_PICTURE or (is_cut and kind not in (b"VP8 ", b"VP8L")):
            continue
        data = bytes(untrusted[start:end])
        if is_cut:
            # A picture is never much larger than its pixels: no lie needs more room.
            data += bytes(min(end - len(untrusted), 8 * len(untrusted) + 4096))
        if kind == b"VP8X":
            data = bytes([data[0] & ~_FLAGS_OF_THOSE]) + data[1:]
        body += kind + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) & 1)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
