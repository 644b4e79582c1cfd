"""GIF through Pillow, its frames counted and timed by its blocks. Source: GIF89a (1990)."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import PIL
from PIL import GifImagePlugin, Image

from polit.decode.picture import MAX_FRAMES, Item, Still, Untrusted, check_frames
from polit.decode.stills import _pillow

ORDER = 30
TYPES = ("image/gif",)

_ANIMATION_BYTES = 16  # the canvas, the frame, what is disposed of, and the picture
_PLUGINS = (GifImagePlugin,)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """What the blocks say: how long each frame is shown, and whether the end is there."""

    durations_ms: list[int]
    has_end: bool


def warm() -> dict[str, str]:
    """Tell the version."""
    return {"pillow": PIL.__version__}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield a picture, and animations of each way to dispose of a frame."""
    gradient = Image.radial_gradient("L").resize((60, 50))
    stream = io.BytesIO()
    gradient.save(stream, "GIF", comment=b"a gradient")
    yield stream.getvalue(), "image/gif"
    for disposal in (0, 1, 2, 3):
        stream = io.BytesIO()
        layers = [Image.merge("RGB", (gradient.rotate(90 * turn),) * 3) for turn in range(3)]
        layers[0].save(
            stream, "GIF", save_all=True, append_images=layers[1:], duration=50,
            disposal=disposal, transparency=0,
        )  # fmt: skip
        yield stream.getvalue(), "image/gif"


def decode(item: Item) -> Still:
    """Decode the first frame, and a story of the others.

    Raises:
        Refused: As ``decode_still`` says.
    """
    blocks = _walk(item.untrusted)
    frames = len(blocks.durations_ms)
    check_frames(frames)
    held = _ANIMATION_BYTES if frames > 1 else 4
    opened, flaws = _pillow.load_whole(
        item,
        "GIF",
        check=_pillow.size_check(item, held),
        is_cut=lambda: not blocks.has_end,
    )
    if frames < 2:
        return Still(opened, "pillow", xmp=_pillow.xmp_of(opened), flaws=flaws)
    story, more = _pillow.storyboard(item, "GIF", _pillow.starts_of(blocks.durations_ms))
    cut = () if blocks.has_end or "damaged" not in more else ("truncated",)
    more = tuple(flaw for flaw in more if not cut or flaw != "damaged")
    return Still(
        opened,
        "pillow",
        xmp=_pillow.xmp_of(opened),
        frames=frames,
        duration_ms=sum(blocks.durations_ms),
        story=story,
        flaws=tuple(sorted({*flaws, *more, *cut})),
    )


def _walk(untrusted: Untrusted) -> _Blocks:
    """Walk the blocks: a delay stands before the frame that it belongs to."""
    at = 13 + _palette_bytes(untrusted, 10)
    durations_ms: list[int] = []
    delay_ms = 0
    while len(durations_ms) <= MAX_FRAMES and at + 1 < len(untrusted):
        mark = untrusted[at]
        if mark == 0x2C:
            durations_ms.append(delay_ms)
            delay_ms = 0
            at = _past_blocks(untrusted, at + 11 + _palette_bytes(untrusted, at + 9))
        elif mark == 0x21:
            if untrusted[at + 1] == 0xF9:
                delay_ms = 10 * int.from_bytes(untrusted[at + 4 : at + 6], "little")
            at = _past_blocks(untrusted, at + 2)
        elif mark == 0x3B:
            break
        else:
            at += 1
    return _Blocks(durations_ms, at < len(untrusted) and untrusted[at] == 0x3B)


def _palette_bytes(untrusted: Untrusted, at: int) -> int:
    flags = untrusted[at] if at < len(untrusted) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _past_blocks(untrusted: Untrusted, at: int) -> int:
    size = len(untrusted)
    while at < size and untrusted[at]:
        at += 1 + untrusted[at]
    return at + 1
