"""Carving: precision and recall of polit's carvers and of PhotoRec, on the same images.

    python -m benchmarks.carving [--drawn] [--quick] [--json]

One raw image a case of ``evidence.carving_images``: photographs of the corpora and drawn pictures
lie whole, in two or three fragments, out of order, inside a document, or have lost their end or
their head; between them noise, text, zeros and decoys. Both tools get the same bytes, in the same
run, on one core; no file system names anything. PhotoRec (Debian's ``testdisk``) runs twice: as it
comes, and with ``paranoid_bf``, which tries to put JPEGs together by brute force (minutes;
``--quick`` leaves that out). Only the formats of polit's carvers are on.
*Verified* is what ``Carved.is_verified`` vouches for.

**Exact**: what came out has the SHA-256 of what was planted. **Visible**: it is exact, or it
decodes (Pillow, told to bear truncation) and at least 95 % of the area that the planted bytes
still cover is the same: 8 x 8 squares whose mean differs by 8 levels at most; for videos, 95 % of
those bytes. What lost its head counts nowhere. **Precision**: of what came out, the share that
shows some planted content; pictures inside a planted content (EXIF, previews) are left out of
the count. Seconds are those of the processor. ``read`` is the speed over an image without pictures.
"""

import argparse
import hashlib
import io
import json
import resource
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pillow_heif
from evidence.carving_images import (
    CASES,
    LOST,
    CarvingImage,
    ImageSpace,
    Planted,
    build,
    contents,
)
from evidence.contents import noise, text
from numpy.typing import NDArray
from PIL import Image, ImageFile

from polit.evidence.carve import find_candidates, warm_carvers

_SEED = 20261127
_PLAIN_BYTES = 256 << 20
_SQUARE = 8
_LEVELS = 8.0
_SHARE = 0.95
_FORMATS = ("jpg", "png", "gif", "mov", "riff")
Tools = dict[str, Callable[[CarvingImage], Iterator[bytes]]]
_VIDEOS = {"mp4", "mov", "avi"}


@dataclass(slots=True)
class Score:
    """What a tool found in one case."""

    seconds: float = 0.0
    outputs: int = 0
    inner: int = 0
    true: int = 0
    planted: dict[str, int] = field(default_factory=dict)
    exact: dict[str, int] = field(default_factory=dict)
    visible: dict[str, int] = field(default_factory=dict)

    @property
    def precision(self) -> float:
        """Of what came out, inner pictures left out, the share that shows a planted content."""
        counted = self.outputs - self.inner
        return self.true / counted if counted else 1.0


def carve_by_polit(image: CarvingImage, *, verified: bool = False) -> Iterator[bytes]:
    """Yield the bytes of each candidate, or of each whose own bytes prove it."""
    for found in find_candidates(ImageSpace(image.data)):
        if verified and not found.is_verified:
            continue
        yield b"".join(image.data[at : at + length] for at, length in found.extents)


def carve_by_photorec(image: CarvingImage, options: str) -> Iterator[bytes]:
    """Yield the bytes of each file that PhotoRec writes."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "image.dd"
        source.write_bytes(image.data)
        formats = ",".join(f"{name},enable" for name in _FORMATS)
        command = f"partition_none,options,{options}fileopt,everything,disable,{formats},search"
        subprocess.run(
            ["photorec", "/d", f"{folder}/out", "/cmd", str(source), command],
            cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        for path in sorted(Path(folder).glob("out.*/*")):
            if path.name != "report.xml":
                yield path.read_bytes()


def _spent_s() -> float:
    """Return the processor's time of this process and those it ran: others share the cores."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def measured(outputs: Iterator[bytes], image: CarvingImage) -> Score:
    """Judge what a tool gives."""
    began_s = _spent_s()
    every = list(outputs)
    score = Score(seconds=_spent_s() - began_s, outputs=len(every))
    pictures = [_pixels(content) for content in every]
    digests = [hashlib.sha256(content).hexdigest() for content in every]
    shown: set[int] = set()
    for planted in image.planted:
        exact = {n for n, digest in enumerate(digests) if digest == planted.sha256}
        visible = exact | _showing(planted, every, pictures)
        shown |= visible
        if planted.recoverable == LOST:
            continue
        for counts, hit in ((score.planted, True), (score.exact, exact), (score.visible, visible)):
            counts[planted.form] = counts.get(planted.form, 0) + bool(hit)
    everything = b"\0".join(planted.content for planted in image.planted)
    for n, content in enumerate(every):
        if n not in shown and _lies_in(content, everything):
            score.inner += 1
    score.true = len(shown)
    return score


def _lies_in(content: bytes, everything: bytes) -> bool:
    """Tell whether some bytes are part of others: by their head first, which is quick."""
    at = everything.find(content[:64])
    while at >= 0:
        if everything.startswith(content, at):
            return True
        at = everything.find(content[:64], at + 1)
    return False


