"""Draws what the demonstration case consists of: landscapes of seeds, some of which bear a mark.

A mark stands for what an officer looks for, so that a person who sees only pixels can grade the
case: a red star is category A, a blue ring B, a green cross C. Everything is drawn and benign.
"""

import io
import math

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageDraw

SIZE = (480, 360)
_MARK_SHARE = 0.16
_HIDDEN_SHARE = 0.07
_RATE = 5


def scene(seed: int) -> Image.Image:
    """Return sky, clouds, hills, a sun, houses and trees."""
    rng = np.random.default_rng([20261126, seed])
    width, height = SIZE
    field = rng.integers(40, 256, (5, 6, 3)).astype(np.uint8)
    picture = Image.fromarray(field).resize(SIZE, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for layer in range(3):
        ridge = height * (0.35 + 0.2 * layer) + np.cumsum(rng.normal(0, 14, 13))
        points = [(width * at / 12, float(y)) for at, y in enumerate(ridge)]
        draw.polygon([(0, height), *points, (width, height)], fill=_colour(rng, 30, 170))
    for _ in range(int(rng.integers(4, 10))):
        left, top = int(rng.integers(0, width - 60)), int(rng.integers(90, height - 40))
        wide, high = int(rng.integers(18, 90)), int(rng.integers(18, 80))
        if rng.random() < 0.5:
            draw.rectangle((left, top, left + wide, top + high), fill=_colour(rng, 0, 256))
            roof = [(left - 6, top), (left + wide // 2, top - 24), (left + wide + 6, top)]
            draw.polygon(roof, fill=_colour(rng, 0, 256))
        else:
            draw.ellipse((left, top - high, left + wide, top), fill=_colour(rng, 0, 200))
    sun = int(rng.integers(20, width - 60))
    draw.ellipse((sun, 16, sun + 44, 60), fill=(250, 220, 90))
    return picture


def marked(seed: int, code: str, *, is_hidden: bool = False) -> Image.Image:
    """Return a scene that bears the mark of a category; a hidden one is small."""
    picture = scene(seed)
    rng = np.random.default_rng([7, seed])
    side = int(SIZE[0] * (_HIDDEN_SHARE if is_hidden else _MARK_SHARE))
    left = int(rng.integers(8, SIZE[0] - side - 8))
    top = int(rng.integers(SIZE[1] // 2, SIZE[1] - side - 8))
    _draw_mark(ImageDraw.Draw(picture), code, (left, top), side)
    return picture


def jpeg(picture: Image.Image, *, quality: int = 85, exif: Image.Exif | None = None) -> bytes:
    """Encode a picture."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, exif=exif or b"")
    return stream.getvalue()


def camera(make: str, model: str, *, serial: str = "", taken: str = "") -> Image.Exif:
    """Return what a camera writes: who made it, which one it is, when."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = make, model
    below = exif.get_ifd(0x8769)
    if serial:
        below[0xA431] = serial
    if taken:
        exif[0x0132] = below[0x9003] = taken
    return exif


def video(seed: int, code: str, *, size: tuple[int, int] = (320, 240), seconds: int = 6) -> bytes:
    """Return an MP4 of a camera that pans over a scene, marked or not."""
    wide = (marked(seed, code) if code else scene(seed)).resize((size[0] * 3 // 2, size[1]))
    if code:
        _draw_mark(ImageDraw.Draw(wide), code, (size[0] // 2, size[1] // 3), size[1] // 4)
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as output:
        track = output.add_stream("libx264", rate=_RATE, options={"g": "10", "preset": "veryfast"})
        assert isinstance(track, VideoStream)
        track.width, track.height, track.pix_fmt = *size, "yuv420p"
        track.codec_context.thread_count = 1
        frames = seconds * _RATE
        for number in range(frames):
            left = number * (wide.width - size[0]) // frames
            seen = np.asarray(wide.crop((left, 0, left + size[0], size[1])))
            output.mux(track.encode(VideoFrame.from_ndarray(seen, format="rgb24")))
        output.mux(track.encode(None))
    return stream.getvalue()


def _colour(rng: np.random.Generator, least: int, beyond: int) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in rng.integers(least, beyond, 3))
    return red, green, blue


def _draw_mark(draw: ImageDraw.ImageDraw, code: str, at: tuple[int, int], side: int) -> None:
    left, top = at
    half, third = side / 2, side / 3
    if code == "A":
        turns = [math.pi * (each / 5 - 0.5) for each in range(10)]
        reach = [half if each % 2 == 0 else half * 0.4 for each in range(10)]
        star = [
            (left + half + far * math.cos(turn), top + half + far * math.sin(turn))
            for turn, far in zip(turns, reach, strict=True)
        ]
        draw.polygon(star, fill=(230, 20, 30), outline="white")
    elif code == "B":
        draw.ellipse((left, top, left + side, top + side), outline=(20, 60, 230), width=side // 4)
    else:
        draw.rectangle((left + third, top, left + 2 * third, top + side), fill=(10, 170, 60))
        draw.rectangle((left, top + third, left + side, top + 2 * third), fill=(10, 170, 60))
