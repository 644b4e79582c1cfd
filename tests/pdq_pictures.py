"""Benign pictures for PDQ, drawn by rule: every mode, odd sizes, flat, symmetric, noisy."""

import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "RGBX")

_EDGES = (1, 2, 4, 5, 6, 7, 31, 63, 64, 65, 127, 128, 129, 191, 255, 256, 257, 511, 512, 513, 1024)
_BANDS = {"1": 1, "L": 1, "LA": 2, "P": 3, "RGB": 3, "RGBA": 4, "CMYK": 4, "I;16": 1, "RGBX": 4}

Grey = NDArray[np.uint8]


def drawn(index: int) -> Image.Image:
    """Return picture number ``index``: the same on every machine."""
    chance = random.Random(f"pdq-{index}")
    mode = MODES[index % len(MODES)]
    size = _size(chance)
    paint = _PAINTS[index // len(MODES) % len(_PAINTS)]
    bands = [paint(size, chance) for _ in range(_BANDS[mode])]
    if index % 4 == 0:
        bands = [bands[0]] * len(bands)
    return as_picture(mode, bands)


def as_picture(mode: str, bands: list[Grey]) -> Image.Image:
    """Put bands together to a picture of a mode, as decoders do."""
    height, width = bands[0].shape
    if mode == "I;16":
        return Image.fromarray(bands[0].astype(np.uint16) * 257)
    if mode == "1":
        return Image.fromarray(bands[0]).convert("1")
    if mode == "L":
        return Image.frombuffer("L", (width, height), bands[0].tobytes(), "raw", "L", 0, 1)
    if mode == "RGBX":
        # As a JPEG comes: Pillow looks at the decoder's memory.
        pixels = np.stack(bands, axis=2).tobytes()
        return Image.frombuffer(mode, (width, height), pixels, "raw", mode, 0, 1)
    if mode == "P":
        return Image.merge("RGB", [Image.fromarray(band) for band in bands]).convert("P")
    return Image.merge(mode, [Image.fromarray(band) for band in bands])


def reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 512 x 512 pixels by nearest neighbour, pixel i of n from floor(i n / 512)."""
    places = np.arange(512)
    rows, columns = places * pixels.shape[0] // 512, places * pixels.shape[1] // 512
    return np.ascontiguousarray(pixels[rows][:, columns])


def _size(chance: random.Random) -> tuple[int, int]:
    kind = chance.random()
    if kind < 0.3:
        return chance.choice(_EDGES), chance.choice(_EDGES)
    if kind < 0.4:
        sides = [chance.randint(1, 12), chance.randint(500, 3000)]
        chance.shuffle(sides)
        return sides[0], sides[1]
    if kind < 0.95:
        return chance.randint(5, 900), chance.randint(5, 900)
    return chance.randint(900, 3000), chance.randint(900, 3000)


def _grid(size: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.arange(size[0])[None, :], np.arange(size[1])[:, None]


def _flat(size: tuple[int, int], chance: random.Random) -> Grey:
    return np.full(size[::-1], chance.randrange(256), dtype=np.uint8)


def _nearly_flat(size: tuple[int, int], chance: random.Random) -> Grey:
    x, y = _grid(size)
    return ((x * chance.randrange(1, 9) + y * chance.randrange(9)) % 3 + 90).astype(np.uint8)


def _gradient(size: tuple[int, int], chance: random.Random) -> Grey:
    x, y = _grid(size)
    across, down = chance.randint(0, 255), chance.randint(0, 255)
    return ((x * across // size[0] + y * down // size[1]) // 2).astype(np.uint8)


def _noise(size: tuple[int, int], chance: random.Random) -> Grey:
    noise = np.frombuffer(chance.randbytes(size[0] * size[1]), dtype=np.uint8)
    return noise.reshape(size[::-1])


def _waves(size: tuple[int, int], chance: random.Random) -> Grey:
    x, y = _grid(size)
    bend = x * x // chance.randint(20, 300) + y * chance.randint(1, 9)
    return ((bend + x * y // chance.randint(50, 300)) % 251).astype(np.uint8)


def _mirrored(size: tuple[int, int], chance: random.Random) -> Grey:
    half = _waves(size, chance)
    return np.maximum(half, half[::-1, ::-1])


def _checks(size: tuple[int, int], chance: random.Random) -> Grey:
    x, y = _grid(size)
    field = chance.randint(1, 80)
    return ((x // field + y // field) % 2 * 255).astype(np.uint8)


def _landscape(size: tuple[int, int], chance: random.Random) -> Grey:
    x, y = _grid(size)
    picture = np.broadcast_to(210 - y * 90 // size[1], size[::-1]).copy()
    for _ in range(chance.randint(2, 12)):
        left, top = chance.randrange(size[0]), chance.randrange(size[1])
        radius = chance.randint(2, 2 + max(size) // 4)
        picture[(x - left) ** 2 + (y - top) ** 2 < radius**2] = chance.randrange(256)
    return (picture % 256).astype(np.uint8)


_PAINTS: tuple[Callable[[tuple[int, int], random.Random], Grey], ...] = (
    _landscape,
    _flat,
    _gradient,
    _noise,
    _landscape,
    _waves,
    _nearly_flat,
    _mirrored,
    _landscape,
    _checks,
)
