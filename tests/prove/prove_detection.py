"""What editing does to matching, measured: copies found, and pictures that are not the same.

Copies of ``count`` free photographs of Debian packages and the corpora, in every way of
altered_pictures, are looked up in two hash sets of the originals, one by each of the two programs
that lists come from. A part goes through ``polit examine``. Then pairs that are not the same:
different photographs, their parts, pages, forms, screens, flat pictures and bursts.
"""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from altered_pictures import ALTERATIONS, Alteration, decoded, jpeg
from detection_counts import (
    MAKERS,
    MIN_QUALITY,
    Copy,
    bits_between,
    content_of,
    false_matches,
    lists_of,
    look_up,
    table_row,
    unlike,
    unlike_of,
    write_lists,
)
from examinations import examine, package_of
from fetched_packages import unpacked
from free_photographs import CORPORA, Photograph, free_photographs, licences, reduced
from hard_negatives import KINDS, burst, regions
from PIL import Image

from polit.decode.pdq import hash_picture
from polit.match.near_hits import MAX_THRESHOLD_BITS
from polit.model.matching import MatchTerms
from polit.model.media import PerceptualHash
from polit.package.database import open_reader
from polit.package.match_rows import read_matches
from prove.prove_pdq import References

NAME = "detection"
FULL_COUNT = 248

_SMALL_PX = 200
_LARGE_PX = 2400
_LARGE_MADE = ("q50", "50 %", "25 %", "50 %, q50", "on a phone, cut back")
_EXAMINED = 100
_EXAMINED_MADE = ("q50", "50 %, q50", "2 % off each side")
_REFERRED = 40
_PER_KIND = 60
_SCREENSHOTS = "marble-data"
_LEAST_PER_MILLE = 990

