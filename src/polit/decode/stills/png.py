"""PNG and APNG through Pillow; a file with wrong checksums is mended, and flagged.

Source: PNG, third edition (W3C, 2025), 5 and 11.
"""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import PIL
from PIL import Image, ImageFile, PngImagePlugin

from polit.decode.picture import Item, Still, Untrusted, check_frames, check_size
from polit.decode.refusal import Refused
from polit.decode.stills import _pillow

ORDER = 20
TYPES = ("image/png",)

_HEADER_BYTES = 33
_MARK = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 200_000
_ANIMATION_BYTES = 12  # two canvases and the frame, beside the picture
_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_PLUGINS = (PngImagePlugin,)


@dataclass(frozen=True, slots=True)
class _Chunks:
    """What the chunks of a file say.

    Args:
        durations_ms: How long each frame of an animation is shown; 0 for a picture before it that
            only programs without animation show. Empty for what is no animation.
        has_end: The file has its end chunk.
        has_animation: The file has chunks of an animation, in form or not.
        has_bad_sum: The checksum of a chunk is wrong.
    """

    durations_ms: list[int]
    has_end: bool
    has_animation: bool
    has_bad_sum: bool


def warm() -> dict[str, str]:
    """Tell the version."""
    return {"pillow": PIL.__version__}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield each mode, an animation, and text of each kind."""
    gradient = Image.radial_gradient("L").resize((60, 50))
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        stream = io.BytesIO()
        picture = Image.new(mode, (60, 50), 0x8000) if mode == "I;16" else gradient.convert(mode)
        picture.save(stream, "PNG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
        yield stream.getvalue(), "image/png"
    stream = io.BytesIO()
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a gradient", zip=True)
    text.add_itxt("XML:com.adobe.xmp", "<x/>", zip=True)
    gradient.save(
        stream, "PNG", save_all=True, append_images=[gradient.rotate(90)], duration=50,
        pnginfo=text,
    )  # fmt: skip
    yield stream.getvalue(), "image/png"


def decode(item: Item) -> Still:
    """Decode a PNG; of an animation its default picture, and a story.

    Raises:
        Refused: As ``decode_still`` says.
    """
    start = bytes(item.untrusted[:_HEADER_BYTES])
    if len(start) < _HEADER_BYTES:
        raise Refused("truncated", "no complete header")
    if start[:8] != _MARK or start[12:16] != b"IHDR":
        raise Refused("undecodable", "no PNG header")
    size = (int.from_bytes(start[16:20], "big"), int.from_bytes(start[20:24], "big"))
    check_size(size, item, bytes_per_pixel=_bytes_per_pixel(start))
    chunks = _walk(item.untrusted)
    frames = len(chunks.durations_ms)
    check_frames(frames)
    if frames > 1:
        check_size(size, item, bytes_per_pixel=_bytes_per_pixel(start) + _ANIMATION_BYTES)
    try:
        opened, flaws = _load(item, chunks)
    except Refused as refusal:
        if refusal.code != "undecodable" or not chunks.has_animation:
            raise
        # Viewers pass over an animation that is broken: its first picture stands by itself.
        opened, flaws = _load(item, replace(chunks, has_bad_sum=True), without=_ANIMATION)
        frames = 1
    still = Still(
        opened, "pillow", exif=_pillow.exif_of(opened), xmp=_pillow.xmp_of(opened), flaws=flaws
    )
    if frames < 2:
        return still
    story, more = _pillow.storyboard(item, "PNG", _pillow.starts_of(chunks.durations_ms))
    return replace(
        still,
        frames=frames,
        duration_ms=sum(chunks.durations_ms),
        story=story,
        flaws=tuple(sorted({*flaws, *more})),
    )


def _bytes_per_pixel(start: bytes) -> int:
    """What Pillow holds: one byte for grey and palettes, two for deep grey, else four."""
    depth, colour_type = start[24], start[25]
    if colour_type == 0:
        return 2 if depth == 16 else 1
    return 1 if colour_type == 3 else 4


def _load(
    item: Item, chunks: _Chunks, *, without: frozenset[bytes] = frozenset()
) -> tuple[ImageFile.ImageFile, tuple[str, ...]]:
    # A second header may replace the one that was checked: the opened picture is checked too.
    check = _pillow.size_check(item, 4)
    if not chunks.has_bad_sum:
        return _pillow.load_whole(item, "PNG", check=check, is_cut=lambda: not chunks.has_end)
    mended = replace(item, untrusted=b"".join(_mended(item.untrusted, without)))
    check_size((1, 1), item, bytes_per_pixel=1, more_bytes=len(mended.untrusted))
    opened, flaws = _pillow.load_whole(
        mended, "PNG", check=check, is_cut=lambda: not chunks.has_end
    )
    return opened, tuple(sorted({*flaws, "damaged"}))


def _spans(untrusted: Untrusted) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of the data of each chunk; the last one may be cut."""
    at, size = 8, len(untrusted)
    for _ in range(_MAX_CHUNKS):
        if at + 8 > size:
            return
        length = int.from_bytes(untrusted[at : at + 4], "big")
        kind = bytes(untrusted[at + 4 : at + 8])
        yield kind, at + 8, min(at + 8 + length, size)
        if kind == b"IEND":
            return
        at += 12 + length
    raise Refused("too_large", f"more than {_MAX_CHUNKS} chunks")


def _walk(untrusted: Untrusted) -> _Chunks:
    durations_ms: list[int] = []
    seen: set[bytes] = set()
    has_end = has_bad_sum = is_apart = False
    for kind, start, end in _spans(untrusted):
        has_end = kind == b"IEND"
        is_apart |= kind == b"IDAT" and kind not in seen and not durations_ms
        seen.add(kind)
        if kind == b"fcTL" and end - start >= 26:
            durations_ms.append(_duration_ms(bytes(untrusted[start + 20 : start + 24])))
        if kind[:1].isupper() and end + 4 <= len(untrusted):
            with memoryview(untrusted) as whole, whole[start:end] as data:  # no copy: it may be all
                found = zlib.crc32(data, zlib.crc32(kind))
            has_bad_sum |= found != int.from_bytes(untrusted[end : end + 4], "big")
    if b"acTL" not in seen:
        durations_ms = []
    elif durations_ms and is_apart:
        durations_ms.insert(0, 0)
    return _Chunks(durations_ms, has_end, not _ANIMATION.isdisjoint(seen), has_bad_sum)


def _duration_ms(delay: bytes) -> int:
    parts, whole = int.from_bytes(delay[:2], "big"), int.from_bytes(delay[2:], "big") or 100
    return 1000 * parts // whole


def _mended(untrusted: Untrusted, without: frozenset[bytes]) -> Iterator[bytes]:
    """Yield the file anew, with the checksums that its chunks should have."""
    yield _MARK
    for kind, start, end in _spans(untrusted):
        if kind in without:
            continue
        data = bytes(untrusted[start:end])
        yield len(data).to_bytes(4, "big") + kind + data
        yield zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")
