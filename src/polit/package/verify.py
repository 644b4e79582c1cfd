"""Verify a sealed package without any key: parts, rows, account, packs, signature."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import PackageDamaged, PolitError
from polit.model.manifest import Manifest
from polit.package import account
from polit.package.canonical_rows import rows_sha256
from polit.package.checks import Check
from polit.package.database import UNREADABLE, open_reader, read_schema, sealed_schema
from polit.package.layout import FORMAT, MANIFEST, PACKS, PARTS, SUPPLEMENTS
from polit.package.match_rows import check_matches, read_hash_sets
from polit.package.seal import digest_parts, parse_manifest, read_manifest_bytes
from polit.package.sealed_text import seal_flaw
from polit.package.supplement_verify import check_supplements


@dataclass(frozen=True, slots=True)
class Verification:
    """All checks of a package, in order, and who signed it.

    A package is sealed before its supplements and knows nothing of them: one that does not hold
    takes nothing from the package, and is not to be relied on itself.

    Args:
        manifest: What the package says of itself.
        checks: Of the package alone.
        supplement_checks: Of its supplements and their places; none where there are none.
        signer_sha256: The digest of the key that signed the package, empty for none.
    """

    manifest: Manifest
    checks: tuple[Check, ...]
    supplement_checks: tuple[Check, ...]
    signer_sha256: str

    @property
    def holds(self) -> bool:
        """Whether the package holds, whatever lies beside it."""
        return all(check.holds for check in self.checks)

    @property
    def all_checks(self) -> tuple[Check, ...]:
        """The checks of the package, then those of its supplements."""
        return *self.checks, *self.supplement_checks

    @property
    def all_hold(self) -> bool:
        """Whether the package holds, and every supplement too."""
        return all(check.holds for check in self.all_checks)


def verify_package(package: Path) -> Verification:
    """Check a sealed package and its supplements. A check that fails is told, not raised.

    Raises:
        SourceMissing: There is no sealed package.
        PackageDamaged: The manifest cannot be read at all.
    """
    untrusted_text = read_manifest_bytes(package)
    manifest = parse_manifest(untrusted_text)
    checks = (
        _check_format(manifest),
        _check_seal(manifest, untrusted_text),
        _check_files(package),
        _check_parts(package, manifest),
        *_check_rows(package, manifest),
    )
    key = manifest.signature.public_key if manifest.signature else ""
    signer = hashlib.sha256(bytes.fromhex(key)).hexdigest() if _is_hex(key) else ""
    supplement_checks = tuple(check_supplements(package, manifest))
    return Verification(manifest, checks, supplement_checks, signer)


def _check_format(manifest: Manifest) -> Check:
    return Check(
        "format",
        manifest.format == FORMAT,
        f"format {manifest.format}, this version reads {FORMAT}",
    )


def _check_seal(manifest: Manifest, untrusted_text: bytes) -> Check:
    flaw = seal_flaw(manifest, untrusted_text)
    return Check("seal", not flaw, flaw or "Ed25519 over the canonical manifest")


def _check_files(package: Path) -> Check:
    try:
        strange = sorted(_strange_files(package))
    except OSError as error:
        return Check("files", holds=False, detail=f"a folder cannot be listed: {error}")
    detail = f"no part of a package: {', '.join(strange)}" if strange else "parts and manifest only"
    return Check("files", not strange, detail)


def _strange_files(package: Path) -> Iterator[str]:
    files = {MANIFEST, *PARTS}
    folders = {str(Path(name).parent) for name in PACKS}
    for below in ("", *sorted(folders)):
        # A link in the folder's place is told where the folder above is listed.
        if below and (package / below).is_symlink():
            continue
        with os.scandir(package / below) as found:
            for entry in found:
                name = f"{below}/{entry.name}" if below else entry.name
                is_part = name in files and entry.is_file(follow_symlinks=False)
                is_place = name in {*folders, SUPPLEMENTS}
                if not is_part and not (is_place and entry.is_dir(follow_symlinks=False)):
                    yield name


def _check_parts(package: Path, manifest: Manifest) -> Check:
    try:
        parts = {part.path: part for part in digest_parts(package)}
    except PackageDamaged as error:
        return Check("parts", holds=False, detail=str(error))
    except OSError as error:
        return Check("parts", holds=False, detail=f"a part is missing: {error}")
    wrong = [part.path for part in manifest.parts if parts.get(part.path) != part]
    unknown = sorted(set(parts) - {part.path for part in manifest.parts})
    detail = f"altered: {', '.join(wrong + unknown)}" if wrong + unknown else f"{len(parts)} parts"
    return Check("parts", not wrong and not unknown, detail)


def _check_rows(package: Path, manifest: Manifest) -> Iterator[Check]:
    try:
        with closing(open_reader(package)) as connection:
            if read_schema(connection) != sealed_schema():
                # Nothing is asked of tables that are not ours: they may be views that lie.
                yield Check("schema", holds=False, detail="not the schema of this format")
                return
            yield Check("schema", holds=True, detail="the schema of this format")
            found = rows_sha256(connection)
            yield Check("rows", found == manifest.rows_sha256, f"rows_sha256 {found}")
            yield _check_account(connection, manifest)
            yield _check_matches(connection, manifest)
            yield _check_packs(connection, package)
    except (PolitError, OSError, *UNREADABLE) as error:
        yield Check("rows", holds=False, detail=str(error))


def _check_account(connection: sqlite3.Connection, manifest: Manifest) -> Check:
    tally = account.count_tally(connection)
    try:
        tally.check_balance()
    except PackageDamaged as error:
        return Check("account", holds=False, detail=str(error))
    same = (
        tally == manifest.tally
        and account.count_kinds(connection) == manifest.kinds
        and account.count_not_examined(connection) == manifest.not_examined
        and account.count_problems(connection) == manifest.problems
        and account.count_matches(connection) == manifest.matches
    )
    detail = f"{tally.entries} entries" if same else "the rows and the manifest count differently"
    return Check("account", same, detail)


def _check_matches(connection: sqlite3.Connection, manifest: Manifest) -> Check:
    stated = manifest.plan.get("near_threshold_bits")
    try:
        check_matches(connection, threshold_bits=stated if isinstance(stated, int) else 0)
        same = tuple(read_hash_sets(connection)) == manifest.hash_sets
    except PackageDamaged as error:
        return Check("matches", holds=False, detail=str(error))
    detail = f"{len(manifest.hash_sets)} hash sets" if same else "the manifest names other sets"
    return Check("matches", same, detail)


def _check_packs(connection: sqlite3.Connection, package: Path) -> Check:
    for pack, end in connection.execute(
        "SELECT pack, max(offset_bytes + stored_bytes) FROM derivatives GROUP BY pack"
    ):
        if pack not in PACKS:
            return Check("packs", holds=False, detail="rows name a file that is no pack")
        size = (package / pack).lstat().st_size
        if size != end:
            return Check("packs", holds=False, detail=f"{pack} has {size} bytes, rows name {end}")
    missing = connection.execute(
        "SELECT count(*) FROM media WHERE outcome = 'done' AND 2 <>"
        " (SELECT count(*) FROM derivatives d WHERE d.sha256 = media.sha256 AND d.story = 0)"
    ).fetchone()[0]
    return Check("packs", missing == 0, f"{missing} pictures without their derivatives")


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False
