"""Benign bytes for fixtures, all from seeds: pictures, documents, noise, broken files."""

import io
import zipfile
import zlib
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def noise(seed: int, size_bytes: int) -> bytes:
    """Return bytes that do not compress."""
    return np.random.default_rng(seed).bytes(size_bytes)


def text(seed: int, size_bytes: int) -> bytes:
    """Return plain ASCII lines, exactly as many bytes as asked."""
    words = ("river", "bridge", "ticket", "garden", "kettle", "window", "planet", "orange")
    picks = np.random.default_rng(seed).integers(0, len(words), size_bytes // 5 + 2)
    lines = [" ".join(words[pick] for pick in picks[at : at + 8]) for at in range(0, len(picks), 8)]
    return "\n".join(lines).encode()[:size_bytes].ljust(size_bytes, b".")


def filler(size_bytes: int) -> bytes:
    """Return numbered lines: cheap to compress, and every block of it differs."""
    lines = b"".join(b"filler line %010d of a benign file\n" % n for n in range(size_bytes // 39))
    return lines.ljust(size_bytes, b"\n")[:size_bytes]


def gradient(seed: int, width_px: int, height_px: int) -> Image.Image:
    """Return a smooth colour gradient."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    return Image.fromarray(corners).resize((width_px, height_px), Image.Resampling.BICUBIC)


def shapes(seed: int, width_px: int, height_px: int) -> Image.Image:
    """Return circles and boxes on a gradient."""
    rng = np.random.default_rng(seed)
    picture = gradient(seed + 1, width_px, height_px)
    draw = ImageDraw.Draw(picture)
    for _ in range(9):
        left, top = int(rng.integers(0, width_px)), int(rng.integers(0, height_px))
        side = int(rng.integers(6, max(8, width_px // 3)))
        red, green, blue = (int(value) for value in rng.integers(0, 256, 3))
        box = (left, top, left + side, top + side)
        pick = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        pick(box, fill=(red, green, blue))
    return picture


def landscape(seed: int, width_px: int, height_px: int) -> Image.Image:
    """Return sky, hills in layers and grain: a stand-in for a photograph."""
    rng = np.random.default_rng(seed)
    sky = np.asarray(gradient(seed, width_px, height_px)).astype(np.float32)
    across = np.arange(width_px) / width_px
    down = np.arange(height_px)[:, None]
    for layer in range(1, 5):
        waves = [
            rng.normal() / step * np.sin(6.28 * step * across + rng.random() * 6)
            for step in (1, 2, 5, 11)
        ]
        ridge = height_px * (0.25 + 0.15 * layer) + height_px * 0.08 * np.sum(waves, axis=0)
        sky[down > ridge[None, :]] = rng.integers(10, 200, 3) * (0.4 + 0.12 * layer)
    sky += rng.normal(0, 6, sky.shape)
    return Image.fromarray(np.clip(sky, 0, 255).astype(np.uint8))


def encoded(picture: Image.Image, form: str) -> bytes:
    """Return a picture as ``JPEG`` or ``PNG`` bytes."""
    out = io.BytesIO()
    picture.save(out, form, **({"quality": 88} if form == "JPEG" else {}))
    return out.getvalue()


@cache
def jpeg(seed: int, width_px: int = 320, height_px: int = 240) -> bytes:
    """Return a JPEG of a landscape."""
    return encoded(landscape(seed, width_px, height_px), "JPEG")


@cache
def png(seed: int, width_px: int = 200, height_px: int = 150) -> bytes:
    """Return a PNG of shapes."""
    return encoded(shapes(seed, width_px, height_px), "PNG")


ARCHIVE_SEEDS = (42, 661)
"""Of the archives that are planted: that of the plan, and that of the sample."""


def archived(seed: int) -> dict[str, bytes]:
    """Return the two texts that ``archive`` holds, by their names."""
    return {f"letter {number}.txt": text(seed + number, 700) for number in (1, 2)}


def archive(seed: int) -> bytes:
    """Return a zip of two texts with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in archived(seed).items():
            made.writestr(zipfile.ZipInfo(name, (2024, 5, 1, 12, 0, 0)), data)
    return out.getvalue()


def pdf(seed: int) -> bytes:
    """Return a one-page PDF with a correct cross-reference table."""
    drawn = b"BT /F1 12 Tf 72 720 Td (Benign fixture %d) Tj ET" % seed
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % at for at in offsets
    )
    return out + table + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return one PNG chunk with its CRC."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png_bomb(width_px: int, height_px: int) -> bytes:
    """Return a small PNG whose header claims a huge picture (its rows are missing)."""
    header = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    rows = zlib.compress(bytes(1 << 16))
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return PNG_SIGNATURE + b"".join(png_chunk(kind, body) for kind, body in chunks)


def png_bad_crc(seed: int) -> bytes:
    """Return a PNG with one wrong byte in the CRC of its first data chunk."""
    whole = bytearray(png(seed))
    at = whole.index(b"IDAT")
    length = int.from_bytes(whole[at - 4 : at], "big")
    whole[at + 4 + length] ^= 0xFF
    return bytes(whole)
