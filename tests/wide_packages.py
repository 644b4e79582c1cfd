"""Makes sealed packages of very many entries, fast: the rows are written, not examined.

``python -m wide_packages FOLDER [ENTRIES [FOLDERS]]`` makes one by hand. One in a hundred is a
picture with its tile, one in ten is deleted, one in fifty failed, one in ninety bears a wrong
extension, one in a thousand is held inside another, three in ten are known good by a hash set, and
one in ten thousand alerts.
"""

import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from made_packages import PACKAGE_KEY, MadePackage, begin, digests, request

from polit.base.digests import Digests
from polit.examine.progress import SourceReport
from polit.examine.sealing import SealedRun, note_session, seal_package
from polit.examine.source import OpenedSource
from polit.model.evidence import (
    Address,
    ContentState,
    EntryState,
    EntryTimes,
    EntryType,
    FoundEntry,
)
from polit.model.manifest import IsolationFacts
from polit.model.matching import HashSetFacts, Match, SetStatus
from polit.model.media import Identification, MediaFacts, MediaKind, PerceptualHash, PixelBlock
from polit.package.derivatives import DerivativeWriter, NewDerivative
from polit.package.layout import FORMAT
from polit.package.match_rows import add_hash_sets, add_matches
from polit.package.rows import (
    EmbeddedRow,
    EntryRow,
    FolderRow,
    HolderGroup,
    MediaRow,
    ReadRow,
    ResultBatch,
    ResultRow,
)
from polit.package.write import Ledger
from polit.sandbox.walking import WalkSource
from polit.store.keys import Keys, create_keys

_JPEG = Identification("image/jpeg", MediaKind.STILL, "signature")
_PLAIN = Identification("text/plain", MediaKind.DOCUMENT, "text")
_BYTES = Identification("application/octet-stream", MediaKind.OTHER, "libmagic")
_ZIP = Identification("application/zip", MediaKind.ARCHIVE, "signature")
DULL, SOUGHT = (
    HashSetFacts(
        hashlib.sha256(name.encode()).hexdigest(), name, status, "", "A provider", "", "1", "plain",
        hashlib.sha256(b"file").hexdigest(), 1 << 30, {"sha256": 1 << 30},
    )
    for name, status in (("Dull files", SetStatus.KNOWN_GOOD), ("Sought files", SetStatus.ALERT))
)  # fmt: skip
_YEAR_NS = 365 * 24 * 3600 * 10**9
_THUMBNAIL = PixelBlock(16, 12, 3, bytes(16 * 12 * 3))


@dataclass(frozen=True, slots=True)
class Shape:
    """How many entries in how many folders."""

    entries: int = 1_000_000
    folders: int = 1_000


def wide_package(folder: Path, shape: Shape) -> MadePackage:
    """Make and seal a package below ``folder``, with keys in ``folder/data``."""
    keys = create_keys(folder / "data")
    package = folder / "AB%2F1.polit"
    ledger = begin(package, keys)
    ledger.connection.execute("PRAGMA synchronous=OFF")
    writer = DerivativeWriter(
        package, package_id=str(ledger.meta("package_id")), package_key=PACKAGE_KEY
    )
    writer.cut({})
    (root,) = ledger.pending_folders()
    below = _folders(ledger, root, shape.folders)
    add_hash_sets(ledger.connection, (DULL, SOUGHT))
    each, number = (shape.entries - shape.folders) // shape.folders, 0
    for place, inner in enumerate(below):
        rest = shape.entries - shape.folders - each * shape.folders if place == 0 else 0
        _fill(ledger, writer, inner, range(number, number + each + rest))
        number += each + rest
    writer.sync()
    writer.close()
    ledger.finish_volume(1)
    return _sealed(folder, package, ledger, keys)


def _folders(ledger: Ledger, root: FolderRow, count: int) -> list[FolderRow]:
    ledger.begin_folder(root.folder_id)
    rows = [
        _row(root, f"folder {number:05}", entry_type=EntryType.FOLDER, content=ContentState.NONE)
        for number in range(count)
    ]
    _, below = ledger.add_entries(root, rows)
    ledger.finish_folder(root, problem=None)
    return below


def _row(folder: FolderRow, name: str, **changes: object) -> EntryRow:
    raw = name.encode()
    values: dict[str, object] = {
        "raw_name": raw, "entry_type": EntryType.FILE, "state": EntryState.LIVE,
        "content": ContentState.READABLE, "address": Address(folder.path + b"/" + raw),
        "record": "7-1", "size_bytes": 900, **changes,
    }  # fmt: skip
    path = f"{folder.path.decode()}/{name}" if folder.path else name
    found = FoundEntry(**values)  # type: ignore[arg-type]
    return EntryRow(found, f"volume:0@0;fat16:/{path};record:7-1", path, 2)


