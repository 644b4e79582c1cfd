"""A device of at least 20,000 benign media files, and the truth about each: for trying a review.

Copies, variants, files that hash sets know, videos, a burst that the device itself took, and stacks
of near copies of which one bears a mark that the others lack. ``python -m demo_case FOLDER
[FILES]`` writes ``FOLDER/evidence``, ``FOLDER/lists`` (what to import as hash sets) and
``FOLDER/truth.json``. The same number of files gives the same bytes.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import demo_drawing as drawing
import numpy as np
from PIL import Image

MAKE, MODEL, SERIAL = "Example", "Phone 5", "EX-55-0001"
"""The seized phone, as its pictures and its exhibit say."""
HARMLESS = "non-pertinent"
SCHEME = "uk-2014/1"
_MARKS = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class Job:
    """One distinct content and where its copies lie.

    Args:
        role: What it is there for.
        seed: What is drawn.
        code: Its category.
        variant: 0 for the original; else which near copy.
        is_hidden: Whether it is the odd one out of its stack.
        copies: How many files hold it.
    """

    role: str
    seed: int
    code: str = HARMLESS
    variant: int = 0
    is_hidden: bool = False
    copies: int = 1

    @property
    def mark(self) -> str:
        """The mark to draw; empty for none."""
        return self.code if self.code in _MARKS else ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is true of one content.

    Args:
        role: What it is there for.
        code: The category that is right.
        odd: Whether it is hidden in a stack of others.
        family: The seed that it shares with its near copies.
        files: How many files hold it.
        known: The list that names it; empty for none.
    """

    role: str
    code: str
    odd: bool
    family: int
    files: int
    known: str


def jobs(files: int) -> Iterator[Job]:
    """Yield what a device of so many files holds."""
    rng = np.random.default_rng(files)
    seeds = iter(range(1, 1 << 30))
    left = files
    for job in _planned(files, seeds):
        copies = 1 + int(rng.random() < 0.25) + int(rng.random() < 0.08)
        copies = copies if job.role in {"ordinary", "system", "wanted", "video"} else 1
        yield Job(job.role, job.seed, job.code, job.variant, job.is_hidden, copies)
        left -= copies
    while left > 0:
        copies = min(left, 1 + int(rng.random() < 0.4))
        yield Job("ordinary", next(seeds), copies=copies)
        left -= copies


def _planned(files: int, seeds: Iterator[int]) -> Iterator[Job]:
    """Yield everything but the ordinary pictures that fill the rest."""
    share = files / 20_000
    yield from _known(share, seeds)
    yield from _marked(share, seeds)
    for _ in range(round(1_500 * share)):
        seed = next(seeds)
        yield from (Job("variant", seed, variant=variant) for variant in range(4))
    for number in range(max(2, round(160 * share))):
        code = _MARKS[number % 3] if number % 8 == 0 else HARMLESS
        yield Job("video", next(seeds), code)


def _known(share: float, seeds: Iterator[int]) -> Iterator[Job]:
    """Yield what lists name, and likenesses of what alerts."""
    for _ in range(round(2_400 * share)):
        yield Job("system", next(seeds))
    for number in range(round(500 * share)):
        yield Job("categorised", next(seeds), _MARKS[number % 3])
    for number in range(round(60 * share)):
        seed = next(seeds)
        yield Job("alert", seed, _MARKS[number % 3])
        yield Job("near alert", seed, _MARKS[number % 3], variant=2)


def _marked(share: float, seeds: Iterator[int]) -> Iterator[Job]:
    """Yield what nobody knows yet: single pictures, the burst, stacks with an odd one out."""
    for number in range(round(420 * share)):
        yield Job("wanted", next(seeds), _MARKS[number % 3])
    for number in range(max(2, round(60 * share))):
        yield Job("burst", next(seeds), "A" if number % 3 else HARMLESS)
    for number in range(max(2, round(60 * share))):
        seed = next(seeds)
        yield from (Job("stack", seed, variant=variant) for variant in range(8))
        yield Job("stack", seed, _MARKS[number % 3], variant=4, is_hidden=True)


