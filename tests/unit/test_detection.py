"""Detection in small: copies of 20 pictures are found, and what is not the same is not."""

from pathlib import Path

import pytest
from altered_pictures import ALTERATIONS, decoded
from detection_counts import (
    Copy,
    content_of,
    false_matches,
    listed_hash,
    look_up,
    table_row,
    unlike,
    write_lists,
)
from free_photographs import COLLECTED, CORPORA, drawn_landscapes, photographs_in
from hard_negatives import KINDS, burst, regions

from polit.decode.pdq import hash_picture

_MADE = ("q50", "50 %", "50 %, q50", "5 % off each side", "mirrored")


@pytest.mark.corpora
def test_copies_are_found_by_either_list_and_mirrored_ones_with_turns(tmp_path: Path) -> None:
    found = [each for each in photographs_in(COLLECTED, CORPORA) if each.opened().width >= 400]
    pictures = [each.picture() for each in (*found[:17], *drawn_landscapes(3))]
    known = [hash_picture(picture) for picture in pictures]
    write_lists(tmp_path / "hashsets", known)
    rows = {}
    for way in ALTERATIONS:
        if way.name in _MADE:
            copies = [
                Copy(number, way.name, content_of(way.content(picture)))
                for number, picture in enumerate(pictures)
            ]
            rows[way.name] = table_row(look_up(tmp_path / "hashsets", copies), known)

    for made in ("q50", "50 %", "50 %, q50"):
        assert rows[made]["of"] == rows[made]["polit_in_full"] == rows[made]["polit_in_nearest512"]
        assert rows[made]["taken_for_others_turned"] == 0
    assert rows["q50"]["of"] >= 17
    assert rows["5 % off each side"]["polit"] < rows["5 % off each side"]["of"]
    assert rows["mirrored"]["polit"] == 0
    assert rows["mirrored"]["turned"] == rows["mirrored"]["of"]


def test_each_way_of_making_a_copy_gives_another_file() -> None:
    picture = drawn_landscapes(1)[0].picture()
    files = {way.content(picture) for way in ALTERATIONS}

    assert len(files) == len(ALTERATIONS)
    assert all(decoded(file).width > 100 for file in files)


def test_flat_pictures_are_kept_out_by_their_quality(tmp_path: Path) -> None:
    flat = unlike((seed, KINDS["flat pictures"](seed)) for seed in range(12))
    told = false_matches(flat, tmp_path / "index")

    assert told["pairs"] == 66
    assert told["pairs_of_quality"] == 0


def test_parts_do_not_overlap_and_shots_do() -> None:
    picture = drawn_landscapes(1)[0].picture()
    parts = list(regions(picture))
    shots = list(burst(picture))

    assert sum(part.width * part.height for part in parts) <= picture.width * picture.height
    assert len(parts) == 9
    assert {shot.size for _, shot in shots} == {(560, 398)}


def test_a_small_picture_stands_in_both_lists_with_its_one_fingerprint() -> None:
    picture = drawn_landscapes(1)[0].picture()
    small, large = hash_picture(picture.resize((300, 200))), hash_picture(picture)

    assert listed_hash(small, "full") == listed_hash(small, "nearest512")
    assert listed_hash(large, "full").variant == "full"
    assert listed_hash(large, "nearest512").variant == "nearest512"
