"""Stacks on labelled pictures, and what they spare on a public collection of wallpapers.

Labelled pictures: the published PDQ variants of one photograph and its turned copies, the
duplicates of imagededup, parts of free photographs with what messengers and editors make of them,
and bursts. The collection: Debian packages of wallpapers, which hold one picture in many sizes;
it is examined as evidence is. No picture shows a person.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from evidence.contents import landscape
from examinations import examine, package_of
from family_videos import PHOTOGRAPHS, Footage
from fetched_packages import unpacked
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps

from polit.decode.pdq import hash_picture
from polit.match.stacks import Stack, Stackable, stacks_of
from polit.package.effect_read import read_effect

NAME = "stacks"
FULL_COUNT = 90

THRESHOLDS = (31, 24, 16, 8)
PACKAGES = (
    "gnome-backgrounds", "lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04", "mate-backgrounds",
    "plasma-workspace-wallpapers", "ukui-wallpapers",
)  # fmt: skip
"""Free licences all: their ``copyright`` files name CC BY, CC BY-SA, CC0, GPL and LGPL."""

_CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
_BURST = 6

Variant = Callable[[Image.Image], bytes]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture, what it shows, and how it was made."""

    label: str
    made: str
    content: Stackable


def labelled(label: str, made: str, data: bytes) -> Labelled:
    """Hash an encoded picture."""
    with Image.open(io.BytesIO(data)) as opened:
        width, height = opened.size
        hashes = hash_picture(opened)
    digest = hashlib.sha256(label.encode() + made.encode() + data).digest()
    return Labelled(label, made, Stackable(digest, len(data), width, height, hashes))


def jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    """Encode a picture."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _resized(share: float) -> Variant:
    def make(picture: Image.Image) -> bytes:
        size = (round(picture.width * share), round(picture.height * share))
        return jpeg(picture.resize(size, Image.Resampling.BICUBIC))

    return make


def _cropped(share: float) -> Variant:
    def make(picture: Image.Image) -> bytes:
        return jpeg(ImageOps.crop(picture, round(min(picture.size) * share)))

    return make


VARIANTS: dict[str, Variant] = {
    "original": lambda picture: jpeg(picture, 92),
    "q60": lambda picture: jpeg(picture, 60),
    "q30": lambda picture: jpeg(picture, 30),
    "75 %": _resized(0.75),
    "50 %": _resized(0.5),
    "25 %": _resized(0.25),
    "grey": lambda picture: jpeg(ImageOps.grayscale(picture)),
    "brighter": lambda picture: jpeg(ImageEnhance.Brightness(picture).enhance(1.2)),
    "border 2 %": lambda picture: jpeg(ImageOps.expand(picture, picture.width // 50, "white")),
    "crop 2 %": _cropped(0.02),
    "crop 5 %": _cropped(0.05),
}


def parts_of_photographs(count: int) -> Iterator[tuple[str, Image.Image]]:
    """Yield parts of photographs that do not overlap, six of each, or drawn ones."""
    found = sorted(PHOTOGRAPHS.glob("*.jpg"))
    for number in range(count):
        if not found:
            yield f"drawn {number}", landscape(number, 1200, 900)
            continue
        path = found[number % len(found)]
        with Image.open(path) as opened:
            whole = opened.convert("RGB")
        cell = number // len(found) % 6
        width, height = whole.width // 3, whole.height // 2
        left, top = cell % 3 * width, cell // 3 * height
        part = whole.crop((left, top, left + width, top + height))
        yield f"{path.stem} {cell}", part.resize((1200, 1200 * height // width))


def generated(count: int) -> Iterator[Labelled]:
    """Yield the variants of parts of photographs."""
    for label, picture in parts_of_photographs(count):
        for made, variant in VARIANTS.items():
            yield labelled(label, made, variant(picture))


def bursts(count: int) -> Iterator[Labelled]:
    """Yield bursts: a scene six times a fifth of a second apart, the subject and camera moving."""
    for number in range(count):
        for shot in range(_BURST):
            seen = Footage(3000 + number, 2).at(0.2 * shot)
            picture = Image.fromarray(seen).resize((1280, 960), Image.Resampling.BICUBIC)
            yield labelled(f"burst {number}", f"shot {shot}", jpeg(picture))


def published() -> Iterator[Labelled]:
    """Yield the published families; a turned copy is another picture, for stacks do not turn."""
    pdq = _CORPORA / "facebook+ThreatExchange" / "pdq" / "data"
    for path in sorted(pdq.glob("bridge-mods/*.jpg")):
        yield labelled("bridge", path.stem, path.read_bytes())
    for path in sorted(pdq.glob("reg-test-input/*/*.jpg")):
        is_straight = path.stem == "bridge-1-original"
        label = "bridge" if is_straight else f"{path.parent.name} {path.stem}"
        yield labelled(label, path.stem, path.read_bytes())
    for path in sorted((_CORPORA / "idealo+imagededup" / "tests" / "data").glob("*/*.jpg")):
        name, _, made = path.stem.partition("_")
        if made != "corrupt":
            label = name if made in {"", "resize"} else path.stem
            yield labelled(label, f"{path.parent.name} {made}", path.read_bytes())


def pairs_of(groups: Sequence[Sequence[object]]) -> int:
    """Count pairs within groups."""
    return sum(len(group) * (len(group) - 1) // 2 for group in groups)


def scored(pictures: Sequence[Labelled], threshold_bits: int) -> dict[str, Any]:
    """Stack pictures and compare with their labels.

    Purity: of the pairs that stand in one stack, how many show the same. Completeness: of the
    pairs that show the same, how many stand in one stack.
    """
    label_of = {one.content.sha256: one.label for one in pictures}
    found = stacks_of((one.content for one in pictures), threshold_bits=threshold_bits)
    stacked = [[label_of[member.sha256] for member in stack.members] for stack in found]
    same = [Counter(labels) for labels in stacked]
    together = pairs_of(stacked)
    right = sum(count * (count - 1) // 2 for labels in same for count in labels.values())
    wanted = sum(
        count * (count - 1) // 2 for count in Counter(one.label for one in pictures).values()
    )
    return {
        "contents": len(pictures),
        "shown": len(set(label_of.values())),
        "stacks": len(found),
        "impure_stacks": sum(len(labels) > 1 for labels in same),
        "pairs_together": together,
        "of_them_alike": right,
        "pairs_alike": wanted,
        "purity_per_mille": 1000 * right // together if together else 1000,
        "completeness_per_mille": 1000 * right // wanted if wanted else 1000,
        "chained": _chained(found, threshold_bits),
    }


def _chained(found: Sequence[Stack], threshold_bits: int) -> int:
    """Count members that lie farther from their leader than they may: none, ever."""
    return sum(m.distance_bits > threshold_bits for stack in found for m in stack.members)


def by_variant(pictures: Sequence[Labelled]) -> dict[str, Any]:
    """Tell for each way of making a copy how many stand with their original, at 31 bits."""
    found = stacks_of(one.content for one in pictures)
    stack_of = {m.sha256: stack.leader for stack in found for m in stack.members}
    originals = {one.label: one.content.sha256 for one in pictures if one.made == "original"}
    rows: dict[str, dict[str, int]] = {}
    for one in pictures:
        row = rows.setdefault(one.made, {"with_the_original": 0, "of": 0, "flat": 0})
        row["of"] += 1
        row["flat"] += one.content.fingerprints[0] is None
        row["with_the_original"] += stack_of[one.content.sha256] == stack_of[originals[one.label]]
    return rows


def by_fingerprints(pictures: Sequence[Labelled]) -> dict[str, Any]:
    """Compare a large picture with a small one by each pair of fingerprints, at 31 bits.

    A picture that is not over 512 px has one fingerprint; this tells whether that may stand for
    both, which stacks allow.
    """
    large = [one for one in pictures if len(one.content.hashes) > 1]
    small = [one for one in pictures if len(one.content.hashes) == 1]
    full, nearest = (_values(one.content.hashes[n].value for one in large) for n in (0, 1))
    others = _values(one.content.hashes[0].value for one in small)
    alike = np.array([[a.label == b.label for b in small] for a in large], dtype=np.bool_)
    by_full = _bits(full, others) <= THRESHOLDS[0]
    by_nearest = _bits(nearest, others) <= THRESHOLDS[0]
    return {
        "alike": int(alike.sum()),
        "alike_by_full": int((alike & by_full).sum()),
        "alike_by_nearest512_too": int((alike & (by_full | by_nearest)).sum()),
        "unlike": int((~alike).sum()),
        "unlike_by_full": int((~alike & by_full).sum()),
        "unlike_by_nearest512_too": int((~alike & (by_full | by_nearest)).sum()),
    }


def _values(values: Iterator[bytes]) -> NDArray[np.uint64]:
    return np.frombuffer(b"".join(values), dtype="<u8").reshape(-1, 4)


def _bits(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.int64]:
    apart: NDArray[np.int64] = np.bitwise_count(some[:, None] ^ others[None]).sum(
        axis=2, dtype=np.int64
    )
    return apart


def wallpapers(scratch: Path) -> tuple[Path, list[str]]:
    """Fetch the packages of wallpapers; return their pictures, and the names of the packages."""
    source, packages = unpacked(PACKAGES, scratch)
    for path in sorted(source.rglob("*")):
        if path.is_symlink() or (path.is_file() and path.suffix.lower() not in _SUFFIXES):
            path.unlink()
    return source, packages


def corpora(scratch: Path) -> Path:
    """Copy the pictures of the corpora into one folder, as they lie there."""
    for name in ("facebook+ThreatExchange", "idealo+imagededup", "ianare+exif-samples"):
        for path in sorted((_CORPORA / name).rglob("*")):
            if path.suffix.lower() in _SUFFIXES:
                place = scratch / "corpora" / path.relative_to(_CORPORA)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(path.read_bytes())
    return scratch / "corpora"


def views(source: Path, place: Path) -> dict[str, int]:
    """Examine a folder as evidence, and count views before and after."""
    place.mkdir()
    ran = examine(source, place, "--accept-atime")
    assert ran.code == 0, ran.stderr
    effect = read_effect(package_of(place)).report.effect
    assert effect.accounted == effect.media_files
    return {
        "media_files": effect.media_files,
        "exact_copies": effect.exact_copies,
        "near_copies": effect.near_copies,
        "left_to_view": effect.left_to_view,
        "not_decoded": effect.not_decoded,
        "views_per_1000_before": 1000,
        "views_per_1000_after": effect.views_per_1000,
    }


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Make the figures; raise where a stack chains, or the collection does not add up."""
    made = list(generated(count))
    known = list(published()) if _CORPORA.exists() else []
    source, packages = wallpapers(scratch)
    burst = list(bursts(max(2, count // 6)))
    figures: dict[str, Any] = {
        "photographs": len(list(PHOTOGRAPHS.glob("*.jpg"))),
        "published": {str(t): scored(known, t) for t in THRESHOLDS} if known else {},
        "generated": {str(t): scored(made, t) for t in THRESHOLDS},
        "generated_by_variant": by_variant(made),
        "large_with_small": by_fingerprints(made),
        "bursts": {str(t): scored(burst, t) for t in THRESHOLDS},
        "everything_together": {str(t): scored([*made, *known, *burst], t) for t in THRESHOLDS},
        "wallpapers": views(source, scratch / "wallpapers") | {"packages": packages},
    }
    if known:
        figures["corpora"] = views(corpora(scratch), scratch / "of corpora")
    for name in ("generated", "bursts", "everything_together"):
        assert all(row["chained"] == 0 for row in figures[name].values()), name
    return figures
