"""Makes small packages by hand, through the same ledger that an examination uses."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyrage

from polit.base.digests import Digests
from polit.examine.plan import Plan
from polit.examine.progress import SourceReport
from polit.examine.request import ExamineRequest
from polit.examine.sealing import SealedRun, note_session, seal_package
from polit.examine.source import OpenedSource
from polit.model.evidence import (
    Address,
    ContentState,
    EntryState,
    EntryType,
    FileSystemFacts,
    FoundEntry,
    TimeBasis,
    TimeFacts,
    VolumeFacts,
)
from polit.model.manifest import IsolationFacts, Manifest
from polit.model.matching import HashSetFacts, Match
from polit.model.media import DecodedMedia, Identification, MediaFacts, MediaKind, PixelBlock
from polit.package.derivatives import DerivativeWriter, NewDerivative
from polit.package.match_rows import add_hash_sets, add_matches
from polit.package.rows import EntryRow, FolderRow, MediaRow, ResultBatch, ResultRow
from polit.package.write import Ledger
from polit.sandbox.walking import WalkSource
from polit.store.keys import Keys, create_keys

PACKAGE_KEY = bytes(range(32))
FAT_FACTS = FileSystemFacts(
    "fat16", 2048, TimeFacts(TimeBasis.LOCAL_UNKNOWN, (("modified", 2_000_000_000),), "entry"), 99
)


def found(name: str, **changes: object) -> FoundEntry:
    """Return a live, readable file of 5 bytes; any field may be given otherwise."""
    values: dict[str, object] = {
        "raw_name": name.encode(),
        "entry_type": EntryType.FILE,
        "state": EntryState.LIVE,
        "content": ContentState.READABLE,
        "address": Address(b"at-" + name.encode()),
        "record": "7",
        "size_bytes": 5,
        **changes,
    }
    return FoundEntry(**values)  # type: ignore[arg-type]


def row(name: str, **changes: object) -> EntryRow:
    """Return the row of such a file in the root of volume 0."""
    return EntryRow(found(name, **changes), f"volume:0@0;fat16:/{name};record:7", name, 2)


def digests(data: bytes) -> Digests:
    """Return the digests of some bytes."""
    return Digests(
        len(data),
        hashlib.md5(data, usedforsecurity=False).digest(),
        hashlib.sha1(data, usedforsecurity=False).digest(),
        hashlib.sha256(data).digest(),
    )


def still(grey: int = 90) -> DecodedMedia:
    """Return a decoded picture of one colour."""
    return DecodedMedia(
        MediaFacts(640, 480),
        PixelBlock(24, 18, 1, bytes([grey]) * (24 * 18)),
        PixelBlock(256, 192, 3, bytes([grey, 40, 90]) * (256 * 192)),
        "made 1",
    )


def begin(package: Path, keys: Keys) -> Ledger:
    """Begin a package: its meta texts, one volume, its root folder."""
    package.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(package)
    wrapped = pyrage.encrypt(PACKAGE_KEY, [keys.identity.to_public()])
    ledger.begin({
        "package_id": "00000000-0000-4000-8000-000000000000",
        "wrapped_key": base64.b64encode(wrapped).decode(),
        "started_at": "2026-01-02T03:04:05Z",
        "sessions": "1",
        "faults_planted": "0",
        "versions": "{}",
    })  # fmt: skip
    ledger.add_volumes([(VolumeFacts(0, "none", "whole", 0, 1000, allocated=True), "volume:0@0")])
    ledger.open_volume(1, FAT_FACTS, [FolderRow(0, 1, None, b"", b"root", "root", False, 0)])
    return ledger


@dataclass(frozen=True, slots=True)
class MadePackage:
    """A sealed package and what opens it."""

    folder: Path
    keys: Keys
    manifest: Manifest


def sealed(
    folder: Path, *, matches: Sequence[Match] = (), sets: Sequence[HashSetFacts] = ()
) -> MadePackage:
    """Make and seal a package of five names: a picture twice, a text, a folder, a broken one.

    Args:
        folder: Where, with keys in ``folder/data``.
        matches: What matched in it.
        sets: The hash sets that were asked.
    """
    keys = create_keys(folder / "data")
    package = folder / "AB%2F1.polit"
    ledger = begin(package, keys)
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    ids, folders = ledger.add_entries(
        root,
        [row("a.jpg"), row("b.jpg"), row("c.txt"), row("bad.jpg"),
         row("sub", entry_type=EntryType.FOLDER, size_bytes=0)],
    )  # fmt: skip
    ledger.finish_folder(root, problem=None)
    for below in folders:
        ledger.begin_folder(below.folder_id)
        ledger.finish_folder(below, problem=None)
    ledger.finish_volume(1)
    _settle(package, ledger, ids)
    add_hash_sets(ledger.connection, sets)
    add_matches(ledger.connection, matches)
    asked = request(folder, folder / "image.dd")
    source = OpenedSource(WalkSource((), False, False), (), (), (), False)
    note_session(ledger, asked, source, IsolationFacts("full", 7, {"read": True}))
    report = SourceReport("raw", 1000, {}, {}, digests(b"image"))
    run = SealedRun(request=asked, source=source, report=report, keys=keys)
    manifest = seal_package(package, ledger, run)
    ledger.abandon()
    return MadePackage(package, keys, manifest)


def request(folder: Path, source: Path) -> ExamineRequest:
    """Return a request to examine a source into a folder."""
    return ExamineRequest(source, "T-1", "AB/1", "tester", folder, Plan())


def _settle(package: Path, ledger: Ledger, ids: range) -> None:
    picture, text, broken = digests(b"picture"), digests(b"text"), digests(b"broken")
    jpeg = Identification("image/jpeg", MediaKind.STILL, "signature")
    plain = Identification("text/plain", MediaKind.DOCUMENT, "text")
    writer = DerivativeWriter(
        package, package_id=str(ledger.meta("package_id")), package_key=PACKAGE_KEY
    )
    writer.cut({})
    batch = ResultBatch.empty()
    batch.results = [
        ResultRow(ids[0], "done", None, picture, jpeg, True),
        ResultRow(ids[1], "done", None, picture, jpeg, True),
        ResultRow(ids[2], "done", None, text, plain, False),
        ResultRow(ids[3], "failed", "undecodable", broken, jpeg, True),
    ]
    batch.media = [
        MediaRow(picture.sha256, "done", None, 1, "made 1", still().facts),
        MediaRow(broken.sha256, "failed", "undecodable", 1),
    ]
    batch.derivatives = [
        writer.add(NewDerivative(picture.sha256, "tile", still().tile)),
        writer.add(NewDerivative(picture.sha256, "thumbnail", still().thumbnail)),
    ]
    writer.sync()
    writer.close()
    ledger.append(batch)