def _fill(ledger: Ledger, writer: DerivativeWriter, folder: FolderRow, numbers: range) -> None:
    inside = [number for number in numbers if number % 1000 == 999]
    own = [number for number in numbers if number % 1000 != 999]
    ledger.begin_folder(folder.folder_id)
    rows = [_entry(folder, number) for number in own]
    ids, _ = ledger.add_entries(folder, rows)
    ledger.finish_folder(folder, problem=None)
    batch = ResultBatch.empty()
    for number, entry_id in zip(own, ids, strict=True):
        _settle(batch, writer, number, entry_id)
    add_matches(ledger.connection, filter(None, map(_match, own)))
    if inside:
        batch.groups = [_group(rows[0], ids[0], folder, inside)]
        batch.results[0] = ResultRow(ids[0], "done", None, _digests(own[0]), _ZIP, True)
    ledger.append(batch)


def _entry(folder: FolderRow, number: int) -> EntryRow:
    state = EntryState.DELETED if number % 10 == 3 else EntryState.LIVE
    times = EntryTimes(modified_ns=40 * _YEAR_NS + number * 400 * 10**12 % (10 * _YEAR_NS))
    suffix = "jpg" if number % 100 == 5 else "txt"
    return _row(folder, f"document {number:08}.{suffix}", state=state, times=times)


def _digests(number: int) -> Digests:
    seed = hashlib.sha256(str(number // 20 if number % 20 == 19 else number).encode()).digest()
    return Digests(900, seed[:16], seed[:20], seed)


def _settle(batch: ResultBatch, writer: DerivativeWriter, number: int, entry_id: int) -> None:
    found = _digests(number)
    if number % 100 == 5:
        batch.results.append(ResultRow(entry_id, "done", None, found, _JPEG, True))
        _add_picture(batch, writer, number, found.sha256)
    elif number % 50 == 7:
        batch.results.append(ResultRow(entry_id, "failed", "unreadable", found, _PLAIN))
    else:
        kind = _PLAIN if number % 3 else _BYTES
        batch.results.append(ResultRow(entry_id, "done", None, found, kind, number % 90 != 0))


def _match(number: int) -> Match | None:
    """Return what a hash set says of an entry's content, if any does."""
    if number % 10_000 == 5:
        facts, asserted, alerts = SOUGHT, SetStatus.ALERT.value, True
    elif number % 10 < 3:
        facts, asserted, alerts = DULL, SetStatus.KNOWN_GOOD.value, False
    else:
        return None
    sha256 = _digests(number).sha256
    return Match(sha256, facts.sha256, number, "sha256", "", 0, 0, asserted, alerts, not alerts)


def _add_picture(batch: ResultBatch, writer: DerivativeWriter, number: int, sha256: bytes) -> None:
    grey = bytes((x * 9 + y * 5 + number) % 256 for y in range(18) for x in range(24))
    facts = MediaFacts(640, 480, make="Example", model=f"Model {number % 7}")
    value = hashlib.sha256(sha256).digest()
    hashes = (PerceptualHash("pdq", "full", value, 90),)
    batch.media.append(MediaRow(sha256, "done", None, 1, "made 1", facts, hashes))
    tile = PixelBlock(24, 18, 1, grey)
    batch.derivatives.append(writer.add(NewDerivative(sha256, "tile", tile)))
    batch.derivatives.append(writer.add(NewDerivative(sha256, "thumbnail", _THUMBNAIL)))


def _group(holder: EntryRow, entry_id: int, folder: FolderRow, inside: list[int]) -> HolderGroup:
    read = ReadRow(entry_id, folder.volume_id, holder.locator, holder.found.raw_name,
                   holder.found.address, 900, holder.path, "live", False)  # fmt: skip
    rows = tuple(
        EmbeddedRow(f"{holder.locator};zip:{number}.txt", f"{holder.path}/{number}.txt",
                    f"{number}.txt".encode(), 900, None,
                    ResultRow(0, "done", None, _digests(number), _PLAIN, True))
        for number in inside
    )  # fmt: skip
    return HolderGroup(read, len(rows), (("encrypted", ""),), rows)


def _sealed(folder: Path, package: Path, ledger: Ledger, keys: Keys) -> MadePackage:
    asked = request(folder, folder / "image.dd")
    source = OpenedSource(WalkSource((), False, False), (), (), (), False)
    note_session(ledger, asked, source, IsolationFacts("full", 7, {"read": True}))
    report = SourceReport("raw", 1000, {}, {}, digests(b"image"))
    run = SealedRun(request=asked, source=source, report=report, keys=keys)
    manifest = seal_package(package, ledger, run)
    ledger.abandon()
    return MadePackage(package, keys, manifest)


def cached(shape: Shape) -> Path:
    """Return the folder of such a package and its keys, made once for this user and these sizes."""
    name = f"wide-{FORMAT}-{os.geteuid()}-{shape.entries}-{shape.folders}"
    place = Path(tempfile.gettempdir()) / name
    if not place.exists():
        unfinished = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        wide_package(unfinished, shape)
        unfinished.rename(place)
    return place


if __name__ == "__main__":
    made = wide_package(Path(sys.argv[1]), Shape(*map(int, sys.argv[2:])))
    print(made.folder, made.manifest.rows_sha256)
