"""PDQ, bit by bit and quality included, against both references, built here from their source.

PyPI's ``pdqhash`` 0.2.8 (its source is C++ and needs a compiler) judges the hash of all pixels and
its seven turns, on ``count`` drawn pictures of all modes and on every picture of the corpora that
Pillow decodes. The C++ reference program's own functions, out of the same archive, judge the
second variant.

    python -m prove.prove_pdq

writes tests/unit/pdq_vectors.csv anew, the values that machines without a compiler test against.
"""

import ctypes
import hashlib
import importlib
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pdq_pictures import drawn, reduced
from PIL import Image

from polit.decode import pdq
from polit.decode._pdq_blocks import MIN_FOLDED_PX, blurred, folded
from polit.decode._pdq_pixels import Pixels, pixels_of_picture
from polit.model.media import PerceptualHash

NAME = "pdq"
FULL_COUNT = 3000

_VECTORS = Path(__file__).resolve().parents[1] / "unit" / "pdq_vectors.csv"
_VECTOR_COUNT = 189
_HEADER = "index,mode,width_px,height_px,full_hex,full_quality,dihedral_sha256"
_HEADER += ",nearest512_hex,nearest512_quality"
_CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "ICO", "PPM", "TGA", "JPEG2000", "AVIF")
_MAX_PIXELS = 50_000_000
_ORDER = (1, 2, 3, 5, 4, 6, 7)  # polit's order of the turns in pdqhash's
_REQUIREMENT = (
    "pdqhash==0.2.8 --hash=sha256:"
    "eb9a9de36745937ce3e481a02ce933fe907c84e0b1748c9dfea52c12ca5c1e35\n"
)
_PROGRAM = """
#include <pdq/cpp/common/pdqhashtypes.cpp>
#include <pdq/cpp/downscaling/downscaling.cpp>
#include <pdq/cpp/hashing/pdqhashing.cpp>
#include <pdq/cpp/hashing/torben.cpp>
#include <vector>
using namespace facebook::pdq;
extern "C" int hash_pixels(uint8_t* p, int h, int w, int channels, uint8_t* out) {
  std::vector<float> one(h * w), two(h * w);
  float block[64][64], between[16][64], last[16][16];
  hashing::Hash256 hash;
  int quality;
  if (channels == 3)
    downscaling::fillFloatLumaFromRGB(p, p + 1, p + 2, h, w, 3 * w, 3, one.data());
  else
    downscaling::fillFloatLumaFromGrey(p, h, w, w, 1, one.data());
  hashing::pdqHash256FromFloatLuma(
      one.data(), two.data(), h, w, block, between, last, hash, quality);
  for (int i = 0; i < 16; i++) {
    out[2 * i] = hash.w[15 - i] >> 8;
    out[2 * i + 1] = hash.w[15 - i] & 255;
  }
  return quality;
}
"""

Rgb = NDArray[np.uint8]


@dataclass(frozen=True)
class Expected:
    """What the references say of one picture; ``None`` for a picture not over 512 px."""

    full: tuple[bytes, int]
    turns: bytes
    reduced: tuple[bytes, int] | None


class References:
    """Both references, loaded into this process."""

    def __init__(self, scratch: Path) -> None:
        """Fetch and build them; an intact build of an interrupted run is used again."""
        if shutil.which("c++") is None:
            raise AssertionError("the references need a C++ compiler; apt-get install g++")
        asked = scratch / "asked.txt"
        asked.write_text(_REQUIREMENT)
        _pip("download", "--no-deps", "--no-binary", "pdqhash", "-d", scratch, "-r", asked)
        archive = next(scratch.glob("pdqhash-*.tar.gz"))
        _pip("install", "--no-deps", "--target", scratch / "site", archive)
        shutil.unpack_archive(archive, scratch)  # its digest was checked
        self._program = _built(scratch, archive.name.removesuffix(".tar.gz"))
        sys.path.append(str(scratch / "site"))
        self.pdqhash: Any = importlib.import_module("pdqhash")

    def of(self, picture: Image.Image) -> Expected:
        """Hash a picture with both."""
        rgb = _rgb(picture)
        bits, quality = self.pdqhash.compute(rgb)
        turns, _ = self.pdqhash.compute_dihedral(rgb)
        packed = b"".join(np.packbits(turns[place]).tobytes() for place in _ORDER)
        full = (np.packbits(bits).tobytes(), int(quality))
        if max(rgb.shape) <= 512:
            return Expected(full, packed, None)
        # A grey JPEG is grey to the C++ program; Pillow's other modes it cannot read, or reads RGB.
        pixels = reduced(np.asarray(picture) if picture.mode == "L" else rgb)
        return Expected(full, packed, self._hashed(pixels))

    def _hashed(self, pixels: Rgb) -> tuple[bytes, int]:
        out = ctypes.create_string_buffer(32)
        channels = 1 if pixels.ndim == 2 else 3
        address = ctypes.c_void_p(pixels.ctypes.data)
        quality = self._program.hash_pixels(address, *pixels.shape[:2], channels, out)
        return out.raw, int(quality)


