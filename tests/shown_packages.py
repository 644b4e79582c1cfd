"""Packages of drawn landscapes below a broker's packages root, and the pages that show them."""

import json
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import brokers
import made_packages

from polit.broker.client import BrokerClient
from polit.examine.progress import SourceReport
from polit.examine.sealing import SealedRun, note_session, seal_package
from polit.examine.source import OpenedSource
from polit.model.manifest import IsolationFacts
from polit.model.media import Identification, MediaFacts, MediaKind, PixelBlock
from polit.package.derivatives import DerivativeWriter, NewDerivative
from polit.package.rows import MediaRow, ResultBatch, ResultRow
from polit.package.write import Ledger
from polit.sandbox.walking import WalkSource
from polit.store.keys import create_keys

PLACE = "T-1/AB%2F1.polit"


def digest_of(number: int) -> bytes:
    """Return the digest of a package's content."""
    return sha256(f"picture {number}".encode()).digest()


def thumbnail(seed: int, size: tuple[int, int] = (256, 192)) -> PixelBlock:
    """Return the pixels of a thumbnail of a landscape."""
    picture = brokers.upright(brokers.landscape(size, seed)).convert("RGB")
    return PixelBlock(*picture.size, 3, picture.tobytes())


def tile(seed: int) -> PixelBlock:
    """Return the pixels of a safe tile of a landscape."""
    picture = brokers.upright(brokers.landscape((24, 18), seed)).convert("L")
    return PixelBlock(*picture.size, 1, picture.tobytes())


def lay(made: brokers.Broker, count: int = 4, *, story: int = 0) -> Path:
    """Seal a package of pictures below the packages root; return its folder.

    Args:
        made: The installation.
        count: How many pictures; the last one does not decode and has none.
        story: How many key frames the first one has, as a video.
    """
    keys, place = create_keys(made.data), made.place / "making"
    package = place / "AB%2F1.polit"
    ledger = made_packages.begin(package, keys)
    fill(package, ledger, count, story=story)
    ledger.finish_volume(1)
    asked = made_packages.request(place, place / "image.dd")
    source = OpenedSource(WalkSource((), False, False), (), (), (), False)
    note_session(ledger, asked, source, IsolationFacts("full", 7, {"read": True}))
    report = SourceReport("raw", 1000, {}, {}, made_packages.digests(b"image"))
    seal_package(package, ledger, SealedRun(asked, source, report, keys))
    ledger.abandon()
    folder = made.data / "packages" / PLACE
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(package, folder)
    return folder


def fill(package: Path, ledger: Ledger, count: int, *, story: int = 0) -> None:
    """Write the names, results and pictures of so many contents."""
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    ids, _ = ledger.add_entries(root, [made_packages.row(f"{n}.jpg") for n in range(count)])
    ledger.finish_folder(root, problem=None)
    writer = DerivativeWriter(
        package, package_id=str(ledger.meta("package_id")), package_key=made_packages.PACKAGE_KEY
    )
    writer.cut({})
    batch = ResultBatch.empty()
    for number, entry_id in enumerate(ids):
        digests = made_packages.digests(f"picture {number}".encode())
        is_video = number == 0 and story > 0
        identified = Identification(
            "video/mp4" if is_video else "image/jpeg",
            MediaKind.VIDEO if is_video else MediaKind.STILL,
            "signature",
        )
        if number == count - 1:
            why = "undecodable"
            batch.results.append(ResultRow(entry_id, "failed", why, digests, identified, True))
            batch.media.append(MediaRow(digests.sha256, "failed", why, 1))
            continue
        batch.results.append(ResultRow(entry_id, "done", None, digests, identified, True))
        facts = MediaFacts(640, 480, duration_ms=9000 if is_video else None)
        batch.media.append(MediaRow(digests.sha256, "done", None, 1, "made 1", facts))
        batch.derivatives.append(writer.add(NewDerivative(digests.sha256, "tile", tile(number))))
        batch.derivatives.append(
            writer.add(NewDerivative(digests.sha256, "thumbnail", thumbnail(number)))
        )
        for place in range(1, 1 + story * is_video):
            at_ms = place * 500
            for role, pixels in (("tile", tile(place)), ("thumbnail", thumbnail(place * 3))):
                kept = NewDerivative(digests.sha256, role, pixels, place, at_ms)
                batch.derivatives.append(writer.add(kept))
    writer.sync()
    writer.close()
    ledger.append(batch)


def page(
    made: brokers.Broker,
    items: Sequence[tuple[str, bytes]],
    *,
    rung: str = "colour160",
    **changes: object,
) -> str:
    """Commit the event of a page; return its id."""
    details = {"rung": rung, "items": [{"package": p, "sha256": d.hex()} for p, d in items]}
    values = {
        "action": "pictures.page", "subject_kind": "contents", "details": json.dumps(details),
        **changes,
    }  # fmt: skip
    return made.event(str(values.pop("subject_id", len(items))), **values)


def adopted(client: BrokerClient) -> None:
    """Adopt the package under its case."""
    assert client.package_adopt(PLACE, case_reference="T-1").tile_key
