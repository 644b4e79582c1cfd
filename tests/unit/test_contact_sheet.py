"""The sheet of safe tiles: what plays keeps its story together, marked, in order."""

import io
from pathlib import Path

import made_packages as made
import pytest
from PIL import Image

from polit.base.errors import PackageDamaged
from polit.model.media import PixelBlock
from polit.package import contact_sheet, read
from polit.package.contact_sheet import SheetPicture, draw_sheet
from polit.package.database import open_writer
from polit.package.derivatives import encode_pixels
from polit.package.read import read_derivatives


def tile(grey: int) -> bytes:
    return encode_pixels(PixelBlock(24, 18, 1, bytes([grey]) * (24 * 18)), "tile")


def video(frames: int) -> SheetPicture:
    return SheetPicture(tile(40), tuple(tile(90) for _ in range(frames)), True, 61_001)


def test_a_story_is_not_broken_over_two_rows() -> None:
    pictures = [SheetPicture(tile(9)), video(12), SheetPicture(tile(9)), video(5), video(8)]
    placed = contact_sheet._place(pictures, 13)
    assert [(each.row, each.column) for each in placed] == [
        (0, 0), (1, 0), (2, 0), (2, 1), (3, 0),
    ]  # fmt: skip
    assert [each.number for each in placed] == [1, 2, 3, 4, 5]


def test_a_sheet_of_many_videos_grows_wider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheet, "_MAX_ROWS", 6)
    sheet = draw_sheet([video(12), SheetPicture(tile(9))] * 8, heading="T")
    with Image.open(io.BytesIO(sheet.png)) as drawn:
        assert drawn.height <= 2 * 16 + 32 + 6 * 100
    assert sheet.columns == 39


def test_a_video_is_marked_and_framed() -> None:
    plain = draw_sheet([SheetPicture(tile(40))], heading="T")
    marked = draw_sheet([video(12)], heading="T")
    assert (plain.columns, marked.columns) == (13, 13)
    with Image.open(io.BytesIO(marked.png)) as sheet, Image.open(io.BytesIO(plain.png)) as other:
        assert sheet.size == other.size
        assert sheet.tobytes() != other.tobytes()
    silent = draw_sheet([SheetPicture(tile(40), is_video=True)], heading="T")
    assert silent.png != plain.png


def test_an_empty_sheet_has_a_heading() -> None:
    assert draw_sheet([], heading="T").png.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("duration_ms", "text"), [(0, "0:00"), (1, "0:01"), (59_000, "0:59"), (3_600_500, "60:01")]
)
def test_a_duration_counts_the_begun_second(duration_ms: int, text: str) -> None:
    assert contact_sheet._duration(duration_ms) == text


STORY = (
    "INSERT INTO derivatives SELECT sha256, role, ?, 500, media_type, width_px, height_px,"
    " size_bytes, plaintext_sha256, pack, offset_bytes, stored_bytes"
    " FROM derivatives WHERE story = 0 AND role = 'tile'"
)


def test_a_story_is_read_with_its_cover(tmp_path: Path) -> None:
    package = made.sealed(tmp_path).folder
    connection = open_writer(package)
    for number in (2, 1, 3):
        connection.execute(STORY, (number,))
    connection.execute("UPDATE media SET duration_ms = 2000 WHERE outcome = 'done'")
    connection.close()
    (row,) = read_derivatives(package, "tile")
    assert (row.kind, row.duration_ms) == ("still", 2000)
    assert [frame.story for frame in row.story] == [1, 2, 3]
    (thumbnail,) = read_derivatives(package, "thumbnail")
    assert thumbnail.story == ()


def test_a_story_without_a_cover_is_refused(tmp_path: Path) -> None:
    package = made.sealed(tmp_path).folder
    connection = open_writer(package)
    connection.execute("UPDATE derivatives SET story = 4 WHERE role = 'tile'")
    connection.close()
    with pytest.raises(PackageDamaged, match="no cover"):
        read.read_derivatives(package, "tile")
