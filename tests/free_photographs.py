"""Free photographs that polit's authors did not compose: from Debian packages and the corpora.

Chosen by eye, once: photographs, no drawings, each picture once, and none that shows a person
whom one could recognise. The packages' ``copyright`` files name the licences.
"""

import io
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence.contents import landscape
from fetched_packages import unpacked
from PIL import Image

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
MOST_PX = 800
"""A longer side is reduced to this, so that thousands of copies take minutes, not hours."""

_WEBP = re.compile(rb"RIFF(....)WEBP", re.DOTALL)

Opened = Callable[[], Image.Image]


@dataclass(frozen=True, slots=True)
class Photograph:
    """One photograph that is read when it is wanted.

    Args:
        name: What it is called in figures.
        origin: The package or corpus that it is from.
        opened: Gives it whole.
    """

    name: str
    origin: str
    opened: Opened

    def picture(self) -> Image.Image:
        """Return it as RGB, the longer side at most ``MOST_PX``."""
        return reduced(self.opened())


def reduced(whole: Image.Image) -> Image.Image:
    """Return a picture with its longer side at most ``MOST_PX``."""
    if max(whole.size) <= MOST_PX:
        return whole
    share = MOST_PX / max(whole.size)
    size = (round(whole.width * share), round(whole.height * share))
    return whole.resize(size, Image.Resampling.LANCZOS)


@dataclass(frozen=True, slots=True)
class Source:
    """Photographs of one package or corpus.

    Args:
        origin: Its name.
        licences: As its ``copyright`` or licence file has them, for what is taken.
        folder: Where the files lie in it.
        names: Which are taken; a star takes all.
        numbers: Which pictures of an archive are taken, by their order; none takes all.
    """

    origin: str
    licences: str
    folder: str
    names: tuple[str, ...]
    numbers: tuple[int, ...] = ()


_GCOMPRIS = "usr/share/gcompris-qt/rcc"
_CC = "CC0, CC BY, CC BY-SA, GPL, public domain"
_WIDE = "2560x1600.jpg"

PACKAGED = (
    Source("gcompris-qt-data", _CC, _GCOMPRIS, ("erase.rcc",)),
    Source("gcompris-qt-data", _CC, _GCOMPRIS, ("explore_farm_animals.rcc",)),
    Source("gcompris-qt-data", _CC, _GCOMPRIS, ("explore_monuments.rcc",)),
    Source("gcompris-qt-data", _CC, _GCOMPRIS, ("explore_world_animals.rcc",)),
    Source("gcompris-qt-data", _CC, _GCOMPRIS, ("clickgame.rcc",), (2, 5, 11, 12, 23, 29)),
    Source("gcompris-qt-data", _CC, _GCOMPRIS, ("details.rcc",),
           (10, 37, 44, 48, 67, 74, 80, 83, 93, 116, 122)),
    Source("gnome-taquin", "CC BY-SA, GPL", "usr/share/gnome-taquin/themes/cats", ("*.jpg",)),
    Source("lomiri-wallpapers-16.04", "CC BY-SA", "usr/share/backgrounds",
           ("Bridge*", "Dragonfly*", "Picture*", "Wine*", "aitz*", "free*", "friends*", "green*",
            "life*", "picos*", "seeding*", "sunset*")),
    Source("lomiri-wallpapers-20.04", "CC BY-SA", "usr/share/backgrounds", ("Kleiber*",)),
    Source("lxqt-themes", "LGPL, CC BY-SA", "usr/share/lxqt/wallpapers",
           ("Butterfly*", "Valendas*", "after*", "appleflower*", "beam*", "butterfly*", "cloud*",
            "drop*", "flowers*", "fog*", "this-is*")),
    Source("mate-backgrounds", "GPL, CC BY-SA", "usr/share/backgrounds/mate/nature", ("*.jpg",)),
    Source("palapeli-data", "CC0, GFDL, GPL", "usr/share/palapeli/collection", ("*.jpg",)),
    Source("plasma-workspace-wallpapers", "LGPL, CC BY-SA", "usr/share/wallpapers",
           tuple(f"{name}/contents/images/{_WIDE}" for name in (
               "BytheWater", "ColdRipple", "ColorfulCups", "DarkestHour", "EveningGlow",
               "FallenLeaf", "Grey", "Kite", "OneStandsOut", "Path", "summer_1am"))),
    Source("python3-skimage", "public domain, CC0, BSD",
           "usr/lib/python3/dist-packages/skimage/data",
           ("brick.png", "chelsea.png", "coffee.png", "coins.png", "grass.png", "gravel.png",
            "hubble*", "ihc.png", "moon.png", "motorcycle_left.png", "retina.jpg", "rocket.jpg")),
    Source("python3-sklearn", "CC BY", "usr/lib/python3/dist-packages/sklearn/datasets/images",
           ("*.jpg",)),
)  # fmt: skip
COLLECTED = (
    Source("idealo+imagededup", "Apache-2.0", "tests/data/base_images", ("*.jpg",)),
    Source("facebook+ThreatExchange", "BSD-3-Clause", "pdq/data",
           ("bridge-mods/aaa-orig.jpg", "reg-test-input/labelme-subset/q1050.jpg",
            "reg-test-input/labelme-subset/q0746.jpg")),
    Source("ianare+exif-samples", "as its authors state", "jpg",
           ("Canon_*", "Fuji*", "Kodak*", "Nikon*", "Olympus*", "Panasonic*", "Pentax*", "Ricoh*",
            "Samsung*", "Sony*", "gps/DSCN*", "orientation/landscape_1.jpg",
            "orientation/portrait_1.jpg", "tests/11-*", "tests/30-*", "tests/33-*")),
    Source("ianare+exif-samples", "as its authors state", "jpg/exif-org",
           ("fuji*", "kodak-dc240*", "nikon*", "olympus*", "ricoh*", "sanyo*",
            "sony-powershota5*")),
)  # fmt: skip


