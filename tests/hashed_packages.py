"""Makes sealed packages of many contents with fingerprints, fast: nothing is decoded.

Their pictures count as undecodable, so that they need no tiles; matching asks for none. Every
second one has fingerprints, every fourth of those is a video with three frames.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import made_packages as made

from polit.examine.plan import Plan
from polit.examine.progress import SourceReport
from polit.examine.request import ExamineRequest
from polit.examine.sealing import SealedRun, note_session, seal_package
from polit.examine.source import OpenedSource
from polit.model.manifest import IsolationFacts, Manifest
from polit.model.media import Identification, MediaKind, PerceptualHash
from polit.package.derivatives import DerivativeWriter
from polit.package.rows import MediaRow, ResultBatch, ResultRow
from polit.sandbox.walking import WalkSource
from polit.store.keys import Keys

_JPEG = Identification("image/jpeg", MediaKind.STILL, "signature")
_VIDEO = Identification("video/mp4", MediaKind.VIDEO, "signature")


@dataclass(frozen=True, slots=True)
class HashedPackage:
    """A sealed package, and what is in it."""

    folder: Path
    manifest: Manifest
    contents: tuple[bytes, ...]
    hashes: dict[bytes, tuple[PerceptualHash, ...]]


def hashed_package(place: Path, keys: Keys, *, contents: int, seed: int) -> HashedPackage:
    """Make a package of so many contents, each one name in the root."""
    rng = random.Random(seed)
    data = tuple(rng.randbytes(24) for _ in range(contents))
    package = place / "AB%2F1.polit"
    ledger = made.begin(package, keys)
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    ids, _ = ledger.add_entries(root, [made.row(f"{n}.jpg") for n in range(contents)])
    ledger.finish_folder(root, problem=None)
    ledger.finish_volume(1)
    batch = ResultBatch.empty()
    hashes = {}
    for place_, (entry_id, content) in enumerate(zip(ids, data, strict=True)):
        digests = made.digests(content)
        is_video = place_ % 8 == 6
        kind = _VIDEO if is_video else _JPEG
        batch.results.append(ResultRow(entry_id, "failed", "undecodable", digests, kind, True))
        found = _hashes(rng, is_video=is_video) if place_ % 2 == 0 else ()
        hashes[content] = found
        batch.media.append(MediaRow(digests.sha256, "failed", "undecodable", 1, hashes=found))
    ledger.append(batch)
    writer = DerivativeWriter(package, package_id="", package_key=made.PACKAGE_KEY)
    writer.cut({})
    writer.close()
    asked = ExamineRequest(place / "image.dd", "T-1", "AB/1", "tester", place, Plan())
    source = OpenedSource(WalkSource((), False, False), (), (), (), False)
    note_session(ledger, asked, source, IsolationFacts("full", 7, {"read": True}))
    report = SourceReport("raw", 1000, {}, {}, made.digests(b"image"))
    manifest = seal_package(package, ledger, SealedRun(asked, source, report, keys))
    ledger.abandon()
    return HashedPackage(package, manifest, data, hashes)


def _hashes(rng: random.Random, *, is_video: bool) -> tuple[PerceptualHash, ...]:
    if is_video:
        return tuple(
            PerceptualHash("pdq", "frame", rng.randbytes(32), 90, n, n * 1000) for n in range(3)
        )
    return tuple(
        PerceptualHash("pdq", variant, rng.randbytes(32), rng.choice((20, 90)))
        for variant in ("full", "nearest512")
    )
