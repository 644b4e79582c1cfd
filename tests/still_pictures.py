"""Benign stills of every format and mode that the decoders take, made on the spot."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw

from polit.decode.stills import psd

SIZE = (96, 72)


@dataclass(frozen=True)
class Example:
    """A picture: what it is, its bytes and its type, and what decoding it gives."""

    name: str
    data: bytes
    mime: str
    size: tuple[int, int] = SIZE
    frames: int = 1

    def __str__(self) -> str:
        return self.name


def scene(size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a drawn landscape: sky, sun, hills, water, and a grain that compresses badly."""
    width, height = size
    sky = Image.merge("RGB", tuple(
        Image.linear_gradient("L").resize(size).point(lambda v, lo=low: lo + v * (255 - lo) // 255)
        for low in (60, 110, 190)
    ))  # fmt: skip
    draw = ImageDraw.Draw(sky)
    draw.ellipse((width * 6 // 8, height // 8, width * 7 // 8, height * 3 // 8), fill="gold")
    thirds = [
        (0, height),
        (0, height // 2),
        (width // 3, height // 3),
        (width // 2, height * 2 // 3),
    ]
    others = [(width * 2 // 3, height // 2), (width, height * 3 // 4), (width, height)]
    draw.polygon(thirds + others, fill=(40, 120, 50))
    draw.rectangle((0, height * 5 // 6, width, height), fill=(30, 70, 160))
    grain = np.random.default_rng(20_261_122).integers(0, 24, (height, width, 3), dtype=np.uint8)
    return Image.fromarray((np.asarray(sky) - np.minimum(grain, np.asarray(sky))).astype(np.uint8))


def turned(count: int) -> list[Image.Image]:
    """Return frames of an animation: the scene, and its mirror images."""
    flips = [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM,
             Image.Transpose.ROTATE_180]  # fmt: skip
    base = scene()
    return [base if n % 4 == 0 else base.transpose(flips[n % 4 - 1]) for n in range(count)]


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture as Pillow saves it."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def sixteen_bits() -> Image.Image:
    """Return the scene's grey in 16 bits."""
    grey = np.asarray(scene().convert("L")).astype(np.uint16)
    return Image.fromarray(grey * 257)


def lab() -> Image.Image:
    """Return CIELAB: lightness down, green to red across."""
    light = Image.linear_gradient("L").resize(SIZE)
    across = Image.linear_gradient("L").rotate(90).resize(SIZE)
    return Image.merge("LAB", (light, across, Image.new("L", SIZE)))


def tiff_of(fields: list[tuple[int, int, int, int]], tail: bytes = b"", magic: int = 42) -> bytes:
    """Return a TIFF of one directory: fields of tag, type, count and value; then more bytes."""
    head = struct.pack("<2sHIH", b"II", magic, 8, len(fields))
    return head + b"".join(struct.pack("<HHII", *one) for one in fields) + bytes(4) + tail


def examples() -> Iterator[Example]:
    """Yield at least one picture for every path of every plugin."""
    yield from _jpegs()
    yield from _pngs()
    yield from _animations()
    yield from _bitmaps()
    yield from _tiffs()
    yield from _modern()
    yield from _documents()
    yield from _raws()


def _jpegs() -> Iterator[Example]:
    for mode in ("L", "RGB", "CMYK"):
        for progressive in (False, True):
            data = saved(scene().convert(mode), "JPEG", quality=85, progressive=progressive)
            yield Example(f"jpeg-{mode}-{progressive}", data, "image/jpeg")
    data = saved(scene(), "JPEG", subsampling=0, restart_marker_rows=1)
    yield Example("jpeg-restarts", data, "image/jpeg")
    data = saved(scene(), "MPO", save_all=True, append_images=turned(2)[1:])
    yield Example("jpeg-mpo", data, "image/jpeg")


def _pngs() -> Iterator[Example]:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield Example(f"png-{mode}", saved(scene().convert(mode), "PNG"), "image/png")
    yield Example("png-I16", saved(sixteen_bits(), "PNG"), "image/png")
    palette = scene().quantize(16)
    yield Example("png-transparent", saved(palette, "PNG", transparency=3), "image/png")


def _animations() -> Iterator[Example]:
    first, *others = turned(5)
    rest = {"save_all": True, "append_images": others, "duration": 40}
    yield Example("gif", saved(scene(), "GIF"), "image/gif")
    yield Example("gif-frames", saved(first, "GIF", **rest), "image/gif", frames=5)
    disposed = saved(first, "GIF", **rest, disposal=2, transparency=0)
    yield Example("gif-disposed", disposed, "image/gif", frames=5)
    yield Example("png-frames", saved(first, "PNG", **rest), "image/png", frames=5)
    yield Example("webp-frames", saved(first, "WEBP", **rest), "image/webp", frames=5)
    options = rest | {"speed": 10, "max_threads": 1}
    yield Example("avif-frames", saved(first, "AVIF", **options), "image/avif", frames=5)
    pages = saved(first, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    yield Example("tiff-pages", pages, "image/tiff", frames=5)


def _bitmaps() -> Iterator[Example]:
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield Example(f"bmp-{mode}", saved(scene().convert(mode), "BMP"), "image/bmp")
    yield Example("bmp-runs", _run_length_bitmap(), "image/bmp")
    for kind in ("png", "bmp"):
        data = saved(scene((48, 48)).convert("RGBA"), "ICO", sizes=[(48, 48), (16, 16)],
                     bitmap_format=kind)  # fmt: skip
        yield Example(f"ico-{kind}", data, "image/vnd.microsoft.icon", (48, 48))
    cursor = b"\0\0\2\0" + data[4:]
    yield Example("cur", cursor, "image/vnd.microsoft.icon", (48, 48))
    for mode in ("1", "L", "RGB"):
        data = saved(scene().convert(mode), "PPM")
        yield Example(f"pnm-{mode}", data, "image/x-portable-anymap")
    text = b"P2\n8 6\n99\n" + b" ".join(b"%d" % (n * 2) for n in range(48)) + b"\n"
    yield Example("pnm-text", text, "image/x-portable-anymap", (8, 6))


def _run_length_bitmap() -> bytes:
    plain = bytearray(saved(scene().convert("P"), "BMP"))
    at = int.from_bytes(plain[10:14], "little")
    rows = [plain[at + SIZE[0] * y : at + SIZE[0] * (y + 1)] for y in range(SIZE[1])]
    plain[30:34] = (1).to_bytes(4, "little")
    runs = b"".join(b"".join(bytes((1, index)) for index in row) + b"\0\0" for row in rows)
    return bytes(plain[:at]) + runs + b"\0\1"


def _tiffs() -> Iterator[Example]:
    for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F"):
        yield Example(f"tiff-{mode}", saved(scene().convert(mode), "TIFF"), "image/tiff")
    yield Example("tiff-I16", saved(sixteen_bits(), "TIFF"), "image/tiff")
    yield Example("tiff-LAB", saved(lab(), "TIFF"), "image/tiff")
    for kind in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma"):
        yield Example(f"tiff-{kind}", saved(scene(), "TIFF", compression=kind), "image/tiff")
    for kind in ("group3", "group4"):
        data = saved(scene().convert("1"), "TIFF", compression=kind)
        yield Example(f"tiff-{kind}", data, "image/tiff")
    yield Example("tiff-big", saved(scene(), "TIFF", big_tiff=True), "image/tiff")


def _modern() -> Iterator[Example]:
    see_through = scene().convert("RGBA")
    see_through.putalpha(Image.linear_gradient("L").resize(SIZE))
    yield Example("webp", saved(scene(), "WEBP"), "image/webp")
    yield Example("webp-lossless", saved(scene(), "WEBP", lossless=True), "image/webp")
    yield Example("webp-alpha", saved(see_through, "WEBP"), "image/webp")
    yield Example("avif", saved(scene(), "AVIF", speed=10, max_threads=1), "image/avif")
    yield Example("avif-alpha", saved(see_through, "AVIF", speed=10, max_threads=1), "image/avif")
    for mode in ("L", "RGB", "RGBA"):
        yield Example(f"heic-{mode}", heic(see_through.convert(mode)), "image/heic")
    yield Example("jp2", saved(scene(), "JPEG2000"), "image/jp2")
    yield Example("j2k", saved(scene(), "JPEG2000", no_jp2=True), "image/x-jp2-codestream")
    tiled = saved(scene(), "JPEG2000", tile_size=(32, 32), irreversible=True)
    yield Example("jp2-tiles", tiled, "image/jp2")


def heic(picture: Image.Image, **options: object) -> bytes:
    """Return a picture as HEIC."""
    stream = io.BytesIO()
    pillow_heif.from_pillow(picture).save(stream, quality=60, **options)
    return stream.getvalue()


def _documents() -> Iterator[Example]:
    planes = b"".join(band.tobytes() for band in scene((8, 6)).split())
    mime = "image/vnd.adobe.photoshop"
    yield Example("psd", psd.document(3, 3, b"\0\0" + planes), mime, (8, 6))
    rows = [planes[at : at + 8] for at in range(0, len(planes), 8)]
    runs = b"\0\1" + struct.pack(">18H", *[9] * 18) + b"".join(b"\x07" + row for row in rows)
    yield Example("psd-runs", psd.document(3, 3, runs), mime, (8, 6))


def _raws() -> Iterator[Example]:
    """Yield what cameras lay out: a directory, a small picture, the preview, the sensor's data."""
    small, preview = saved(scene((32, 24)), "JPEG"), saved(scene(), "JPEG", quality=90)
    sensor = bytes(range(256)) * 8
    tail = b"Drawn\0\0\0" + small + preview + sensor
    make = (271, 2, 6, 8 + 2 + 12 * 2 + 4)
    yield Example("nef", tiff_of([(254, 4, 1, 1), make], tail), "image/tiff")
    cr2 = tiff_of([make, (274, 3, 1, 6)], tail)
    cr2 = cr2[:4] + struct.pack("<I", 16) + b"CR\x02\0" + bytes(4) + _moved(cr2[8:], 8)
    yield Example("cr2", cr2, "image/x-canon-cr2")
    orf = tiff_of([make, (274, 3, 1, 6)], tail, magic=0x4F52)
    yield Example("orf", orf, "image/x-olympus-orf")
    rw2 = tiff_of([make, (274, 3, 1, 6)], tail, magic=0x55)
    yield Example("rw2", rw2, "image/x-panasonic-rw2")
    raf = b"FUJIFILMCCD-RAW 0201" + bytes(80) + small + preview + sensor
    yield Example("raf", raf, "image/x-fuji-raf")
    told = tiff_of([make, (274, 3, 1, 6)], b"Drawn\0")
    told_box = struct.pack(">I4s", 8 + len(told), b"CMT1") + told
    cr3 = struct.pack(">I12s", 16, b"ftypcrx \0\0\0\1") + told_box + small + preview + sensor
    yield Example("cr3", cr3, "image/x-canon-cr3")


def _moved(directory: bytes, by: int) -> bytes:
    """Return a directory of two fields whose first one's value lies further on by ``by``."""
    at = int.from_bytes(directory[10:14], "little")
    return directory[:10] + struct.pack("<I", at + by) + directory[14:]
