"""Very many small files: the load that walking, hashing and accounting are measured with.

99 of 100 files are not media (texts, JSON, CSV, logs, noise, SQLite, XML, HTML), one is a tiny
JPEG or PNG in a camera roll; each has at most 1,024 bytes, and nearly all differ. As root the
kernel writes the ext4 image through a loop device (1,000,000 files in under a minute);
otherwise ``mke2fs -d`` fills it from a tree (some minutes). Neither has a ``lost+found``.

``python -m evidence.many_files OUT_DIR [FILES [FOLDERS]]`` builds an image by hand.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from evidence import contents
from evidence.tools import blank, can_loop, run

AT_MOST_BYTES = 1024
_TEMPLATES = 32
_SAME_EVERY = 50
_MEDIA_EVERY = 100


@dataclass(frozen=True, slots=True)
class Shape:
    """How many files in how many folders; one folder puts all of them side by side."""

    files: int = 1_000_000
    folders: int = 1_000


@dataclass(frozen=True, slots=True)
class Counts:
    """What was written, counted while writing: ``folders`` without the root."""

    files: int
    folders: int
    size_bytes: int
    media: int


def write_files(root: Path, shape: Shape) -> Counts:
    """Write the files below a folder, the same bytes and names each time."""
    makers = _other_makers()
    media_makers = _media_makers()
    media = shape.files // _MEDIA_EVERY
    rolls = max(1, shape.folders // _MEDIA_EVERY) if shape.folders > 1 else 0
    written = folders = number = 0
    for folder, count, is_roll in _folders(shape, media, rolls):
        folders += _make_folders(root, folder)
        chosen = media_makers if is_roll else makers
        opened = os.open(root / folder, os.O_DIRECTORY)
        try:
            for _ in range(count):
                is_media = is_roll or (rolls == 0 and number % _MEDIA_EVERY == 0)
                written += _write(opened, number, media_makers if is_media else chosen)
                number += 1
        finally:
            os.close(opened)
    return Counts(shape.files, folders, written, media)


def build_image(folder: Path, shape: Shape) -> tuple[Path, Counts]:
    """Build ``many.dd``: ``mke2fs -t ext4 -b 1024 -O ^has_journal``, then a mount or ``-d``."""
    image = blank(folder / "many.dd", (shape.files * 3072 // 2) + (shape.files * 512) + (96 << 20))
    inodes = shape.files + shape.folders + 10_000
    options = ["-q", "-F", "-t", "ext4", "-b", "1024", "-N", str(inodes), "-O", "^has_journal"]
    if can_loop():
        run(["mke2fs", *options, image])
        with _mounted(image, folder) as at:
            return image, write_files(at, shape)
    with tempfile.TemporaryDirectory(prefix="polit-many-") as made:
        counts = write_files(Path(made), shape)
        run(["mke2fs", *options, "-d", made, image])
    run(["debugfs", "-w", "-R", "rmdir /lost+found", image])
    return image, counts


def build_folder(folder: Path, shape: Shape) -> tuple[Path, Counts]:
    """Build the same files as a plain folder of the host."""
    root = folder / "many"
    root.mkdir()
    return root, write_files(root, shape)


Builder = Callable[[Path, Shape], tuple[Path, Counts]]


def cached(builder: Builder, shape: Shape) -> tuple[Path, Counts]:
    """Return what a builder made for a shape, built once for each state of this script."""
    scripts = (Path(__file__), Path(contents.__file__))
    digest = hashlib.sha256(b"".join(script.read_bytes() for script in scripts)).hexdigest()[:12]
    root = Path(tempfile.gettempdir()) / f"polit-fixtures-{os.geteuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    kept = root / f"many-{digest}-{builder.__name__}-{shape.files}-{shape.folders}"
    if not (kept / "counts.json").is_file():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        made, counts = builder(kept, shape)
        (kept / "counts.json").write_text(
            json.dumps({"name": made.name, "counts": asdict(counts)}), encoding="utf-8"
        )
    os.utime(kept)
    told = json.loads((kept / "counts.json").read_text(encoding="utf-8"))
    return kept / told["name"], Counts(**told["counts"])


_Maker = tuple[str, Callable[[int], bytes]]


def _folders(shape: Shape, media: int, rolls: int) -> Iterator[tuple[str, int, bool]]:
    if rolls == 0:
        yield "everything", shape.files, False
        return
    for roll in range(rolls):
        yield f"DCIM/{100 + roll}CANON", _share(media, rolls, roll), True
    others = shape.folders - rolls
    for index in range(others):
        folder = f"Users/x/data/g{index // 100:03}/f{index:06}"
        yield folder, _share(shape.files - media, others, index), False


def _share(total: int, parts: int, index: int) -> int:
    return total // parts + (1 if index < total % parts else 0)


def _make_folders(root: Path, folder: str) -> int:
    parts = folder.split("/")
    made = 0
    for depth in range(1, len(parts) + 1):
        path = root.joinpath(*parts[:depth])
        if not path.exists():
            path.mkdir()
            made += 1
    return made


def _write(opened: int, number: int, makers: list[_Maker]) -> int:
    suffix, make = makers[number // 7 % len(makers)]
    data = make(0 if number % _SAME_EVERY == 1 else number)
    flags = os.O_CREAT | os.O_WRONLY | os.O_EXCL
    made = os.open(f"{_stem(suffix)}{number:07}{suffix}", flags, 0o644, dir_fd=opened)
    try:
        return os.write(made, data)
    finally:
        os.close(made)


def _stem(suffix: str) -> str:
    return "IMG_" if suffix.isupper() else "f"


def _other_makers() -> list[_Maker]:
    makers: list[_Maker] = []
    for seed in range(_TEMPLATES):
        size = 40 + (seed * 173) % (AT_MOST_BYTES - 140)
        words = contents.text(700 + seed, size)
        noise = contents.noise(800 + seed, size)
        makers += [
            (".txt", _numbered(b"note %010d\n", words)),
            (
                ".json",
                _numbered(b'{"number": %010d, "text": "', words.replace(b"\n", b" ") + b'"}'),
            ),
            (".csv", _numbered(b"number,words\n%010d,", words.replace(b" ", b",")[: size // 2])),
            (".log", _numbered(b"2024-06-01T12:00:00Z %010d started: ", words)),
            (".bin", _numbered(b"\xf0\xf1%010d", noise)),
            (".xml", _numbered(b'<?xml version="1.0"?><n id="%010d">', words + b"</n>")),
            (".html", _numbered(b"<!doctype html><title>%010d</title><p>", words)),
            (".sqlite", _database(seed)),
        ]
    return makers


def _media_makers() -> list[_Maker]:
    makers: list[_Maker] = []
    for seed in range(_TEMPLATES):
        picture = contents.gradient(900 + seed, 16, 12)
        makers += [(".JPG", _jpeg(picture)), (".PNG", _png(picture))]
    return makers


def _numbered(head: bytes, rest: bytes) -> Callable[[int], bytes]:
    return lambda number: head % number + rest


def _database(seed: int) -> Callable[[int], bytes]:
    """Return a maker of SQLite files of two pages that differ in their user version."""
    with sqlite3.connect(":memory:") as database:
        database.execute("PRAGMA page_size = 512")
        database.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT)")
        database.execute("INSERT INTO note (words) VALUES (?)", (contents.text(seed, 90).decode(),))
        database.commit()
        whole = database.serialize()
    database.close()
    return lambda number: whole[:60] + number.to_bytes(4, "big") + whole[64:]


def _jpeg(picture: Image.Image) -> Callable[[int], bytes]:
    whole = contents.encoded(picture, "JPEG")
    return lambda number: whole[:2] + b"\xff\xfe\x00\x0c%010d" % number + whole[2:]


def _png(picture: Image.Image) -> Callable[[int], bytes]:
    whole = contents.encoded(picture, "PNG")

    def make(number: int) -> bytes:
        body = b"tEXtnumber\0%010d" % number
        chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
        return whole[:33] + chunk + whole[33:]

    return make


@contextmanager
def _mounted(image: Path, folder: Path) -> Iterator[Path]:
    at = folder / "mounted"
    at.mkdir()
    run(["mount", "-o", "loop,noatime", image, at])
    try:
        yield at
    finally:
        (at / "lost+found").rmdir()
        run(["umount", at])
        at.rmdir()


def main(arguments: list[str]) -> int:
    """Build an image by hand; return the exit code."""
    numbers = [int(text) for text in arguments[1:]]
    image, counts = build_image(Path(arguments[0]), Shape(*numbers))
    print(image, counts)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
