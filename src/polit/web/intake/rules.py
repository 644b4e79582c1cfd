"""What a package must hold to be taken into the record. No Django here."""

from dataclasses import dataclass

from polit.base.errors import PackageDamaged
from polit.model.manifest import Manifest
from polit.package.layout import FINDINGS, FORMAT
from polit.package.sealed_text import seal_flaw


@dataclass(frozen=True, slots=True)
class IntakeCheck:
    """One thing that was checked before a package was taken in."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a package is attached to, and why it may where it names something else.

    Args:
        case: The case's reference.
        exhibit: The exhibit's reference.
        mismatch_reason: Why a package that names another case or exhibit belongs here; empty
            where nobody confirmed that.
    """

    case: str
    exhibit: str
    mismatch_reason: str = ""


def names_other(manifest: Manifest, belonging: Belonging) -> bool:
    """Tell whether a package names another case or exhibit than it is attached to."""
    return (manifest.case, manifest.exhibit) != (belonging.case, belonging.exhibit)


def check_belonging(manifest: Manifest, belonging: Belonging) -> IntakeCheck:
    """Check that a package belongs to the case and exhibit that it is attached to."""
    if not names_other(manifest, belonging):
        return IntakeCheck("belongs", holds=True, detail="names this case and this exhibit")
    said = f"names case {manifest.case!r}, exhibit {manifest.exhibit!r}"
    if belonging.mismatch_reason.strip():
        return IntakeCheck("belongs", holds=True, detail=f"{said}; confirmed with a reason")
    return IntakeCheck(
        "belongs",
        holds=False,
        detail=f"{said}, but is attached to case {belonging.case!r}, exhibit"
        f" {belonging.exhibit!r}: attach it there, or confirm with a reason",
    )


def check_tally(manifest: Manifest) -> IntakeCheck:
    """Check that the account of a package balances."""
    try:
        manifest.tally.check_balance()
    except PackageDamaged as error:
        return IntakeCheck("tally", holds=False, detail=str(error))
    tally = manifest.tally
    return IntakeCheck(
        "tally",
        holds=True,
        detail=f"{tally.entries} entries = {tally.done} done + {tally.skipped} skipped"
        f" + {tally.failed} failed",
    )


def check_signed(manifest: Manifest, untrusted_text: bytes) -> IntakeCheck:
    """Check that the manifest as it was read here is what somebody signed, and nothing else."""
    if manifest.format != FORMAT:
        detail = f"format {manifest.format}, this version reads {FORMAT}"
        return IntakeCheck("manifest", holds=False, detail=detail)
    flaw = seal_flaw(manifest, untrusted_text)
    return IntakeCheck("manifest", holds=not flaw, detail=flaw or "Ed25519")


def check_same(name: str, found: object, expected: object) -> IntakeCheck:
    """Check that two readings of one thing agree."""
    detail = f"{found}" if found == expected else f"{found}, but {expected} was verified"
    return IntakeCheck(name, found == expected, detail)


def findings_sha256_of(manifest: Manifest) -> str:
    """Return the digest that a manifest states of the findings, empty where it states none."""
    return next((part.sha256 for part in manifest.parts if part.path == FINDINGS), "")
