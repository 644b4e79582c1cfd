"""A picture that needs more memory than a decoder has gets it, however often it has to ask."""

import io
import struct
from pathlib import Path

import examinations as run
from PIL import Image


def icon(*sides_px: int) -> bytes:
    """Return an icon of grey squares, as PNG."""
    bodies = []
    for side_px in sides_px:
        stream = io.BytesIO()
        Image.new("L", (side_px, side_px), 99).save(stream, "PNG")
        bodies.append(stream.getvalue())
    at = 6 + 16 * len(bodies)
    rows = b""
    for body in bodies:
        rows += struct.pack("<4B2H2I", 0, 0, 0, 0, 1, 32, len(body), at)
        at += len(body)
    return struct.pack("<3H", 0, 1, len(bodies)) + rows + b"".join(bodies)


def test_an_icon_whose_second_picture_is_larger_than_its_first_decodes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "squares.ico").write_bytes(icon(4_900, 5_500))
    ran = run.examine(source, tmp_path)
    (row,) = [row for row in run.entries_of(tmp_path) if row["kind"] == "still"]
    assert (row["outcome"], row["reason"]) == ("done", None), ran.stderr
