"""Verify the supplements of a package, without any key: each alone, and in their places."""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import PackageDamaged, PolitError
from polit.model.manifest import Manifest
from polit.model.supplement import SupplementManifest
from polit.package.checks import Check
from polit.package.database import UNREADABLE, open_reader, read_schema, sealed_schema
from polit.package.layout import MANIFEST, SUPPLEMENTS
from polit.package.supplement import (
    PARTS,
    UNFINISHED,
    Supplement,
    is_number,
    manifest_sha256,
    open_supplement,
    supplement_folder,
    supplement_numbers,
)
from polit.package.supplement_rows import Alerted, Asked, count_asked

_KNOWN_SQL = (
    # A damaged package may hold text there, which has no order among digests.
    "INSERT INTO temp.known SELECT DISTINCT sha256 FROM results WHERE typeof(sha256) = 'blob'"
    " ORDER BY sha256"
)
_MATCHED_SQL = "SELECT DISTINCT sha256 FROM matches ORDER BY sha256"


@contextmanager
def open_in_place(package: Path, manifest: Manifest, number: int) -> Iterator[Supplement]:
    """Open a supplement of a package, checked alone, and that it belongs where it lies.

    What only the package's rows can show is not checked: that its contents are there, and which
    of its alerts are new.

    Raises:
        SourceMissing: There is none.
        PackageDamaged: It does not hold, or was made for another place; the message says which.
        OSError: It cannot be read.
    """
    folder = supplement_folder(package, number)
    if folder.is_symlink():
        raise PackageDamaged("it is a link")
    with open_supplement(folder) as supplement:
        _check_place(_Place(package, manifest, number), supplement.manifest)
        yield supplement


def check_supplements(package: Path, manifest: Manifest) -> Iterator[Check]:
    """Yield a check of the folder and one of each supplement; none where there are none.

    A failure is told, not raised: what is looked at was written by others.
    """
    folder = package / SUPPLEMENTS
    if not folder.is_dir() or folder.is_symlink():
        # A link, or a file of that name, is told where the package's own names are.
        return
    try:
        numbers = supplement_numbers(package)
        yield _check_places(folder, numbers)
        with closing(open_reader(package)) as findings:
            yield from _check_each(package, manifest, findings, numbers)
    except (PolitError, OSError, *UNREADABLE) as error:
        yield Check("supplements", holds=False, detail=str(error))


def _check_each(
    package: Path, manifest: Manifest, findings: sqlite3.Connection, numbers: tuple[int, ...]
) -> Iterator[Check]:
    if read_schema(findings) != sealed_schema():
        raise PackageDamaged("the package has not the schema of this format")
    findings.execute("PRAGMA temp_store=FILE")
    findings.execute("CREATE TEMP TABLE known (sha256 BLOB PRIMARY KEY) WITHOUT ROWID")
    findings.execute(_KNOWN_SQL)
    with closing(Alerted()) as alerted:
        alerted.take_up(findings)
        for number in numbers:
            yield _check_one(_Place(package, manifest, number), findings, alerted)


def _check_places(folder: Path, numbers: tuple[int, ...]) -> Check:
    strange = sorted(_strange_names(folder))
    if strange:
        detail = f"{len(strange)} that are no supplement, such as {strange[0]!r}"
        return Check("supplements", holds=False, detail=detail)
    if numbers != tuple(range(1, len(numbers) + 1)):
        detail = f"{len(numbers)} supplements, and the last is number {numbers[-1]}"
        return Check("supplements", holds=False, detail=detail)
    left = " and one that was broken off, which counts for nothing"
    is_left = (folder / UNFINISHED).is_dir()
    return Check("supplements", holds=True, detail=f"{len(numbers)}{left if is_left else ''}")


def _strange_names(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as found:
        for entry in found:
            is_place = entry.name == UNFINISHED or is_number(entry.name)
            if not (is_place and entry.is_dir(follow_symlinks=False)):
                yield entry.name
    if (folder / UNFINISHED).is_dir():
        for path in (folder / UNFINISHED).iterdir():
            if path.name not in {MANIFEST, *PARTS} or path.is_symlink() or not path.is_file():
                yield f"{UNFINISHED}/{path.name}"


@dataclass(frozen=True, slots=True)
class _Place:
    package: Path
    manifest: Manifest
    number: int


def _check_one(place: _Place, findings: sqlite3.Connection, alerted: Alerted) -> Check:
    name = f"supplement {place.number}"
    try:
        with open_in_place(place.package, place.manifest, place.number) as supplement:
            _check_contents(findings, supplement)
            news = alerted.take_up(supplement.connection)
            if news != supplement.manifest.new_alerts:
                raise PackageDamaged(f"alerts: {news} are new, the manifest says otherwise")
            return Check(name, holds=True, detail=_detail(place, supplement.manifest))
    except (PolitError, OSError, *UNREADABLE) as error:
        return Check(name, holds=False, detail=str(error))


def _detail(place: _Place, told: SupplementManifest) -> str:
    signer = told.signature.public_key if told.signature else ""
    is_same = place.manifest.signature and place.manifest.signature.public_key == signer
    whose = "that of the package" if is_same else hashlib.sha256(bytes.fromhex(signer)).hexdigest()
    return (
        f"{len(told.sets)} sets, {told.tally.matched} contents matched, {told.new_alerts} new "
        f"alerts, signed by key {whose}"
    )


def _check_place(place: _Place, told: SupplementManifest) -> None:
    package = place.manifest
    if (told.package_id, told.package_rows_sha256) != (package.package_id, package.rows_sha256):
        raise PackageDamaged("package: it was made for another package")
    before = supplement_folder(place.package, place.number - 1)
    previous = manifest_sha256(before) if place.number > 1 else ""
    if (told.number, told.previous_sha256) != (place.number, previous):
        raise PackageDamaged("order: it was made to follow another supplement")


def _check_contents(findings: sqlite3.Connection, supplement: Supplement) -> None:
    known = (row[0] for row in findings.execute("SELECT sha256 FROM temp.known ORDER BY sha256"))
    matched = (row[0] for row in supplement.connection.execute(_MATCHED_SQL))
    missing = count_missing(matched, known)
    if missing:
        raise PackageDamaged(f"contents: {missing} that matched are not in the package")
    told = supplement.manifest.tally
    if Asked(told.contents, told.without_fingerprints) != count_asked(findings):
        raise PackageDamaged("contents: the package holds another number of them")


def count_missing(wanted: Iterable[bytes], known: Iterable[bytes]) -> int:
    """Count what is wanted and not known; both come in order, without repeats."""
    missing = 0
    rest = iter(wanted)
    next_wanted = next(rest, None)
    for value in known:
        while next_wanted is not None and next_wanted < value:
            missing += 1
            next_wanted = next(rest, None)
        if next_wanted == value:
            next_wanted = next(rest, None)
    while next_wanted is not None:
        missing += 1
        next_wanted = next(rest, None)
    return missing
