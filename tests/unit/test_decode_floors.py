"""Version floors: what is below one is switched off, and it is said."""

import mmap

import pytest

from polit.decode import still, video
from polit.decode.decodable import STILLS, VIDEOS
from polit.decode.floors import FLOORS, OFF_PREFIX, switched_off
from polit.decode.refusal import Refused
from polit.decode.still import decode_still

GOOD = {
    "pillow": "13.0.0",
    "simplejpeg": "1.9.0",
    "libheif": "1.22",
    "libde265": "1.1.1",
    "ffmpeg": "9.0.3",
}

HEIF = {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}


def test_at_the_floor_nothing_is_off() -> None:
    assert switched_off(GOOD) == {}
    assert switched_off(GOOD | {"pillow": "14.2", "simplejpeg": "2.0.0rc1"}) == {}


def test_below_the_floor_every_type_of_the_library_is_off() -> None:
    off = switched_off(GOOD | {"pillow": "12.9.9"})
    assert off["image/png"] == "pillow 12.9.9: below 13.0.0"
    assert set(off) == STILLS - HEIF


@pytest.mark.parametrize("library", ["libheif", "libde265"])
def test_heif_depends_on_what_its_wheel_bundles(library: str) -> None:
    assert set(switched_off(GOOD | {library: "1.0.9"})) == HEIF


def test_the_floors_speak_of_every_picture_and_video_and_of_nothing_else() -> None:
    assert {mime for floor in FLOORS for mime in floor.types} == STILLS | VIDEOS


def test_an_accepted_library_decodes_below_its_floor_but_not_when_it_is_missing() -> None:
    assert switched_off(GOOD | {"ffmpeg": "8.1.2"}) == {}
    assert set(switched_off(GOOD | {"ffmpeg": ""})) == VIDEOS


def test_every_loaded_library_is_above_its_floor_or_accepted() -> None:
    versions = still.warm() | video.warm()
    assert not [name for name in versions if name.startswith(OFF_PREFIX)]
    assert {floor.library for floor in FLOORS} <= set(versions)


@pytest.mark.parametrize("version", ["", "unknown", "13"])
def test_a_version_that_cannot_be_read_is_below(version: str) -> None:
    assert "image/png" in switched_off(GOOD | {"pillow": version})


def test_every_floor_gives_its_reason() -> None:
    assert all(floor.reason and floor.types for floor in FLOORS)


def test_what_is_off_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(still._off, "image/png", "pillow 1: below 13.0.0")
    with mmap.mmap(-1, 1) as item, pytest.raises(Refused, match="off: pillow 1") as refused:
        decode_still(item, "image/png", memory_bytes=1 << 30)
    assert refused.value.code == "decoder_off"
