"""Erase the originals of a case: first its key, then the files that nothing opens any more."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from polit.base import faults
from polit.base.errors import SourceMissing, UsageError, VaultDamaged
from polit.store import vault_folder as place
from polit.store.case_keys import Erasure, case_name, destroy_case_key, erasure_of, has_case_key
from polit.store.vault import Vault

_MAX_REASON = 1000


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to.

    Args:
        record: When and why, as it is kept in the key store.
        files: How many files of the vault this call took away.
        left: Names of folders below the case's that are none of the vault's; they stay.
    """

    record: Erasure
    files: int
    left: tuple[str, ...]


def erase_case(vault: Vault, data_folder: Path, case: str, *, reason: str) -> Erased:
    """Destroy a case's key, then take its files out of a vault.

    Interrupted at any moment, it is called again and goes on. Files of the case in other vaults
    are unreadable from then on too; each is emptied by a call of its own.

    Raises:
        UsageError: There is no reason, or it is too long.
        SourceMissing: Neither this vault nor the key store knows the case.
        PackageBusy: The key is in use.
    """
    if not reason.strip() or len(reason) > _MAX_REASON or not reason.isprintable():
        raise UsageError(f"--reason: say in 1 to {_MAX_REASON} plain characters why")
    name = case_name(case)
    known = erasure_of(data_folder, case) is not None
    if not known and has_case_key(data_folder, case) and name not in vault.case_names():
        raise SourceMissing(
            f"{vault.path} holds no originals of case {case!r}: name the vault that does"
        )
    record = destroy_case_key(data_folder, case, reason=reason)
    files, left = _take_files(vault, name)
    return Erased(record, files, left)


def _take_files(vault: Vault, name: str) -> tuple[int, tuple[str, ...]]:
    try:
        with vault.cases() as cases:
            files, left = _empty_case(cases, name)
            if not left:
                with contextlib.suppress(FileNotFoundError):
                    os.rmdir(name, dir_fd=cases)
            faults.reach("vault.erased")
            place.sync_folder(cases)
            return files, left
    except FileNotFoundError:
        return 0, ()


def _empty_case(cases: int, name: str) -> tuple[int, tuple[str, ...]]:
    try:
        with place.folder_of(name, within=cases) as folder:
            files = place.clear_folder(folder)
            for below in place.names_in(folder):
                with contextlib.suppress(VaultDamaged, FileNotFoundError):
                    files += _empty_shelf(folder, below)
            return files, tuple(place.names_in(folder))
    except FileNotFoundError:
        return 0, ()


def _empty_shelf(folder: int, name: str) -> int:
    with place.folder_of(name, within=folder) as shelf:
        files = place.clear_folder(shelf)
        place.sync_folder(shelf)
    with contextlib.suppress(OSError):
        os.rmdir(name, dir_fd=folder)
    return files