def packages() -> list[str]:
    """Return the names of the packages that photographs are taken of."""
    return sorted({source.origin for source in PACKAGED})


def free_photographs(scratch: Path) -> tuple[list[Photograph], list[str]]:
    """Fetch the packages.

    Returns:
        The photographs, in the same order everywhere, and the names of the packages' files.
    """
    folder, debs = unpacked(packages(), scratch)
    return [*photographs_in(PACKAGED, folder), *photographs_in(COLLECTED, CORPORA)], debs


def photographs_in(sources: Iterable[Source], folder: Path) -> Iterator[Photograph]:
    """Yield the photographs of some sources that lie in a folder."""
    for source in sources:
        place = folder / source.origin / source.folder
        for path in sorted(path for name in source.names for path in place.glob(name)):
            if path.suffix == ".rcc":
                yield from _archived(source, path)
            else:
                name = str(path.relative_to(place))
                yield Photograph(f"{source.origin}/{name}", source.origin, _file(path))


def drawn_landscapes(count: int) -> list[Photograph]:
    """Return stand-ins for photographs, for machines that fetch nothing."""
    return [
        Photograph(f"drawn {seed}", "drawn", lambda seed=seed: landscape(seed, 900, 640))  # type: ignore[misc]
        for seed in range(count)
    ]


def licences(photographs: Sequence[Photograph]) -> dict[str, dict[str, object]]:
    """Count the photographs by what they are from."""
    said = {source.origin: source.licences for source in (*PACKAGED, *COLLECTED)}
    counts = Counter(photograph.origin for photograph in photographs)
    return {
        origin: {"photographs": counts[origin], "licences": said.get(origin, "made by the tests")}
        for origin in sorted(counts)
    }


def _file(path: Path) -> Opened:
    def opened() -> Image.Image:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                return picture.convert("RGB")

    return opened


def _archived(source: Source, path: Path) -> Iterator[Photograph]:
    """Yield the WebP pictures that a resource archive of Qt holds as they are."""
    data = path.read_bytes()
    for number, mark in enumerate(_WEBP.finditer(data)):
        if source.numbers and number not in source.numbers:
            continue
        content = data[mark.start() : mark.start() + 8 + int.from_bytes(mark[1], "little")]
        yield Photograph(f"{path.stem}/{number}", source.origin, _content(content))


def _content(content: bytes) -> Opened:
    def opened() -> Image.Image:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.convert("RGB")

    return opened
