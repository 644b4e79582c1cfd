"""The vault: originals of a case, encrypted under its key, each content once.

::

    DIR/vault.json                      format number and the vault's id
    DIR/cases/<case>/check              opens with the case's key
    DIR/cases/<case>/new/               what is being written; leftovers of a kill
    DIR/cases/<case>/<2 hex>/<64 hex>   an original (``polit.store.sealed_original``)
    DIR/cases/<case>/<2 hex>/kept       names that must be there, 32 bytes each

An original's name is an HMAC of its digest under a key of the case: two cases do not show that
they hold the same. There is no index: the file system is one, and it stays whole when two
examinations of a case fill it at a time.
"""

import fcntl
import hmac
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from polit.base.errors import (
    DigestMismatch,
    IntegrityError,
    SourceMissing,
    UsageError,
    VaultDamaged,
)
from polit.base.ids import new_uuid
from polit.store import vault_folder as place
from polit.store.case_keys import CaseKey, case_of, is_case_name
from polit.store.cipher import BlobCipher, KeyRole, derive_key
from polit.store.sealed_original import (
    Binding,
    Original,
    SealedOriginal,
    seal_original,
)

FORMAT = 1
_ABOUT, _CASES, _CHECK, _NEW, KEPT = "vault.json", "cases", "check", "new", "kept"
_LEFTOVER = re.compile(r"[0-9a-f]{32}|lost\+found")
"""What a kill while a vault was made may leave, and what a fresh disk holds."""
_MAX_ABOUT_BYTES = 4096
_CHECK_TEXT = b"polit vault"
SHELVES = tuple(f"{number:02x}" for number in range(256))
ORIGINAL_NAME = re.compile(r"[0-9a-f]{64}")


class About(msgspec.Struct, frozen=True):
    """What a vault says of itself."""

    format: int
    vault_id: str