Hashes = tuple[PerceptualHash, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Pictures with their copies.

    Args:
        hashes: Of each original.
        copies: Of all originals.
        longest_px: The longer side of each original.
    """

    hashes: list[Hashes]
    copies: list[Copy]
    longest_px: list[int]


def held(photographs: Sequence[Photograph]) -> tuple[list[Photograph], list[Photograph]]:
    """Read photographs once, reduced.

    Returns:
        The same ones out of memory, and those that are large.
    """
    kept, large = [], []
    for photograph in photographs:
        whole = photograph.opened()
        if max(whole.size) >= _LARGE_PX:
            large.append(photograph)
        small = reduced(whole)
        kept.append(Photograph(photograph.name, photograph.origin, partial(small.copy)))
    return kept, large


def altered(pictures: Sequence[Photograph], ways: Sequence[Alteration], *, whole: bool) -> Known:
    """Make and hash the copies of photographs, each in every way."""
    known = Known([], [], [])
    for number, photograph in enumerate(pictures):
        picture = photograph.opened() if whole else photograph.picture()
        known.hashes.append(hash_picture(picture))
        known.longest_px.append(max(picture.size))
        known.copies.extend(
            Copy(number, way.name, content_of(way.content(picture))) for way in ways
        )
    return known


def tables(known: Known, store: Path) -> dict[str, Any]:
    """Count for each way of making copies how many are found; small pictures apart."""
    write_lists(store, known.hashes)
    rows: dict[str, Any] = {}
    small = {number for number, side in enumerate(known.longest_px) if side < _SMALL_PX}
    for size, is_small in (("photographs", False), ("small", True)):
        of_size = [copy for copy in known.copies if (copy.original in small) == is_small]
        rows[size] = {
            made: table_row(look_up(store, [c for c in of_size if c.made == made]), known.hashes)
            for made in dict.fromkeys(copy.made for copy in of_size)
        }
    return rows


def in_full_size(large: Sequence[Photograph], store: Path) -> dict[str, Any]:
    """Count the copies of large photographs that are not reduced beforehand."""
    if not large:
        return {"pictures": 0}
    ways = [way for way in ALTERATIONS if way.name in _LARGE_MADE]
    return {
        "pictures": len(large),
        **tables(altered(large, ways, whole=True), store)["photographs"],
    }


def published(store: Path) -> dict[str, Any]:
    """Look the published copies of the corpora up, straight and turned."""
    pdq = CORPORA / "facebook+ThreatExchange" / "pdq" / "data"
    dedup = CORPORA / "idealo+imagededup" / "tests" / "data"
    originals = [pdq / "bridge-mods" / "aaa-orig.jpg", *sorted(dedup.glob("base_images/*.jpg"))]
    known = [content_of(path.read_bytes()).hashes for path in originals]
    write_lists(store, known)
    names = {path.stem: number for number, path in enumerate(originals)}
    paths = sorted([*pdq.glob("bridge-mods/*.jpg"), *pdq.glob("reg-test-input/dih/*.jpg")])
    paths += sorted(p for p in dedup.glob("mixed_images/*.jpg") if "corrupt" not in p.name)
    copies = [
        Copy(names.get(path.stem.partition("_")[0], 0), path.stem, content_of(path.read_bytes()))
        for path in paths
    ]
    asked = look_up(store, copies)
    return {
        copy.made: {
            "bits": bits_between(copy.content.hashes[0], known[copy.original][0]),
            "quality": copy.quality,
            "found": bool(found.ways),
            "found_with_turns": bool(turned.ways) or turned.turned,
            "taken_for_others": turned.others,
        }
        for copy, found, turned in zip(copies, asked.found, asked.turned, strict=True)
    }


def examined(pictures: Sequence[Photograph], store: Path, place: Path) -> dict[str, int]:
    """Examine copies as evidence, and compare its matches with the matcher's."""
    source = place / "source"
    source.mkdir(parents=True)
    ways = [way for way in ALTERATIONS if way.name in _EXAMINED_MADE]
    copies = []
    for number, photograph in enumerate(pictures[:_EXAMINED]):
        picture = photograph.picture()
        for way in ways:
            file = way.content(picture)
            (source / f"{number:03} {way.name.replace(' ', '_')}.jpg").write_bytes(file)
            copies.append(Copy(number, way.name, content_of(file)))
    ran = examine(source, place, "--accept-atime", POLIT_HASHSETS=str(store))
    assert ran.code == 0, ran.stderr
    with closing(open_reader(package_of(place))) as connection:
        told = sorted(read_matches(connection), key=repr)
    with lists_of(store, MatchTerms()) as lists:
        counted = lists.matcher.near([copy.content for copy in copies])
        found = lists.look_up(copies)
    assert told == sorted((match for each in counted for match in each), key=repr)
    return {
        "photographs": len(pictures[:_EXAMINED]),
        "files": len(copies),
        "found": sum(bool(each.ways) for each in found),
        "matches": len(told),
    }


def referred(copies: Sequence[Photograph], scratch: Path) -> dict[str, int]:
    """Compare some copies with what the references' own code gives for the same pixels."""
    scratch.mkdir()
    references = References(scratch)
    way = next(way for way in ALTERATIONS if way.name == "75 %")
    step = max(1, len(copies) // _REFERRED)
    checked = [decoded(way.content(photograph.picture())) for photograph in copies[::step]]
    for picture in checked:
        said, ours = references.of(picture), hash_picture(picture)
        assert (ours[0].value, ours[0].quality) == said.full
        assert [(one.value, one.quality) for one in ours[1:]] == [said.reduced] * bool(said.reduced)
    return {"pictures": len(checked), "differing": 0}


def unrelated(pictures: Sequence[Photograph], known: Known, scratch: Path) -> dict[str, Any]:
    """Count pairs that do not show the same and match: photographs, parts, and whole kinds."""
    figures: dict[str, Any] = {}
    for maker, place in zip(MAKERS, (0, -1), strict=True):
        hashes = [each[place] for each in known.hashes]
        them = unlike_of(range(len(hashes)), hashes)
        figures[f"photographs, {maker}"] = false_matches(them, scratch / f"whole {maker}")
    parts = ((n, part) for n, each in enumerate(pictures) for part in regions(each.picture()))
    figures["parts of different photographs"] = false_matches(unlike(parts), scratch / "parts")
    for kind, make in KINDS.items():
        made = ((seed, decoded(jpeg(make(seed), 85))) for seed in range(_PER_KIND))
        figures[kind] = false_matches(unlike(made), scratch / kind)
    screens = real_screens(scratch)
    figures["screens of a manual"] = false_matches(
        unlike((n, opened_rgb(path)) for n, path in enumerate(screens)), scratch / "real"
    )
    return figures


def real_screens(scratch: Path) -> list[Path]:
    """Fetch the screenshots of a manual in many languages: same windows, other words."""
    place = scratch / "manual"
    place.mkdir()
    folder, _ = unpacked([_SCREENSHOTS], place)
    return sorted(path for path in folder.glob("*/usr/share/doc/**/*.png") if not path.is_symlink())


def opened_rgb(path: Path) -> Image.Image:
    """Open a picture."""
    with Image.open(path) as picture:
        return picture.convert("RGBA").convert("RGB")


def bursts(pictures: Sequence[Photograph]) -> dict[str, dict[str, int]]:
    """Count which shots of one scene match the first, by how far the camera moved on."""
    rows: dict[str, dict[str, int]] = {}
    for photograph in pictures:
        shots = [(share, hash_picture(shot)[0]) for share, shot in burst(photograph.picture())]
        for share, shot in shots[1:]:
            row = rows.setdefault(f"{share:.0%}", {"of": 0, "within_31": 0})
            if min(shot.quality, shots[0][1].quality) >= MIN_QUALITY:
                row["of"] += 1
                row["within_31"] += bits_between(shot, shots[0][1]) <= MAX_THRESHOLD_BITS
    return rows


def check_bounds(rows: dict[str, dict[str, int]]) -> None:
    """Recompression to q50 and resizing are found, at least 99 in 100.

    Raises:
        AssertionError: They are not.
    """
    for way in ALTERATIONS:
        if way.kind == "resized" or (way.kind == "recompressed" and way.quality >= 50):
            row = rows[way.name]
            assert 1000 * row["polit"] >= _LEAST_PER_MILLE * row["of"], (way.name, row)


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Make the figures; raise where the bounds do not hold or the pipeline says otherwise."""
    found, debs = free_photographs(scratch)
    pictures, large = held(found[:count])
    known = altered(pictures, ALTERATIONS, whole=False)
    rows = tables(known, scratch / "hashsets")
    print(json.dumps(rows), flush=True)
    check_bounds(rows["photographs"])
    return {
        "pictures": len(pictures),
        "packages": debs,
        "origins": licences(pictures),
        "over_512_px": sum(len(hashes) > 1 for hashes in known.hashes),
        "originals_of_low_quality": sum(h[0].quality < MIN_QUALITY for h in known.hashes),
        "kinds": {way.name: way.kind for way in ALTERATIONS},
        **rows,
        "in_full_size": in_full_size(large, scratch / "large"),
        "published": published(scratch / "published"),
        "examined": examined(pictures, scratch / "hashsets", scratch / "examined"),
        "same_as_references": referred(pictures, scratch / "references"),
        "unrelated": unrelated(pictures, known, scratch),
        "bursts": bursts(pictures),
    }
