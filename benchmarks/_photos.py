"""The bare loop over a folder of photographs: the outputs of an examination, and nothing else.

Each process reads a file once, takes three digests, identifies, decodes in full by polit's own
functions, makes both fingerprints, tile and thumbnail (encoded), reads what the camera says, and
hands rows to one writer (SQLite). No isolation, no ledger, no encryption, no seal.
"""

import hashlib
import io
import json
import mmap
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from polit.decode import identify, metadata, pdq, still
from polit.decode.decodable import STILLS
from polit.decode.derive import derive

_MEMORY_BYTES = 1 << 30

Row = tuple[object, ...]


def bare_loop(paths: list[str], database: Path, *, processes: int) -> float:
    """Do the work; return the seconds it took once every process had warmed up."""
    pool = multiprocessing.get_context("spawn").Pool(processes, _warm)
    pool.map(_wait, range(processes * 4), chunksize=1)  # every process has started
    began_s = time.monotonic()
    with sqlite3.connect(database) as rows:
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute(
            "CREATE TABLE items (path, size, md5, sha1, sha256, mime, hashes, tile, thumb, facts)"
        )
        for row in pool.imap_unordered(_one, paths, chunksize=8):
            rows.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    seconds = time.monotonic() - began_s
    pool.close()
    pool.join()
    return seconds


def files_below(folder: Path) -> list[str]:
    """Return the paths of all files below a folder."""
    return [str(Path(place, name)) for place, _, names in os.walk(folder) for name in names]


def _warm() -> None:
    identify.warm()
    still.warm()
    metadata.warm()
    pdq.warm()


def _wait(_: int) -> None:
    time.sleep(0.2)


def _one(path: str) -> Row:
    content = Path(path).read_bytes()
    digests = [hashlib.new(name, content, usedforsecurity=False).digest()
               for name in ("md5", "sha1", "sha256")]  # fmt: skip
    kind = identify.identify(content[: identify.HEAD_BYTES], size_bytes=len(content))
    made: Row = (None, None, None, None)
    if kind.mime in STILLS:
        made = _decoded(content, kind.mime)
    return (path, len(content), *digests, kind.mime, *made)


def _decoded(content: bytes, mime: str) -> Row:
    with mmap.mmap(-1, len(content)) as item:
        item[:] = content
        decoded = still.decode_still(item, mime, memory_bytes=_MEMORY_BYTES)
        camera = metadata.read_metadata(decoded.exif, decoded.xmp)
        hashes = pdq.hash_picture(decoded.picture)
        orientation = 1 if decoded.is_upright else camera.orientation
        made = derive(decoded.picture, orientation=orientation)
    return (
        b"".join(found.value for found in hashes),
        _webp(made.tile, 60),
        _webp(made.thumbnail, 75),
        repr(camera),
    )


def _webp(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=0)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Examined:
    """An examination in isolation: its seconds in all, and those before the first entry."""

    seconds: float
    start_s: float
    summary: dict[str, object]

    def counts(self) -> Iterator[tuple[str, object]]:
        """Yield the figures that show that the work was done."""
        for name in ("tally", "kinds", "isolation_level"):
            yield name, self.summary[name]


def examine(folder: Path, place: Path, *, workers: int, sets: Path | None = None) -> Examined:
    """Examine a folder in isolation; the start is measured by examining an empty folder.

    Args:
        folder: What is examined.
        place: Where keys and packages go.
        workers: How many decoders.
        sets: A store of hash sets to ask; none are asked without it.
    """
    store = sets or place / "no-sets"
    store.mkdir(parents=True, exist_ok=True)
    place.mkdir(exist_ok=True)
    nothing = place / "nothing"
    nothing.mkdir()
    start_s, _ = _examine(nothing, place / "start", workers, store)
    seconds, summary = _examine(folder, place / "run", workers, store)
    return Examined(seconds, start_s, summary)


def _examine(
    folder: Path, place: Path, workers: int, store: Path
) -> tuple[float, dict[str, object]]:
    place.mkdir()
    began_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "polit", "examine", str(folder), "--case", "B-1", "--exhibit",
         "AB/1", "--examiner", "benchmark", "--out", str(place), "--workers", str(workers),
         "--accept-atime", "--json"],
        env={**os.environ, "POLIT_DATA": str(place / "data"), "POLIT_HASHSETS": str(store)},
        capture_output=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began_s
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr.decode())
    summary: dict[str, object] = json.loads(done.stdout)
    return seconds, summary
