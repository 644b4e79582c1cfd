"""The originals of an examination: where they are kept, and the account of which are."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from polit.base.canonical import canonical_json
from polit.base.errors import PackageDamaged, StorageFull, UsageError, VaultDamaged
from polit.package.database import open_reader
from polit.store.case_keys import case_name, check_not_erased, has_case_key, take_case_key
from polit.store.keys import Keys
from polit.store.vault import CaseVault, Vault, fill_case, make_vault

META = "originals"
"""Where a package's meta texts say how many originals went into a vault."""

_CONTENTS = """
SELECT r.sha256, min(r.mime), max(r.kind), max(e.size_bytes), min(coalesce(r.reason, '')),
       max(coalesce(m.flaws, ''))
FROM results r JOIN entries e USING (entry_id) LEFT JOIN media m ON m.sha256 = r.sha256
WHERE r.kind IN ('still', 'video') AND r.sha256 IS NOT NULL
  AND coalesce(r.reason, '') <> 'known_good'
GROUP BY r.sha256 ORDER BY r.sha256
"""


@dataclass(frozen=True, slots=True)
class Originals:
    """An open vault, ready to keep the originals of one case."""

    vault_id: str
    case: CaseVault


@dataclass(frozen=True, slots=True)
class OriginalsCount:
    """How many of a package's pictures and videos a vault keeps.

    Args:
        contents: Contents that were identified as a picture or video and have a digest.
        kept: How many of them are in the vault.
    """

    contents: int
    kept: int


@dataclass(frozen=True, slots=True)
class Unkept:
    """A picture or video whose original is not in the vault, and why, as far as known."""

    sha256: str
    mime: str
    size_bytes: int
    why: str


@contextmanager
def open_originals(vault: Path, case: str, *, data_folder: Path, keys: Keys) -> Iterator[Originals]:
    """Open a vault for a block that keeps originals; make it, and the case's key, if need be.

    Raises:
        UsageError: The folder is something else, or the case's originals were erased.
        VaultDamaged: The vault holds this case under a key that is not here.
        StorageFull: There is no room.
    """
    with ExitStack() as stack:
        opened = stack.enter_context(make_vault(vault))
        _check_key_is_here(opened, case, data_folder)
        key = take_case_key(data_folder, keys, case)
        stack.callback(key.close)
        case_vault = stack.enter_context(fill_case(opened, key))
        key.share()
        yield Originals(opened.vault_id, case_vault)


def check_keepable(vault: Path, case: str, *, data_folder: Path) -> None:
    """Refuse a vault that cannot keep a case's originals, before a package is begun.

    Raises:
        UsageError: The folder is something else, or the case's originals were erased.
        VaultDamaged: The vault holds this case under a key that is not here.
    """
    # Where there is no room, the run waits for it.
    with suppress(StorageFull), make_vault(vault) as opened:
        _check_key_is_here(opened, case, data_folder)


def _check_key_is_here(vault: Vault, case: str, data_folder: Path) -> None:
    """Refuse to make a case's key where one was destroyed or lost."""
    check_not_erased(data_folder, case)
    if case_name(case) in vault.case_names() and not has_case_key(data_folder, case):
        raise VaultDamaged(
            f"{vault.path} holds originals of case {case!r}, but their key is not in "
            f"{data_folder / 'keys' / 'cases'}: restore it from a copy, or name another vault"
        )


def check_apart(vault: Path, package: Path) -> None:
    """Refuse a vault that lies in the package, or the other way round.

    Raises:
        UsageError: They do.
    """
    one, other = vault.absolute().resolve(), package.absolute().resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise UsageError(f"the vault {vault} and the package {package} lie in each other")


def count_originals(connection: sqlite3.Connection, case: CaseVault) -> OriginalsCount:
    """Count which of a package's pictures and videos are kept: looked up, not remembered."""
    contents = kept = 0
    for sha256, *_ in connection.execute(_CONTENTS):
        contents += 1
        kept += case.has(sha256)
    return OriginalsCount(contents, kept)


def list_unkept(connection: sqlite3.Connection, case: CaseVault) -> Iterator[Unkept]:
    """Yield a package's pictures and videos that are not kept, by their digests."""
    for sha256, mime, kind, size_bytes, reason, flaws in connection.execute(_CONTENTS):
        if not case.has(sha256):
            yield Unkept(sha256.hex(), mime, size_bytes, _why(kind, reason, flaws))


def originals_text(count: OriginalsCount) -> str:
    """Return what a package's meta texts say of its originals."""
    return canonical_json(msgspec.to_builtins(count)).decode()


def read_originals(package: Path) -> OriginalsCount | None:
    """Return what a package says of its originals, ``None`` where none went into a vault.

    Raises:
        PackageDamaged: It says nonsense.
    """
    with closing(open_reader(package)) as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (META,)).fetchone()
    try:
        return None if row is None else msgspec.json.decode(row[0], type=OriginalsCount)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise PackageDamaged(f"{package} says nonsense of its originals") from error


def _why(kind: str, reason: str, flaws: str) -> str:
    if reason == "too_large":
        return "larger than the plan allows"
    if kind == "video" and "beyond_limit" in flaws.split(","):
        return "larger than the plan allows: held in part"
    return "not held for decoding: its type is not decoded, or the plan leaves it out"