class Vault:
    """A vault's folder, opened."""

    def __init__(self, path: Path, descriptor: int, about: About) -> None:
        """Take over the descriptor of its folder."""
        self.path = path
        self.descriptor = descriptor
        self.vault_id = about.vault_id

    def close(self) -> None:
        """Close it."""
        os.close(self.descriptor)

    def __enter__(self) -> "Vault":
        """Use it for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def case_names(self) -> list[str]:
        """Return the safe names of the cases in it, sorted."""
        try:
            with self.cases() as cases:
                names = [name for name in place.names_in(cases) if is_case_name(name)]
                return [name for name in names if place.is_folder(name, cases)]
        except FileNotFoundError:
            return []

    @contextmanager
    def cases(self) -> Iterator[int]:
        """Open the folder of its cases for a block.

        Raises:
            FileNotFoundError: It has none yet.
        """
        with place.folder_of(_CASES, within=self.descriptor) as cases:
            yield cases


def make_vault(path: Path) -> Vault:
    """Open a vault; make one where there is none, or an empty folder.

    Raises:
        UsageError: There is something else.
        VaultDamaged: It is none that this version reads.
        StorageFull: There is no room for it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"{path} is no folder: name a folder for the vault") from error
    descriptor = _open_root(path)
    try:
        # One process at a time: two that make it at once would give it two ids.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        about = _read_about(path, descriptor) or _begin(path, descriptor)
        place.make_folder(_CASES, within=descriptor)
        place.sync_folder(descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        return Vault(path, descriptor, about)
    except BaseException:
        os.close(descriptor)
        raise


def open_vault(path: Path) -> Vault:
    """Open a vault that is there.

    Raises:
        SourceMissing: There is none.
        VaultDamaged: It is none that this version reads.
    """
    if not path.is_dir():
        raise SourceMissing(f"{path}: there is no such folder")
    descriptor = _open_root(path)
    try:
        about = _read_about(path, descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    if about is None:
        os.close(descriptor)
        raise SourceMissing(f"{path} is no vault: it has no {_ABOUT}")
    return Vault(path, descriptor, about)


def _open_root(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _begin(path: Path, descriptor: int) -> About:
    if any(not _LEFTOVER.fullmatch(name) for name in place.names_in(descriptor)):
        raise UsageError(f"{path} is no vault, and not empty: name a folder of its own")
    about = About(FORMAT, new_uuid())
    text = msgspec.json.encode(about) + b"\n"
    place.put_file(_ABOUT, iter([text]), within=descriptor, new=descriptor)
    return about


def _read_about(path: Path, descriptor: int) -> About | None:
    try:
        with place.file_of(_ABOUT, within=descriptor) as file:
            about = msgspec.json.decode(os.pread(file, _MAX_ABOUT_BYTES, 0), type=About)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise VaultDamaged(f"{path / _ABOUT} is damaged: restore it from a copy") from error
    if about.format != FORMAT:
        raise VaultDamaged(
            f"{path} is a vault of format {about.format}; this version reads format {FORMAT}"
        )
    return about


class CaseVault:
    """The originals of one case in one vault."""

    def __init__(self, folder: int, key: CaseKey) -> None:
        """Take over the descriptor of the case's folder; ``fill_case`` and ``read_case`` do."""
        self._folder = folder
        self._key = key
        self._names = derive_key(key.secret, KeyRole.VAULT_NAMES)

    def close(self) -> None:
        """Close it; the key stays the caller's."""
        os.close(self._folder)

    def __enter__(self) -> "CaseVault":
        """Use it for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def folder(self) -> int:
        """The descriptor of the case's folder."""
        return self._folder

    def name_of(self, sha256: bytes) -> str:
        """Return the name that a content has in this case."""
        return hmac.digest(self._names, sha256, "sha256").hex()

    def keep(self, sha256: bytes, mime: str, descriptor: int, size_bytes: int) -> bool:
        """Keep a content; it is durable when this returns True.

        What is there under its name but does not open is replaced.

        Args:
            sha256: The content's digest; it is checked.
            mime: What the content was identified as.
            descriptor: Where its bytes are, from offset 0.
            size_bytes: Their number.

        Returns:
            False when it was kept already, or when the bytes are not those of the digest.

        Raises:
            StorageFull: There is no room; nothing was kept.
            VaultDamaged: Something that is none of the vault's is in the way.
        """
        name = self.name_of(sha256)
        with self._shelf(name[:2]) as shelf:
            is_new = not self._is_sound(shelf, name)
            if is_new:
                pieces = seal_original(
                    Original(sha256, size_bytes, mime), descriptor, self._binding(name)
                )
                try:
                    with place.folder_of(_NEW, within=self._folder) as new:
                        place.put_file(name, pieces, within=shelf, new=new)
                except DigestMismatch:
                    return False
            place.add_record(KEPT, bytes.fromhex(name), within=shelf)
        return is_new

    def has(self, sha256: bytes) -> bool:
        """Tell whether a content is kept: its file is there, and its header opens."""
        name = self.name_of(sha256)
        with self._shelf(name[:2]) as shelf:
            return self._is_sound(shelf, name)

    @contextmanager
    def open(self, sha256: bytes) -> Iterator[SealedOriginal]:
        """Open an original for a block.

        Raises:
            SourceMissing: It is not kept here.
            VaultDamaged: Its header does not open.
        """
        name = self.name_of(sha256)
        try:
            with self.open_name(name) as opened:
                yield opened
        except FileNotFoundError as error:
            raise SourceMissing("the vault keeps no such original of this case") from error
        except VaultDamaged as error:
            raise VaultDamaged(f"original {name[:2]}/{name} of this case: {error}") from error

    @contextmanager
    def open_name(self, name: str) -> Iterator[SealedOriginal]:
        """Open an original by its name in the vault, for a block.

        Raises:
            FileNotFoundError: There is none.
            VaultDamaged: Its header does not open.
        """
        with (
            self._shelf(name[:2]) as shelf,
            place.file_of(name, within=shelf) as file,
        ):
            yield SealedOriginal(file, self._binding(name))

    def names(self) -> Iterator[str]:
        """Yield the names of all originals, sorted."""
        for shelf_name in SHELVES:
            with self._shelf(shelf_name) as shelf:
                found = place.names_in(shelf)
            yield from filter(ORIGINAL_NAME.fullmatch, found)

    @contextmanager
    def _shelf(self, name: str) -> Iterator[int]:
        try:
            shelf = place.open_folder(name, within=self._folder)
        except FileNotFoundError as error:
            raise VaultDamaged(f"the folder {name} of a case in the vault is gone") from error
        try:
            yield shelf
        finally:
            os.close(shelf)

    def _is_sound(self, shelf: int, name: str) -> bool:
        try:
            with place.file_of(name, within=shelf) as file:
                SealedOriginal(file, self._binding(name))
        except (FileNotFoundError, VaultDamaged):
            return False
        return True

    def _binding(self, name: str) -> Binding:
        return Binding(self._key.secret, self._key.name, name)


def fill_case(vault: Vault, key: CaseKey) -> CaseVault:
    """Open a case's folder for keeping originals; make it with the first of them.

    Raises:
        VaultDamaged: It belongs to another key, or is none of the vault's.
        StorageFull: There is no room for it.
    """
    with vault.cases() as cases:
        place.make_folder(key.name, within=cases)
        place.sync_folder(cases)
        folder = place.open_folder(key.name, within=cases)
    try:
        if not _is_of_key(folder, key):
            _make_case(folder, key)
        place.make_folder(_NEW, within=folder)
        if key.is_alone:
            with place.folder_of(_NEW, within=folder) as new:
                place.clear_folder(new)
    except BaseException:
        os.close(folder)
        raise
    return CaseVault(folder, key)


def read_case(vault: Vault, key: CaseKey) -> CaseVault:
    """Open a case's folder for reading.

    Raises:
        SourceMissing: The vault holds nothing of this case.
        VaultDamaged: It belongs to another key, or is none of the vault's.
    """
    nothing = f"{vault.path} holds no originals of case {case_of(key.name)!r}"
    try:
        with vault.cases() as cases:
            folder = place.open_folder(key.name, within=cases)
    except FileNotFoundError as error:
        raise SourceMissing(nothing) from error
    try:
        is_made = _is_of_key(folder, key)
    except BaseException:
        os.close(folder)
        raise
    if not is_made:
        os.close(folder)
        raise SourceMissing(nothing)
    return CaseVault(folder, key)


def _make_case(folder: int, key: CaseKey) -> None:
    """Make every shelf at once: then each original needs its own folder's sync alone."""
    for name in (_NEW, *SHELVES):
        place.make_folder(name, within=folder)
    place.sync_folder(folder)
    sealed = BlobCipher(key.secret, KeyRole.VAULT).seal(_CHECK_TEXT, context=_context(key))
    with place.folder_of(_NEW, within=folder) as new:
        place.put_file(_CHECK, iter([sealed]), within=folder, new=new)


def _is_of_key(folder: int, key: CaseKey) -> bool:
    """Tell whether a case's folder was made whole.

    Raises:
        VaultDamaged: It was made under another key.
    """
    try:
        with place.file_of(_CHECK, within=folder) as file:
            sealed = os.pread(file, _MAX_ABOUT_BYTES, 0)
    except FileNotFoundError:
        return False
    try:
        BlobCipher(key.secret, KeyRole.VAULT).open(sealed, context=_context(key))
    except IntegrityError as error:
        raise VaultDamaged(
            f"the originals of case {case_of(key.name)!r} in this vault were kept under another "
            "key: name another folder for this installation's, or bring that key"
        ) from error
    return True


def _context(key: CaseKey) -> bytes:
    return f"{key.name}|check|vault|{FORMAT}".encode()
