"""Verify what a vault holds of a case: every original is opened in full and its digest compared."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from polit.base.errors import VaultDamaged
from polit.store import vault_folder as place
from polit.store.vault import KEPT, ORIGINAL_NAME, SHELVES, CaseVault, Vault

_IN_ROOT = frozenset({"vault.json", "cases", "lost+found"})
_OURS = frozenset({"check", "new", *SHELVES})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Args:
        kind: ``damaged``, ``missing`` or ``foreign``.
        name: Its place below the case's folder.
        detail: What is wrong, in words.
    """

    kind: str
    name: str
    detail: str


@dataclass(slots=True)
class CaseVerified:
    """What verifying the originals of a case came to.

    Args:
        originals: How many hold.
        size_bytes: Their content, in bytes.
        unlisted: Of these, how many their shelf's list does not name (a power cut may do that).
        unfinished: Leftovers of kills, or what another process is writing now.
        findings: All that is wrong.
    """

    originals: int = 0
    size_bytes: int = 0
    unlisted: int = 0
    unfinished: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


Watch = Callable[[CaseVerified], None]
"""Called after each original."""


def verify_case(case: CaseVault, watch: Watch) -> CaseVerified:
    """Open every original of a case and compare its digest; nothing is written."""
    found = CaseVerified()
    for name in place.names_in(case.folder):
        if name not in _OURS:
            found.findings.append(Finding("foreign", _text(name), "none of the vault's"))
    _verify_new(case, found)
    for shelf_name in SHELVES:
        _verify_shelf(case, shelf_name, found, watch)
    return found


def _verify_new(case: CaseVault, found: CaseVerified) -> None:
    try:
        with place.folder_of("new", within=case.folder) as new:
            found.unfinished = len(place.names_in(new))
    except (FileNotFoundError, VaultDamaged):
        found.findings.append(Finding("damaged", "new", "no folder"))


def _verify_shelf(case: CaseVault, shelf_name: str, found: CaseVerified, watch: Watch) -> None:
    try:
        with place.folder_of(shelf_name, within=case.folder) as shelf:
            there = set(place.names_in(shelf))
            listed = _listed(shelf, shelf_name, found)
    except (FileNotFoundError, VaultDamaged):
        found.findings.append(Finding("damaged", shelf_name, "no folder"))
        return
    for name in sorted(there - {KEPT}):
        if ORIGINAL_NAME.fullmatch(name) is None or not name.startswith(shelf_name):
            found.findings.append(
                Finding("foreign", f"{shelf_name}/{_text(name)}", "no original's name")
            )
            continue
        _verify_original(case, name, found)
        found.unlisted += name not in listed
        watch(found)
    for name in sorted(listed - there):
        found.findings.append(Finding("missing", f"{shelf_name}/{name}", "was kept, is gone"))


def _listed(shelf: int, shelf_name: str, found: CaseVerified) -> set[str]:
    try:
        return {record.hex() for record in place.records_of(KEPT, within=shelf)}
    except VaultDamaged as error:
        found.findings.append(Finding("damaged", f"{shelf_name}/{KEPT}", str(error)))
        return set()


def _verify_original(case: CaseVault, name: str, found: CaseVerified) -> None:
    try:
        with case.open_name(name) as opened:
            opened.check()
            found.originals += 1
            found.size_bytes += opened.original.size_bytes
    except FileNotFoundError:
        found.findings.append(Finding("missing", f"{name[:2]}/{name}", "it went while verifying"))
    except VaultDamaged as error:
        found.findings.append(Finding("damaged", f"{name[:2]}/{name}", str(error)))
    except OSError as error:
        # A failing disk is what a verification is for: the rest is still looked at.
        detail = f"the disk does not give it: {error.strerror}"
        found.findings.append(Finding("damaged", f"{name[:2]}/{name}", detail))


def _text(name: str) -> str:
    return os.fsencode(name).decode(errors="backslashreplace")


def strange_names(vault: Vault) -> list[str]:
    """Return what lies in a vault beside its own files and its cases' folders, as text.

    Raises:
        VaultDamaged: The folder of its cases is gone.
    """
    found = [name for name in place.names_in(vault.descriptor) if name not in _IN_ROOT]
    known = set(vault.case_names())
    try:
        with vault.cases() as cases:
            found += [f"cases/{name}" for name in place.names_in(cases) if name not in known]
    except FileNotFoundError as error:
        raise VaultDamaged(f"{vault.path} has no folder of cases: restore it") from error
    return [_text(name) for name in found]
