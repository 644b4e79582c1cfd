"""What this installation found already when it matched a package: nothing is said twice."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from polit.base.errors import PackageDamaged
from polit.examine.plan import Plan
from polit.examine.sets_in_use import KEYS_OFF
from polit.model.manifest import Manifest
from polit.model.matching import HashSetFacts
from polit.model.supplement import MatchTally, SupplementManifest
from polit.package import supplement_rows
from polit.package.match_rows import read_hash_sets
from polit.package.sealed_text import seal_flaw
from polit.package.supplement import (
    parse_supplement,
    read_supplement_bytes,
    supplement_folder,
    supplement_numbers,
)
from polit.package.supplement_write import SupplementTerms


@dataclass(frozen=True, slots=True)
class Said:
    """What matching with the same sets, under the same terms, came to before.

    Args:
        supplement: The number of the supplement that says so, 0 for the package itself.
        polit: With what version of polit it was matched.
        rows_sha256: The digest of its sets and matches.
        tally: What it came to.
    """

    supplement: int
    polit: str
    rows_sha256: str
    tally: MatchTally


@dataclass(frozen=True, slots=True)
class SealedPackage:
    """A sealed package that is matched: its folder, its manifest, its open rows."""

    folder: Path
    manifest: Manifest
    findings: sqlite3.Connection


def said_last(package: SealedPackage, asked: SupplementTerms, public_key: bytes) -> Said | None:
    """Return what the latest source found, where it asked the same sets under the same terms.

    The latest alone: with another one since, what is known today is not what an earlier one said.
    And only what this installation sealed counts: another's supplement that claims to have found
    nothing must not keep this one from looking.

    Args:
        package: The package; its seal holds.
        asked: With what it is to be matched now.
        public_key: This installation's, 32 raw bytes.

    Returns:
        ``None`` where it asked others, or another installation sealed it.
    """
    signer = public_key.hex()
    numbers = supplement_numbers(package.folder)
    if not numbers:
        is_ours = _signer(package.manifest) == signer
        is_said = is_ours and _is_same_for_package(package, asked)
        return _said_by_package(package) if is_said else None
    text = read_supplement_bytes(supplement_folder(package.folder, numbers[-1]))
    told = parse_supplement(text)
    is_ours = _signer(told) == signer and not seal_flaw(told, text)
    if not is_ours or not _is_same(package.manifest, told, asked):
        return None
    return Said(numbers[-1], told.versions.get("polit", ""), told.rows_sha256, told.tally)


def _signer(sealed: Manifest | SupplementManifest) -> str:
    return sealed.signature.public_key if sealed.signature else ""


def _is_same(manifest: Manifest, told: SupplementManifest, asked: SupplementTerms) -> bool:
    return (
        (told.package_id, told.package_rows_sha256) == (manifest.package_id, manifest.rows_sha256)
        and (told.terms, told.disabled_sha256) == (asked.terms, asked.disabled_sha256)
        and _digests(told.sets) == _digests(asked.sets)
        # Asked by their names they would only add what is said already.
        and (told.all_sets or not asked.all_sets)
    )


def _is_same_for_package(package: SealedPackage, asked: SupplementTerms) -> bool:
    try:
        terms = msgspec.convert(package.manifest.plan, Plan).match_terms
        sets = read_hash_sets(package.findings)
    except (msgspec.MsgspecError, PackageDamaged):
        return False
    keys_off = package.findings.execute("SELECT value FROM meta WHERE key = ?", (KEYS_OFF,))
    return (terms, (keys_off.fetchone() or ("",))[0]) == (
        asked.terms,
        asked.disabled_sha256,
    ) and _digests(sets) == _digests(asked.sets)


def _said_by_package(package: SealedPackage) -> Said:
    findings = package.findings
    return Said(
        0,
        package.manifest.versions.get("polit", ""),
        supplement_rows.rows_sha256(findings),
        supplement_rows.count_tally(findings, supplement_rows.count_asked(findings)),
    )


def _digests(sets: Iterable[HashSetFacts]) -> list[str]:
    return [one.sha256 for one in sets]