def _pip(*words: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", *map(str, words)]
    subprocess.run(command, check=True, capture_output=True)


def _built(scratch: Path, name: str) -> ctypes.CDLL:
    source, library = scratch / "program.cpp", scratch / "program.so"
    source.write_text(_PROGRAM)
    command = ["c++", "-O2", "-ffp-contract=off", "-std=c++11", "-shared", "-fPIC"]
    command += ["-I", str(scratch / name / "ThreatExchange"), str(source), "-o", str(library)]
    subprocess.run(command, check=True, capture_output=True)
    return ctypes.CDLL(str(library))


def _rgb(picture: Image.Image) -> Rgb:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.ascontiguousarray(np.asarray(picture.convert("RGB")))


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Compare ``count`` drawn pictures and those of the corpora.

    Raises:
        AssertionError: A hash or a quality differs, or a recorded value is not the references'.
    """
    references = References(scratch)
    lines = [_vector_line(index, references) for index in range(_VECTOR_COUNT)]
    if _VECTORS.read_text(encoding="utf-8").splitlines() != [_HEADER, *lines]:
        raise AssertionError(f"{_VECTORS.name} does not hold the references' values")
    made = _compared(((f"drawn {index}", drawn(index)) for index in range(count)), references)
    found = _compared(_decoded(), references)
    if made["differing"] or found["differing"]:
        raise AssertionError(f"differing: {[made['differing'], found['differing']]}")
    return {"drawn": made, "corpora": found, "recorded_vectors": len(lines)}


def _vector_line(index: int, references: References) -> str:
    picture = drawn(index)
    said = references.of(picture)
    words = [index, picture.mode, *picture.size, said.full[0].hex(), said.full[1]]
    words += [hashlib.sha256(said.turns).hexdigest()]
    words += [said.reduced[0].hex(), said.reduced[1]] if said.reduced else ["", ""]
    return ",".join(map(str, words))


def _decoded() -> Iterator[tuple[str, Image.Image]]:
    """Yield every picture of the corpora that Pillow decodes, without its orientation."""
    for path in sorted(one for one in _CORPORA.rglob("*") if one.is_file()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                picture = Image.open(path, formats=_FORMATS)
                if picture.size[0] * picture.size[1] > _MAX_PIXELS:
                    continue
                picture.load()
                picture.convert("RGB")
            except Exception:  # noqa: BLE001 - hostile files; those that fail are no pictures
                continue
        yield str(path.relative_to(_CORPORA)), picture


def _compared(
    pictures: Iterator[tuple[str, Image.Image]], references: References
) -> dict[str, object]:
    counts: Counter[str] = Counter()
    modes: Counter[str] = Counter()
    differing: list[str] = []
    largest: dict[str, float] = {}
    for name, picture in pictures:
        said, found = references.of(picture), pdq.hash_picture(picture)
        modes[picture.mode] += 1
        counts["pictures"] += 1
        counts["over_512_px"] += said.reduced is not None
        differing += [f"{name}: {what}" for what in _differences(said, found, picture)]
        _measure(pixels_of_picture(picture), counts, largest)
    return {
        **counts,
        "modes": dict(sorted(modes.items())),
        "differing": differing,
        "largest_difference_of_the_two_ways": {
            name: round(value, 5) for name, value in largest.items()
        },
    }


def _differences(
    said: Expected, found: tuple[PerceptualHash, ...], picture: Image.Image
) -> Iterator[str]:
    if (found[0].value, found[0].quality) != said.full:
        yield "full"
    # Of 64 x 64 px pdqhash blurs for the turns, but not for the hash itself: polit never does.
    if found[0].dihedral != said.turns and picture.size != (64, 64):
        yield "turns"
    if [(one.value, one.quality) for one in found[1:]] != ([said.reduced] if said.reduced else []):
        yield "nearest512"


def _measure(pixels: Pixels, counts: Counter[str], largest: dict[str, float]) -> None:
    """Count which way is taken, and keep how far the two ways differ where both are open."""
    if min(pixels.width_px, pixels.height_px) < MIN_FOLDED_PX:
        counts["small"] += 1
        return
    one, other = folded(pixels), blurred(pixels, is_single=False)
    frequencies = pdq._transformed(one), pdq._transformed(other)
    counts["folded" if pdq._is_clear(one, frequencies[0]) else "folded_then_blurred"] += 1
    if pdq._quality(pdq._steps(other)) < pdq._MIN_FOLDED_QUALITY:
        return
    apart = np.abs(frequencies[0] - frequencies[1])
    found = {
        "step": np.abs(pdq._steps(one) - pdq._steps(other)).max(),
        "frequency": apart.max(),
        "frequency_as_part_of_its_margin": (apart / pdq._FREQUENCY_MARGINS).max(),
    }
    largest.update({name: max(largest.get(name, 0.0), float(found[name])) for name in found})


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="pdq-vectors-") as folder:
        built = References(Path(folder))
        rows = [_vector_line(index, built) for index in range(_VECTOR_COUNT)]
    _VECTORS.write_text("\n".join([_HEADER, *rows]) + "\n", encoding="utf-8")
