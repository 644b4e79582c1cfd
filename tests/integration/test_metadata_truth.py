"""EXIF and XMP of the corpora's pictures: polit says what exiftool says, or it is known why not."""

from pathlib import Path

import pytest
from exif_truth import REASONS, Compared, blocks_of, compare, pictures

from polit.decode.metadata import read_metadata

pytestmark = pytest.mark.corpora


@pytest.fixture(scope="module")
def compared(corpora: Path) -> list[Compared]:
    return compare(corpora)[0]


def test_every_difference_has_its_reason(compared: list[Compared]) -> None:
    differing = {(one.name, one.field) for one in compared if one.outcome == "differ"}
    assert differing == set(REASONS)


def test_no_difference_is_a_value_that_exiftool_does_not_say(compared: list[Compared]) -> None:
    assert [one for one in compared if one.outcome == "differ" and one.ours] == []


def test_most_fields_are_really_compared(compared: list[Compared]) -> None:
    agreeing = {one.field for one in compared if one.outcome == "agree"}
    assert len(agreeing) == 8
    assert len({one.name for one in compared}) > 180


@pytest.mark.parametrize("number", range(1, 9))
def test_each_orientation_is_read(corpora: Path, number: int) -> None:
    path = corpora / f"rasteiner+exif-orientation-test-images/test_{number}.jpg"
    assert read_metadata(*blocks_of(path)).orientation == number


def test_cut_blocks_never_raise(corpora: Path) -> None:
    for path in pictures(corpora):
        if path.suffix == ".jpg" and path.parent.name == "gps":
            exif, xmp = blocks_of(path)
            for end in range(0, len(exif), 97):
                read_metadata(exif[:end], xmp[: end // 4])