def _showing(
    planted: Planted, every: Sequence[bytes], pictures: Sequence[NDArray[np.uint8] | None]
) -> set[int]:
    """Return which outputs show what is left of a planted content."""
    left = sum(length for _, length in planted.extents) / len(planted.content)
    if planted.form in _VIDEOS:
        head = planted.content[: int(_SHARE * left * len(planted.content))]
        return {n for n, content in enumerate(every) if content.startswith(head)}
    truth = _pixels(planted.content)
    if truth is None:
        return set()
    return {
        n
        for n, picture in enumerate(pictures)
        if picture is not None
        and every[n][:256] == planted.content[:256]
        and picture.shape == truth.shape
        and _same_share(truth, picture) >= _SHARE * left
    }


def _same_share(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    high, wide = (side // _SQUARE * _SQUARE for side in one.shape[:2])
    if not high or not wide:
        return float((one == other).all())
    apart = np.abs(one[:high, :wide].astype(np.int16) - other[:high, :wide]).mean(axis=2)
    squares = apart.reshape(high // _SQUARE, _SQUARE, wide // _SQUARE, _SQUARE).mean(axis=(1, 3))
    return float((squares <= _LEVELS).mean())


def _pixels(content: bytes) -> NDArray[np.uint8] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as picture:
                return np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None


def speeds(tools: Tools) -> dict[str, float]:
    """Return MB/s of both tools over bytes without pictures."""
    half = _PLAIN_BYTES // 4
    data = noise(_SEED, 2 * half) + text(_SEED, half) + bytes(half)
    image = CarvingImage(data, (), 0)
    found = {}
    for name, tool in tools.items():
        began_s = _spent_s()
        assert not list(tool(image))
        found[name] = len(data) / (_spent_s() - began_s) / 1e6
    return found


def _tools(*, quick: bool) -> Tools:
    tools: Tools = {
        "polit": carve_by_polit,
        "polit, verified": lambda image: carve_by_polit(image, verified=True),
        "photorec": lambda image: carve_by_photorec(image, ""),
    }
    if not quick:
        tools["photorec brute force"] = lambda image: carve_by_photorec(image, "paranoid_bf,")
    return tools


@dataclass(slots=True)
class Measured:
    """What both tools did with every case.

    Args:
        results: The scores of each tool by case.
        read_mb_s: MB/s of each tool over bytes without pictures.
        compiling_s: Seconds that compiling the carvers took.
    """

    results: dict[str, dict[str, Score]]
    read_mb_s: dict[str, float]
    compiling_s: float


def measure(seed: int, *, quick: bool, drawn: bool) -> Measured:
    """Measure all cases, and tell of each as it ends."""
    began_s = _spent_s()
    warm_carvers()
    compiling_s = _spent_s() - began_s
    pillow_heif.register_heif_opener()
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    planted = contents(only_drawn=drawn)
    tools = _tools(quick=quick)
    results = {}
    for case in CASES:
        image = build(seed, planted, lambda one, _, case=case: one == case)  # type: ignore[misc]
        results[case] = {name: measured(tool(image), image) for name, tool in tools.items()}
        _tell(case, image, results[case])
    return Measured(results, speeds(tools), compiling_s)


def main() -> None:
    """Measure all cases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drawn", action="store_true", help="drawn pictures only")
    parser.add_argument("--quick", action="store_true", help="without PhotoRec's brute force")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(_SEED, quick=arguments.quick, drawn=arguments.drawn)
    print(f"\ncompiling {found.compiling_s:.1f} s; read, MB/s: " + _joined(found.read_mb_s))
    if arguments.json:
        print(json.dumps(plain(found.results)))


def _tell(case: str, image: CarvingImage, scores: dict[str, Score]) -> None:
    print(f"\n{case}: {len(image.data) / 1e6:.0f} MB, {image.decoys} decoys")
    for name, score in scores.items():
        forms = " ".join(
            f"{form} {score.exact[form]}/{score.visible[form]}/{count}"
            for form, count in score.planted.items()
        )
        print(
            f"  {name:21} {score.seconds:6.1f} s  {score.outputs:4} out, {score.inner:3} inner, "
            f"precision {score.precision:.3f}  exact/visible/of: {forms}",
            flush=True,
        )


def _joined(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {figure:.0f}" for name, figure in figures.items())


def plain(results: dict[str, dict[str, Score]]) -> dict[str, dict[str, object]]:
    """Return scores as JSON has them."""
    return {
        case: {
            name: {one: getattr(score, one) for one in Score.__dataclass_fields__}
            for name, score in scores.items()
        }
        for case, scores in results.items()
    }


if __name__ == "__main__":
    main()
