"""Signed offline updates: verify a provider's folder of hash sets, then import it; and sign one.

Everything is compared before the first import. Interrupted, the same command goes on.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polit.base.clock import instant_text, now_utc
from polit.base.digests import file_sha256
from polit.base.errors import HashSetDamaged, UsageError
from polit.match.hashsets import HashSets, StoredSet
from polit.match.importing import ImportProgress, ImportTerms, import_set
from polit.match.providers import Provider
from polit.match.switches import Act, Change, change_add, changes_read
from polit.match.update_manifest import (
    LAYOUT,
    MANIFEST,
    UpdateFile,
    UpdateManifest,
    UpdateRemoval,
    check_files,
    open_inside,
    read_update,
    render_update,
    sign_update,
)
from polit.model.matching import SetStatus
from polit.store.room import needs_room

_CLOCKS_APART = timedelta(days=1)
"""How far a provider's clock may be ahead of this one."""
DRAFT = "update.json"
"""What a provider writes of each file before signing; without it all files are alike."""


@dataclass(frozen=True, slots=True)
class UpdateApplied:
    """What an update came to: sets that were imported, that were there, and names removed."""

    provider: str
    issued_at: str
    imported: tuple[StoredSet, ...]
    present: tuple[StoredSet, ...]
    removed: tuple[str, ...]


class DraftFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file of a draft: an ``UpdateFile`` without what signing finds out by itself."""

    path: str
    name: str
    format: str = "auto"
    status: SetStatus
    scheme: str = ""
    jurisdiction: str = ""
    version: str = ""
    supersedes: tuple[str, ...] = ()


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a provider means to send."""

    files: tuple[DraftFile, ...] = ()
    removes: tuple[UpdateRemoval, ...] = ()


def update_apply(
    store: HashSets,
    folder: Path,
    trusted: tuple[Provider, ...],
    *,
    by: str,
    watch: Callable[[ImportProgress], None] = lambda _: None,
) -> UpdateApplied:
    """Verify an update wholly, then import its files and remove what it removes.

    Args:
        store: Where the sets go.
        folder: The update.
        trusted: Whose updates this installation trusts.
        by: Who applies it.
        watch: Told how far the imports are.

    Raises:
        SourceMissing: It is no update.
        HashSetDamaged: The signature does not hold or is not trusted, a file is another one, or
            it would take away what another provider gave; nothing was imported.
        UsageError: A later update of the same provider has been applied, or it is from a time to
            come.
    """
    manifest = read_update(folder, trusted)
    _check_age(store, manifest)
    _check_own(store, manifest)
    check_files(folder, manifest, lambda _: watch(ImportProgress("digesting", 0, 0)))
    before = {each.sha256 for each in store.listed()}
    made = [_import(store, folder, manifest, each, by=by, watch=watch) for each in manifest.files]
    removed = [name for each in manifest.removes for name in _remove(store, manifest, each, by)]
    about = Change("", "", Act.UPDATE, "", set_name=manifest.provider)
    store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    change_add(store.folder, Act.UPDATE, by=by, reason=manifest.issued_at, about=about)
    return UpdateApplied(
        manifest.provider,
        manifest.issued_at,
        imported=tuple(each for each in made if each.sha256 not in before),
        present=tuple(each for each in made if each.sha256 in before),
        removed=tuple(removed),
    )


def update_sign(
    folder: Path, provider: str, key: Ed25519PrivateKey, alike: DraftFile
) -> UpdateManifest:
    """Make and sign the manifest of a folder of hash sets; one that is there is replaced.

    Args:
        folder: The folder.
        provider: What those who receive it call the signer.
        key: The signer's key.
        alike: As what every file is imported when the folder holds no draft; its path and name
            are passed over.

    Raises:
        UsageError: The draft is none, or there is nothing to sign.
        HashSetDamaged: A file is a link, or missing.
    """
    draft = _draft(folder, alike)
    manifest = UpdateManifest(
        layout=LAYOUT,
        provider=provider,
        issued_at=instant_text(now_utc()),
        files=tuple(_measured(folder, each) for each in draft.files),
        removes=draft.removes,
    )
    signed = sign_update(manifest, key)
    temporary = folder / (MANIFEST + ".new")
    with needs_room("the update's manifest"), temporary.open("wb") as stream:
        stream.write(render_update(signed))
        stream.flush()
        os.fsync(stream.fileno())
    temporary.rename(folder / MANIFEST)
    return signed


