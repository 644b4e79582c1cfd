"""Raw images with planted pictures and videos, for carving: every byte from seeds or the corpora.

Nothing in an image names a file. Each planted content lies whole, in fragments, or has lost its
end or its head; between them lie noise, text, zeros and decoys. ``Planted`` is the truth.
"""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from free_photographs import CORPORA
from PIL import Image

from evidence.contents import landscape, noise, png_chunk, text

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK_BYTES = 4096
WHOLE, PART, LOST = "whole", "part", "lost"
CASES = (
    "contiguous", "gap_of_noise", "gap_of_zeros", "gap_of_picture", "three_fragments",
    "out_of_order", "tail_overwritten", "head_overwritten", "inside_document",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted content.

    Args:
        case: How it lies, one of ``CASES``.
        form: Its format.
        content: Its bytes.
        extents: ``(offset, length)`` in the image of what is still there, in its order.
        recoverable: ``WHOLE``, ``PART`` (its beginning) or ``LOST``.
    """

    case: str
    form: str
    content: bytes
    extents: tuple[tuple[int, int], ...]
    recoverable: str

    @property
    def sha256(self) -> str:
        """The digest of the content before it was planted."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class CarvingImage:
    """An image and the truth about it."""

    data: bytes
    planted: tuple[Planted, ...]
    decoys: int


class ImageSpace:
    """All bytes of an image as free space."""

    def __init__(self, data: bytes, block_bytes: int = BLOCK_BYTES) -> None:
        self._data = data
        self._block_bytes = block_bytes

    @property
    def size_bytes(self) -> int:
        return len(self._data)

    @property
    def block_bytes(self) -> int:
        return self._block_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        return self._data[offset_bytes : offset_bytes + length_bytes]


class Builder:
    """Lays blocks one after the other and notes where contents lie."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._parts: list[bytes] = []
        self._size = 0
        self._planted: list[Planted] = []
        self._decoys = 0

    def fill(self, kind: str, blocks: int) -> None:
        """Lay noise, text or zeros."""
        size = blocks * BLOCK_BYTES
        seed = int(self._rng.integers(1 << 30))
        self._lay(
            {"noise": noise, "text": text}[kind](seed, size) if kind != "zeros" else bytes(size)
        )

    def decoy(self, content: bytes) -> None:
        """Lay something that only looks like a picture."""
        self._lay(content)
        self._decoys += 1

    def plant(self, case: str, form: str, content: bytes, other: bytes = b"") -> None:
        """Plant a content as a case has it; ``other`` is the picture in the gap."""
        blocks = -(-len(content) // BLOCK_BYTES)
        first = int(self._rng.integers(max(1, blocks // 4), max(2, blocks))) * BLOCK_BYTES
        match case:
            case "contiguous":
                extents, left = [self._lay(content)], WHOLE
            case "inside_document":
                self._lay(text(7, 3000), whole_blocks=False)
                extents, left = [self._lay(content, whole_blocks=False)], WHOLE
                self._lay(text(8, 900))
            case "gap_of_noise" | "gap_of_zeros" | "gap_of_picture":
                extents, left = self._around(case, content, first, other), WHOLE
            case "three_fragments":
                extents, left = self._in_three(content, blocks), WHOLE
            case "out_of_order":
                second = self._lay(content[first:])
                self.fill("noise", int(self._rng.integers(1, 30)))
                extents, left = [self._lay(content[:first]), second], WHOLE
            case "tail_overwritten":
                extents, left = [self._lay(content[:first])], PART
                self.fill("noise", blocks)
            case _:
                self.fill("noise", 1)
                extents, left = [self._lay(content[BLOCK_BYTES:])], LOST
        self._planted.append(Planted(case, form, content, tuple(extents), left))
        self.fill(("noise", "text", "zeros")[int(self._rng.integers(3))], 2)

    def image(self) -> CarvingImage:
        """Return what was laid."""
        return CarvingImage(b"".join(self._parts), tuple(self._planted), self._decoys)

    def _in_three(self, content: bytes, blocks: int) -> list[tuple[int, int]]:
        cuts = sorted({0, blocks // 3, 2 * blocks // 3, blocks})
        extents = []
        for start, stop in pairwise(cuts):
            extents.append(self._lay(content[start * BLOCK_BYTES : stop * BLOCK_BYTES]))
            self.fill("noise", int(self._rng.integers(1, 30)))
        return extents

    def _around(self, case: str, content: bytes, first: int, other: bytes) -> list[tuple[int, int]]:
        extents = [self._lay(content[:first])]
        if case == "gap_of_picture" and other:
            lies = self._lay(other)
            form = "jpeg" if other[:2] == b"\xff\xd8" else "png"
            self._planted.append(Planted("contiguous", form, other, (lies,), WHOLE))
        else:
            kind = "zeros" if case == "gap_of_zeros" else "noise"
            self.fill(kind, int(self._rng.integers(1, 60)))
        return [*extents, self._lay(content[first:])]

    def _lay(self, content: bytes, *, whole_blocks: bool = True) -> tuple[int, int]:
        lies = (self._size, len(content))
        rest = -(self._size + len(content)) % BLOCK_BYTES if whole_blocks else 0
        self._parts += [content, bytes(rest)]
        self._size += len(content) + rest
        return lies


def decoys(seed: int, jpeg: bytes) -> Iterator[bytes]:
    """Yield what looks like a picture at first sight and is none."""
    head = jpeg[: jpeg.index(b"\xff\xda") + 14]
    yield b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + noise(seed, 9000)
    yield head + text(seed, 9000)
    yield head + noise(seed + 1, 9000)
    yield b"About JFIF, Exif, GIF89a, RIFF and ftyp: " + text(seed, 5000)
    yield b"\x89PNG\r\n\x1a\n" + noise(seed + 2, 5000)
    yield b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(17) + noise(seed, 4000)
    yield b"GIF89a" + noise(seed + 3, 5000)
    yield b"RIFF" + struct.pack("<I", 4000) + b"WAVEfmt " + noise(seed + 4, 4000)
    yield b"RIFF" + struct.pack("<I", 4000) + b"WEBPVP8 " + noise(seed + 5, 4000)
    yield b"\0\0\0\x18ftypmp42" + noise(seed + 6, 5000)
    yield b"\xff\xd8\xff" * 1500


def encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    """Return a picture in a format of Pillow's."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def drawn_jpeg(seed: int, **options: object) -> bytes:
    """Return a drawn picture of about 60 KB."""
    return encoded(landscape(seed, 480, 360), "JPEG", quality=88, **options)


def drawn_png(seed: int) -> bytes:
    """Return a drawn picture whose data stands in chunks of 8 KiB, as libpng's writers have it."""
    whole = encoded(landscape(seed, 240, 180), "PNG")
    packed, place = b"", 33
    while place < len(whole):
        size = int.from_bytes(whole[place : place + 4], "big")
        if whole[place + 4 : place + 8] == b"IDAT":
            packed += whole[place + 8 : place + 8 + size]
        place += 12 + size
    assert zlib.decompress(packed)
    chunks = [png_chunk(b"IDAT", packed[at : at + 8192]) for at in range(0, len(packed), 8192)]
    return whole[:33] + b"".join(chunks) + png_chunk(b"IEND", b"")


def drawn_gif(seed: int) -> bytes:
    """Return a drawn picture of 256 colours, with two frames."""
    frames = [landscape(seed + n, 200, 150).quantize(128) for n in range(2)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=90)


def drawn_video(seed: int, form: str) -> bytes:
    """Return a second of moving noise: ``mp4``, ``mov`` or ``avi``."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height = 160, 120
        stream.pix_fmt = "yuv420p"
        for n in range(10):
            frame = av.VideoFrame.from_ndarray(
                np.asarray(landscape(seed + n, 160, 120)), format="rgb24"
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def contents(*, only_drawn: bool) -> dict[str, list[bytes]]:
    """Return contents to plant, by format; photographs of the corpora where they are there."""
    found = {
        "jpeg": [drawn_jpeg(n, **_jpeg_options(n)) for n in range(6 if only_drawn else 8)],
        "png": [drawn_png(n) for n in range(4 if only_drawn else 8)],
        "gif": [drawn_gif(n) for n in range(2 if only_drawn else 8)],
        "webp": [
            encoded(landscape(n, 320, 240), "WEBP", **option)
            for n in range(1 if only_drawn else 4)
            for option in ({"quality": 85}, {"lossless": True})
        ],
        "mp4": [drawn_video(n, "mp4") for n in range(1 if only_drawn else 4)],
        "mov": [drawn_video(n, "mov") for n in range(1 if only_drawn else 4)],
        "avi": [drawn_video(n, "avi") for n in range(1 if only_drawn else 4)],
        "heic": [],
    }
    if not only_drawn:
        found["jpeg"] += _files("ianare+exif-samples", (".jpg",), 24)
        found["heic"] += _files("bigcat88+pillow_heif", (".heic", ".heif"), 8)
    return found


def _jpeg_options(number: int) -> dict[str, object]:
    every: Sequence[dict[str, object]] = (
        {}, {"progressive": True}, {"restart_marker_blocks": 8}, {"subsampling": 0},
        {"optimize": True}, {"progressive": True, "restart_marker_rows": 1},
    )  # fmt: skip
    return every[number % len(every)]


def _files(folder: str, endings: tuple[str, ...], count: int) -> list[bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(Path(CORPORA / folder).rglob("*")):
        if path.suffix.lower() in endings and path.stat().st_size > 5 * BLOCK_BYTES:
            content = path.read_bytes()
            found.setdefault(hashlib.sha256(content).hexdigest(), content)
    return list(found.values())[:count]


def build(
    seed: int, planted: dict[str, list[bytes]], chosen: Callable[[str, str], bool]
) -> CarvingImage:
    """Plant each content once in each case that is chosen for its format."""
    builder = Builder(seed)
    builder.fill("noise", 3)
    others = [drawn_jpeg(1000 + seed * 10 + n) for n in range(6)]
    for case in CASES:
        for form, every in planted.items():
            if not chosen(case, form):
                continue
            for number, content in enumerate(every):
                builder.plant(case, form, content, others[number % len(others)])
        for decoy in decoys(seed + len(case), planted["jpeg"][0]):
            builder.decoy(decoy)
    builder.fill("noise", 40)
    return builder.image()
