"""A supplement of a package: what matching it again found, sealed beside the package.

``<package>/supplements/<n>/`` holds ``manifest.json`` and ``matches.sqlite``. Numbers count from
1 without gaps; each manifest names the digest of the manifest before it, so that one taken out of
the middle is missed. That the last ones are gone no reader of the package alone can tell.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import PackageDamaged, SourceMissing
from polit.model.matching import HashSetFacts, Match
from polit.model.supplement import SupplementManifest
from polit.package import sealed_text, supplement_rows
from polit.package.layout import MANIFEST, SUPPLEMENTS
from polit.package.match_rows import check_matches, read_hash_sets, read_matches

FORMAT = 1
MATCHES = "matches.sqlite"
UNFINISHED = ".new"
"""The folder in which the next supplement is made; what a kill leaves of it counts for nothing."""

PARTS = (MATCHES,)
_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_MAX_MANIFEST_BYTES = 8 << 20


def supplement_folder(package: Path, number: int) -> Path:
    """Return where a package keeps its supplement of a number."""
    return package / SUPPLEMENTS / str(number)


def supplement_numbers(package: Path) -> tuple[int, ...]:
    """Return the numbers of a package's supplements in order, whatever is in them."""
    folder = package / SUPPLEMENTS
    if folder.is_symlink() or not folder.is_dir():
        return ()
    return tuple(sorted(int(path.name) for path in folder.iterdir() if is_number(path.name)))


def is_number(name: str) -> bool:
    """Tell whether a name is one that a supplement's folder has."""
    return _NUMBER.fullmatch(name) is not None


def read_supplement_bytes(folder: Path) -> bytes:
    """Return the text of a supplement's manifest as it stands in the file.

    Raises:
        SourceMissing: There is none.
        PackageDamaged: It is no regular file, or longer than 8 MiB.
    """
    try:
        return sealed_text.read_text(folder / MANIFEST, most_bytes=_MAX_MANIFEST_BYTES)
    except OSError as error:
        raise SourceMissing(f"{folder} holds no supplement: {error.strerror}") from error


def parse_supplement(untrusted_text: bytes) -> SupplementManifest:
    """Parse a supplement's manifest. Its signature is not checked here.

    Raises:
        PackageDamaged: It is none of this layout.
    """
    return sealed_text.parse(untrusted_text, SupplementManifest)


def read_supplement(folder: Path) -> SupplementManifest:
    """Read a supplement's manifest. Its signature is not checked here.

    Raises:
        SourceMissing: There is none.
        PackageDamaged: It is none of this layout.
    """
    return parse_supplement(read_supplement_bytes(folder))


def manifest_sha256(folder: Path) -> str:
    """Return the digest of a supplement's manifest, by which the next one names it."""
    return hashlib.sha256(read_supplement_bytes(folder)).hexdigest()


def list_supplements(package: Path) -> list[SupplementManifest]:
    """Return the manifests of a package's supplements by number, unverified.

    Raises:
        SourceMissing: One has no manifest.
        PackageDamaged: One is no manifest.
    """
    return [
        read_supplement(supplement_folder(package, number))
        for number in supplement_numbers(package)
    ]


@dataclass(frozen=True, slots=True)
class Supplement:
    """A supplement whose seal, parts and rows hold, opened for reading.

    Whether it belongs to a package is for the caller to compare: ``manifest.package_id`` and
    ``manifest.package_rows_sha256``.
    """

    manifest: SupplementManifest
    connection: sqlite3.Connection

    @property
    def hash_sets(self) -> tuple[HashSetFacts, ...]:
        """The sets that it was matched with, by their digests; the rows say the same."""
        return self.manifest.sets

    def matches(self) -> Iterator[Match]:
        """Yield its matches by content, set, record; each content is one of the package's."""
        return read_matches(self.connection)


@contextmanager
def open_supplement(folder: Path) -> Iterator[Supplement]:
    """Open a supplement on its own, checking all that it can show without its package.

    Raises:
        SourceMissing: There is none.
        PackageDamaged: Its format, seal, parts, schema or rows do not hold; the message says
            which.
    """
    untrusted_text = read_supplement_bytes(folder)
    manifest = parse_supplement(untrusted_text)
    if manifest.format != FORMAT:
        raise PackageDamaged(f"format {manifest.format}, this version reads {FORMAT}")
    if flaw := sealed_text.seal_flaw(manifest, untrusted_text):
        raise PackageDamaged(f"seal: {flaw}")
    _check_files(folder, manifest)
    with supplement_rows.open_rows(folder / MATCHES) as connection:
        _check_rows(connection, manifest)
        yield Supplement(manifest, connection)


def _check_files(folder: Path, manifest: SupplementManifest) -> None:
    strange = sorted({path.name for path in folder.iterdir()} - {MANIFEST, *PARTS})
    if strange:
        raise PackageDamaged(f"files: {len(strange)} that are no part, such as {strange[0]!r}")
    sizes = {name: (folder / name).lstat().st_size for name in PARTS if (folder / name).exists()}
    if sizes != {part.path: part.size_bytes for part in manifest.parts}:
        raise PackageDamaged("parts: missing, or not of the size that was sealed")
    if sealed_text.digest_files(folder, PARTS) != manifest.parts:
        raise PackageDamaged("parts: altered")


def _check_rows(connection: sqlite3.Connection, manifest: SupplementManifest) -> None:
    supplement_rows.check_sound(connection)
    found = supplement_rows.rows_sha256(connection)
    if found != manifest.rows_sha256:
        raise PackageDamaged(f"rows: rows_sha256 {found} is not the one that was sealed")
    if dict(connection.execute("SELECT key, value FROM meta")) != meta_of(manifest):
        raise PackageDamaged("rows: they name another package or number")
    if tuple(read_hash_sets(connection)) != manifest.sets:
        raise PackageDamaged("sets: the rows and the manifest name others")
    check_matches(connection, threshold_bits=manifest.terms.near_threshold_bits)
    stated = manifest.tally
    asked = supplement_rows.Asked(stated.contents, stated.without_fingerprints)
    if supplement_rows.count_tally(connection, asked) != stated:
        raise PackageDamaged("tally: the rows and the manifest count differently")


def meta_of(manifest: SupplementManifest) -> dict[str, str]:
    """Return the texts by which the rows themselves say what they belong to."""
    return {
        "format": str(manifest.format),
        "number": str(manifest.number),
        "package_id": manifest.package_id,
        "package_rows_sha256": manifest.package_rows_sha256,
    }
