"""PNG and APNG: checksums, and animations that hide or break something."""

import mmap
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image
from sandbox_pictures import png_chunk
from still_pictures import SIZE, saved, scene

from polit.decode import still
from polit.decode.picture import Still
from polit.decode.stills import _pillow


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    still.warm()


def decoded(data: bytes, mime: str) -> Still:
    with mmap.mmap(-1, len(data)) as item:
        item[:] = data
        return still.decode_still(item, mime, memory_bytes=1 << 30)


def test_the_checksums_of_a_png_are_taken_without_a_copy() -> None:
    rows = b"".join(b"\0" + bytes(range(256)) * 12 for _ in range(2_000))
    header = struct.pack(">IIBBBBB", 1_024, 2_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
    data += png_chunk(b"IDAT", zlib.compress(rows, 0)) + png_chunk(b"IEND", b"")
    tracemalloc.start()
    found = decoded(data, "image/png")
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.flaws == ()
    assert peak_bytes < len(data) // 4


@pytest.mark.parametrize("count", [1, 3])
def test_a_picture_before_an_apng_hides_none_of_its_frames(count: int) -> None:
    frames = [Image.new("L", SIZE, 60 * (number + 1)) for number in range(count)]
    data = saved(Image.new("L", SIZE, 0), "PNG", save_all=True, default_image=True,
                 append_images=frames, duration=100)  # fmt: skip
    found = decoded(data, "image/png")
    shown = [(one.at_ms, _pillow.one_colour(one.picture)) for one in found.story]
    expected: list[tuple[int, tuple[float, ...]]] = [(0, (0,))]
    expected += [(100 * number, (60 * (number + 1),)) for number in range(count)]
    assert shown == expected
    assert (found.frames, found.duration_ms) == (count + 1, 100 * count)


def test_frames_without_a_control_chunk_are_no_animation() -> None:
    png = saved(scene(), "PNG")
    frame = struct.pack(">IIIIIHHBB", 0, *SIZE, 0, 0, 1, 10, 0, 0)
    found = decoded(png[:33] + png_chunk(b"fcTL", frame) + png[33:], "image/png")
    assert (found.frames, found.duration_ms, found.flaws) == (1, None, ())


def test_a_broken_animation_does_not_cost_the_first_picture() -> None:
    png = saved(scene(), "PNG")
    broken = png_chunk(b"fcTL", bytes(26)) * 2
    found = decoded(png[:33] + broken + png[33:], "image/png")
    assert (found.frames, found.flaws) == (1, ("damaged",))
    assert found.picture.tobytes() == scene().tobytes()
