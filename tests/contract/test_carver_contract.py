"""What every carver must do: find its format exactly, and say less of what is broken."""

from collections.abc import Callable, Sequence

import pytest
from evidence.carving_images import (
    BLOCK_BYTES,
    ImageSpace,
    drawn_gif,
    drawn_jpeg,
    drawn_png,
    drawn_video,
    encoded,
)
from evidence.contents import landscape, noise
from PIL import Image

from polit.base.plugins import modules_of
from polit.evidence import carvers
from polit.evidence.carve import carver_plugins, find_candidates, warm_carvers
from polit.evidence.carving import Carved

Made = Callable[[], bytes]


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    warm_carvers()


def _picture() -> Image.Image:
    return landscape(5, 320, 240)


EXAMPLES: dict[str, list[tuple[str, Made]]] = {
    "jpeg": [
        ("image/jpeg", lambda: drawn_jpeg(1)),
        ("image/jpeg", lambda: drawn_jpeg(2, progressive=True)),
        ("image/jpeg", lambda: drawn_jpeg(3, restart_marker_blocks=4, subsampling=0)),
        ("image/jpeg", lambda: encoded(_picture().convert("L"), "JPEG")),
        ("image/jpeg", lambda: encoded(_picture().convert("CMYK"), "JPEG", progressive=True)),
    ],
    "png": [("image/png", lambda: drawn_png(1))],
    "gif": [("image/gif", lambda: drawn_gif(1))],
    "riff": [
        ("image/webp", lambda: encoded(_picture(), "WEBP")),
        ("image/webp", lambda: encoded(_picture(), "WEBP", lossless=True, exif=b"Exif\0\0MM")),
        ("video/x-msvideo", lambda: drawn_video(1, "avi")),
    ],
    "bmff": [
        ("image/avif", lambda: encoded(_picture(), "AVIF")),
        ("video/mp4", lambda: drawn_video(1, "mp4")),
        ("video/quicktime", lambda: drawn_video(1, "mov")),
    ],
}
CASES = [(name, *example) for name, examples in EXAMPLES.items() for example in examples]


def _found(data: bytes) -> list[Carved]:
    return list(find_candidates(ImageSpace(data)))


def _joined(data: bytes, extents: Sequence[tuple[int, int]]) -> bytes:
    return b"".join(data[at : at + length] for at, length in extents)


def test_every_carver_is_reachable_and_has_examples() -> None:
    assert {plugin.NAME for plugin in carver_plugins()} == set(EXAMPLES)
    assert len(modules_of(carvers)) == len(EXAMPLES)


@pytest.mark.parametrize(("name", "mime", "make"), CASES)
@pytest.mark.parametrize("before", [BLOCK_BYTES, 777])
def test_whole_file_is_found_exactly(name: str, mime: str, make: Made, before: int) -> None:
    content = make()
    data = noise(1, before) + content + noise(2, 9000)
    found = _found(data)
    assert [(one.carver, one.mime, one.is_complete) for one in found] == [(name, mime, True)]
    assert _joined(data, found[0].extents) == content


@pytest.mark.parametrize(("name", "mime", "make"), CASES)
def test_file_without_its_end_is_not_complete(name: str, mime: str, make: Made) -> None:
    content = make()
    data = bytes(BLOCK_BYTES) + content[: len(content) * 3 // 4]
    for one in _found(data):
        assert (one.carver, one.mime) == (name, mime) or name == "bmff"
        assert not one.is_complete
        assert one.reason
        assert all(at >= 0 and at + length <= len(data) for at, length in one.extents)


@pytest.mark.parametrize(("name", "mime", "make"), CASES)
def test_changed_head_is_no_candidate(name: str, mime: str, make: Made) -> None:
    content = make()
    assert _found(noise(3, 64) + content[64:]) == [], (name, mime)
