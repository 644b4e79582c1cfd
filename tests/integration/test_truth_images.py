"""End to end on images: what was planted is what an examination lists, no more and no less."""

from collections.abc import Callable
from pathlib import Path

import pytest
from evidence import catalogue
from evidence.compare import Row, compare
from evidence.examined import Examined
from evidence.truth import STREAM, Truth

Images = Callable[[str], tuple[Path, Truth]]
Examinations = Callable[[str], Examined]
VOLUMES = sorted(catalogue.FILE_SYSTEMS)


@pytest.mark.parametrize("name", [*VOLUMES, "mbr", "gpt"])
def test_truth_of_image_is_what_examination_lists(
    name: str, evidence_image: Images, examined: Examinations
) -> None:
    _, truth = evidence_image(name)

    result = compare(truth, examined(name).rows)

    assert result.holds, result.report()
    assert all(item.note for item in result.excused), result.report()


@pytest.mark.parametrize("name", [*VOLUMES, "mbr", "gpt"])
def test_truth_of_image_balances(name: str, examined: Examinations) -> None:
    done = examined(name)
    tally = done.summary["tally"]
    assert isinstance(tally, dict)
    assert tally["entries"] == tally["done"] + tally["skipped"] + tally["failed"] == len(done.rows)
    assert done.code == (3 if tally["failed"] else 0)


@pytest.mark.parametrize("name", [*VOLUMES, "mbr", "gpt"])
def test_truth_of_image_gives_each_entry_a_locator_of_its_own(
    name: str, examined: Examinations
) -> None:
    locators = [str(row["locator"]) for row in examined(name).rows]
    assert len(locators) == len(set(locators))


def test_truth_of_ntfs_streams_are_entries(evidence_image: Images, examined: Examinations) -> None:
    _, truth = evidence_image("ntfs")
    planted = {item.path for item in truth.planted if item.entry_type == STREAM}
    assert planted <= {str(row["path"]) for row in examined("ntfs").rows}


@pytest.mark.parametrize("name", VOLUMES)
def test_truth_of_image_says_wrong_extensions_and_broken_pictures(
    name: str, evidence_image: Images, examined: Examinations
) -> None:
    _, truth = evidence_image(name)
    if truth.limits and name == "ntfs":
        pytest.skip(f"skipped: needs root ({truth.limits[0]})")
    rows = {str(row["path"]): row for row in examined(name).rows}
    assert rows["Users/x/Downloads/picture.txt"]["mime"] == "image/jpeg"
    assert rows["Users/x/Downloads/picture.txt"]["extension_agrees"] is False
    assert str(rows["Users/x/Downloads/words.jpg"]["mime"]).startswith("text/")
    assert rows["Users/x/Pictures/huge header.png"]["outcome"] == "failed"
    assert rows["Users/x/Pictures/huge header.png"]["reason"] == "too_large"
    assert rows["Users/x/Pictures/landscape.jpg"]["width_px"] == 640
    assert rows["Users/x/Pictures/landscape.jpg"]["height_px"] == 480


@pytest.mark.parametrize("name", ["split_raw", "e01", "e01_segments", "e01_none"])
def test_truth_of_container_is_that_of_its_disk(name: str, examined: Examinations) -> None:
    assert _comparable(examined(name).rows) == _comparable(examined("mbr").rows)


def test_truth_of_disk_names_the_volume_that_was_not_examined(examined: Examinations) -> None:
    for name in ("mbr", "gpt"):
        not_examined = examined(name).summary["not_examined"]
        assert isinstance(not_examined, list)
        assert any("volume" in str(item["what"]) for item in not_examined), not_examined
        assert any("unallocated" in str(item["what"]) for item in not_examined), not_examined


def _comparable(rows: tuple[Row, ...]) -> list[tuple[object, ...]]:
    names = ("locator", "state", "overwritten", "outcome", "reason", "size_bytes", "sha256")
    return sorted(tuple(row[name] for name in names) for row in rows)
