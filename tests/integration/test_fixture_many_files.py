"""The load fixture: counts are right, files are what their names say, both writers agree."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence import many_files, second_tool
from evidence.many_files import Shape
from evidence.tools import can_loop, run
from PIL import Image

SHAPE = Shape(files=3_000, folders=30)


def files_below(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())


def test_fixture_many_folder_holds_what_was_counted(tmp_path: Path) -> None:
    root, counts = many_files.build_folder(tmp_path, SHAPE)

    sizes = [path.stat().st_size for path in files_below(root)]

    assert counts.files == len(sizes) == SHAPE.files
    assert counts.size_bytes == sum(sizes)
    assert max(sizes) <= many_files.AT_MOST_BYTES
    assert counts.folders == sum(path.is_dir() for path in root.rglob("*"))
    assert counts.media == SHAPE.files // 100 == len(list((root / "DCIM").rglob("IMG_*")))


def test_fixture_many_media_decode_and_differ(tmp_path: Path) -> None:
    root, counts = many_files.build_folder(tmp_path, SHAPE)
    pictures = list((root / "DCIM").rglob("IMG_*"))
    for path in pictures:
        with Image.open(path) as opened:
            opened.load()
    assert len({path.read_bytes() for path in pictures}) >= counts.media * 9 // 10


@pytest.mark.parametrize("may_loop", [True, False])
def test_fixture_many_image_is_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, may_loop: bool
) -> None:
    if may_loop and not can_loop():
        pytest.skip("skipped: needs root (a loop device)")
    monkeypatch.setattr(many_files, "can_loop", lambda: may_loop)
    root, folder_counts = many_files.build_folder(tmp_path, SHAPE)
    image, counts = many_files.build_image(tmp_path, SHAPE)

    read = second_tool.live_files(image, "ext")

    assert counts == folder_counts
    assert run(["e2fsck", "-fn", image])
    assert set(read) == {str(path.relative_to(root)) for path in files_below(root)}


def test_fixture_many_can_all_lie_in_one_folder(tmp_path: Path) -> None:
    root, counts = many_files.build_folder(tmp_path, Shape(files=500, folders=1))
    assert counts == many_files.Counts(500, 1, counts.size_bytes, 5)
    assert len(list((root / "everything").iterdir())) == 500
    assert len(list((root / "everything").glob("IMG_*"))) == 5


def test_fixture_many_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    shape = Shape(files=200, folders=2)
    first = many_files.cached(many_files.build_folder, shape)
    before = first[0].stat().st_mtime_ns
    assert many_files.cached(many_files.build_folder, shape) == first
    assert first[0].stat().st_mtime_ns == before