def content_of(job: Job) -> bytes:
    """Draw and encode one content."""
    if job.role == "video":
        return drawing.video(job.seed, job.mark)
    if job.mark:
        picture = drawing.marked(job.seed, job.mark, is_hidden=job.is_hidden)
    else:
        picture = drawing.scene(job.seed)
    if job.role == "burst":
        second = job.seed % 60
        taken = f"2026:03:14 15:{10 + second // 30:02}:{second % 60:02}"
        return drawing.jpeg(
            picture, quality=90, exif=drawing.camera(MAKE, MODEL, serial=SERIAL, taken=taken)
        )
    if job.variant:
        sides = [round(side * (1 - 0.08 * (job.variant % 5))) for side in drawing.SIZE]
        picture = picture.resize((sides[0], sides[1]), Image.Resampling.BICUBIC)
        return drawing.jpeg(picture, quality=82 - 6 * job.variant)
    exif = drawing.camera("Other", f"Camera {job.seed % 9}", taken=_taken(job.seed))
    return drawing.jpeg(picture, exif=exif if job.seed % 3 == 0 else None)


def build(folder: Path, files: int) -> Path:
    """Write evidence, lists and truth; return the file of the truth."""
    evidence, truth = folder / "evidence", folder / "truth.json"
    if truth.exists():
        return truth
    facts: dict[str, Fact] = {}
    lists: dict[str, list[str]] = {"system": [], "categorised": [], "alert": []}
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        for job, digests in workers.map(
            partial(_write, evidence), enumerate(jobs(files)), chunksize=32
        ):
            known = job.role if job.role in lists else ""
            facts[digests[0]] = Fact(job.role, job.code, job.is_hidden, job.seed, job.copies, known)
            if known:
                row = f"{digests[1]},{digests[0]},{job.code}" if known == "categorised" else ""
                lists[known].append(row or digests[0])
    _write_lists(folder / "lists", lists)
    told = {sha256: asdict(fact) for sha256, fact in facts.items()}
    truth.write_text(json.dumps({"files": files, "contents": told}))
    return truth


def truth_of(path: Path) -> dict[str, Fact]:
    """Read the truth, by SHA-256."""
    told = json.loads(path.read_text())["contents"]
    return {sha256: Fact(**fact) for sha256, fact in told.items()}


def _write(evidence: Path, numbered: tuple[int, Job]) -> tuple[Job, tuple[str, str]]:
    number, job = numbered
    content = content_of(job)
    for copy in range(job.copies):
        path = evidence / _place(job, number, copy)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return job, (hashlib.sha256(content).hexdigest(), md5)


def _place(job: Job, number: int, copy: int) -> str:
    ending = "mp4" if job.role == "video" else "jpg"
    if copy:
        return f"Android/media/messenger/{number // 400:03}/{number:06}-{copy}.{ending}"
    if job.role == "system":
        return f"system/pictures/{number // 300:03}/{number:06}.{ending}"
    if job.role == "burst":
        return f"DCIM/101APPLE/IMG_{number:05}.{ending}"
    folder = ("Download", "DCIM/100MEDIA", "Pictures/chat", "Pictures/cache")[job.seed % 4]
    return f"{folder}/{number // 400:03}/{number:06}.{ending}"


def _taken(seed: int) -> str:
    return f"202{seed % 6}:{1 + seed % 12:02}:{1 + seed % 28:02} {seed % 24:02}:{seed % 60:02}:00"


def _write_lists(folder: Path, lists: dict[str, list[str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "system.txt").write_text("\n".join(lists["system"]) + "\n")
    (folder / "alert.txt").write_text("\n".join(lists["alert"]) + "\n")
    head = "md5,sha256,category\n"
    (folder / "categorised.csv").write_text(head + "\n".join(lists["categorised"]) + "\n")


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 20_000)
