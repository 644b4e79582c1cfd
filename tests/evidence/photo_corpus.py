"""A folder of photographs of many sizes among many other files, cut from free wallpapers.

The same counts and seed give the same pictures: crops of a photograph, resized, re-encoded with
camera facts, as a phone and its caches hold them. Where the machine has no wallpapers, drawn
landscapes stand in.
"""

import io
import json
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from evidence.contents import landscape, noise, text

WALLPAPERS = Path("/usr/share/backgrounds")
# Of a hundred pictures so many of each size: photographs, copies by messengers, thumbnails.
_MIX = (((4000, 3000), 12), ((3264, 2448), 14), ((1632, 1224), 26), ((1080, 810), 20),
        ((640, 480), 16), ((320, 240), 12))  # fmt: skip
_PNG_OF, _HEIC_OF = 20, 100
_OTHERS_A_PICTURE = 6


@dataclass(frozen=True, slots=True)
class PhotoShape:
    """How many pictures; six times as many other files stand among them."""

    pictures: int

    @property
    def others(self) -> int:
        """How many files are no pictures."""
        return self.pictures * _OTHERS_A_PICTURE


def build_photos(shape: PhotoShape) -> Path:
    """Return the folder of a shape, built once on this machine."""
    place = Path(tempfile.gettempdir()) / f"polit-photos-{os.getuid()}-{shape.pictures}"
    mark = place / "built.json"
    if not mark.exists():
        corpus = place / "corpus"
        with ProcessPoolExecutor(os.cpu_count()) as workers:
            list(
                workers.map(
                    _picture, ((corpus, number) for number in range(shape.pictures)), chunksize=8
                )
            )
            list(
                workers.map(
                    _other, ((corpus, number) for number in range(shape.others)), chunksize=64
                )
            )
        mark.write_text(json.dumps(asdict(shape)))
    return place / "corpus"


def _picture(job: tuple[Path, int]) -> None:
    corpus, number = job
    chance = np.random.default_rng(number)
    size = _size(number)
    picture = _cut(chance, size)
    folder = corpus / "DCIM" / f"{100 + number // 200}MEDIA"
    folder.mkdir(parents=True, exist_ok=True)
    if number % _HEIC_OF == 7:
        heif = pillow_heif.from_pillow(picture)
        heif.save(folder / f"IMG_{number:05}.HEIC", quality=60)
    elif number % _PNG_OF == 3 and size[0] < 2000:
        picture.save(folder / f"IMG_{number:05}.PNG", compress_level=1)
    else:
        picture.save(folder / f"IMG_{number:05}.JPG", quality=88, exif=_exif(number))


def _size(number: int) -> tuple[int, int]:
    at = (number * 37) % 100
    for size, share in _MIX:
        if at < share:
            return size
        at -= share
    return _MIX[-1][0]


def _cut(chance: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    photographs = sorted(WALLPAPERS.glob("*.jpg"))
    if not photographs:
        return landscape(int(chance.integers(1 << 30)), *size)
    with Image.open(photographs[int(chance.integers(len(photographs)))]) as whole:
        share = 0.4 + 0.6 * chance.random()
        width = int(min(whole.width, whole.height * 4 / 3) * share)
        height = width * 3 // 4
        left = int(chance.integers(0, whole.width - width + 1))
        top = int(chance.integers(0, whole.height - height + 1))
        cut = whole.convert("RGB").crop((left, top, left + width, top + height))
        return cut.resize(size, Image.Resampling.BICUBIC)


def _exif(number: int) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Camera 1", 1 + number % 8
    below = exif.get_ifd(0x8769)
    below[0x9003] = f"2024:05:{1 + number % 28:02} 12:{number % 60:02}:00"
    below[0x9011] = "+02:00"
    places = exif.get_ifd(0x8825)
    places[1], places[2] = "N", (51.0, 30.0, number % 60)
    places[3], places[4] = "W", (0.0, 7.0, number % 60)
    out = io.BytesIO()
    Image.new("L", (1, 1)).save(out, "JPEG", exif=exif)
    with Image.open(out) as carrier:
        return bytes(carrier.info["exif"])


def _other(job: tuple[Path, int]) -> None:
    corpus, number = job
    folder = corpus / "app" / f"{number // 500:04}"
    folder.mkdir(parents=True, exist_ok=True)
    size_bytes = 200 + (number * 7919) % 60_000
    make = text if number % 3 else noise
    (folder / f"{number:06}.{'txt' if number % 3 else 'bin'}").write_bytes(make(number, size_bytes))