def _check_age(store: HashSets, manifest: UpdateManifest) -> None:
    """Refuse to go back: an old update could bring back what was taken out for a reason.

    One from a time to come would make every later one an old one.
    """
    issued_at = datetime.fromisoformat(manifest.issued_at)
    if issued_at > now_utc() + _CLOCKS_APART:
        raise UsageError(
            f"the update of {manifest.provider!r} says that it was issued {manifest.issued_at}, "
            "which is to come: check this machine's clock, or ask for it anew"
        )
    for change in changes_read(store.folder):
        is_same = change.act is Act.UPDATE and change.set_name == manifest.provider
        if is_same and datetime.fromisoformat(change.reason) > issued_at:
            raise UsageError(
                f"an update of {manifest.provider!r} issued {change.reason} has been applied: "
                f"this one of {manifest.issued_at} is older"
            )


def _check_own(store: HashSets, manifest: UpdateManifest) -> None:
    """Refuse to touch, at a provider's word, what another one gave."""
    touched = {name for each in manifest.files for name in (each.name, *each.supersedes)}
    touched |= {each.name for each in manifest.removes}
    for stored in store.listed():
        if stored.facts.name in touched and stored.facts.provider != manifest.provider:
            raise HashSetDamaged(
                f"the update of {manifest.provider!r} would replace {stored.facts.name!r}, which "
                f"{stored.facts.provider or 'nobody who is named'} gave: nothing was imported"
            )


def _import(
    store: HashSets,
    folder: Path,
    manifest: UpdateManifest,
    each: UpdateFile,
    *,
    by: str,
    watch: Callable[[ImportProgress], None],
) -> StoredSet:
    terms = ImportTerms(
        name=each.name, format=each.format, status=each.status, scheme=each.scheme,
        provider=manifest.provider, jurisdiction=each.jurisdiction, version=each.version,
        imported_by=by, file_sha256=each.sha256, supersedes=each.supersedes,
    )  # fmt: skip
    return import_set(store, folder.joinpath(*each.path.split("/")), terms, watch)


def _remove(
    store: HashSets, manifest: UpdateManifest, each: UpdateRemoval, by: str
) -> tuple[str, ...]:
    reason = f"{each.reason} (update of {manifest.provider}, issued {manifest.issued_at})"
    found = [stored for stored in store.listed() if stored.facts.name == each.name]
    # None is there when it never was, or when an earlier try of this update removed it.
    for stored in found:
        store.remove(stored.sha256, by=by, reason=reason)
    return tuple(stored.facts.name for stored in found)


def _draft(folder: Path, alike: DraftFile) -> Draft:
    path = folder / DRAFT
    if not path.exists():
        names = sorted(
            each.name
            for each in folder.iterdir()
            if each.is_file() and not each.name.startswith((".", MANIFEST))
        )
        files = tuple(
            msgspec.structs.replace(alike, path=name, name=Path(name).stem) for name in names
        )
        draft = Draft(files=files)
    else:
        try:
            draft = msgspec.json.decode(path.read_bytes(), type=Draft)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UsageError(f"{path} is no draft of an update: {error}") from error
    if not draft.files and not draft.removes:
        raise UsageError(f"{folder} holds nothing to sign")
    return draft


def _measured(folder: Path, each: DraftFile) -> UpdateFile:
    with open_inside(folder, each.path) as descriptor:
        size_bytes, sha256 = os.fstat(descriptor).st_size, file_sha256(descriptor)
    return UpdateFile(
        path=each.path, size_bytes=size_bytes, sha256=sha256, name=each.name, format=each.format,
        status=each.status, scheme=each.scheme, jurisdiction=each.jurisdiction,
        version=each.version, supersedes=each.supersedes,
    )  # fmt: skip
