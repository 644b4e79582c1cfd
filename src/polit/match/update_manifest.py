"""The signed manifest of an update: a folder of files of hash sets, and what they are.

Imported by ``polit.match.updates`` and ``polit.match.signing`` alone. The signature covers the
canonical JSON of everything but itself. docs/reference/hash-set-format.md describes it.
"""

import base64
import binascii
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polit.base.canonical import canonical_json
from polit.base.digests import file_sha256
from polit.base.errors import HashSetDamaged, IntegrityError, SourceMissing
from polit.base.text import says_something
from polit.match.providers import Provider
from polit.model.matching import SetStatus
from polit.store.keys import check_signature

MANIFEST = "manifest.json"
LAYOUT = 1
_MAX_BYTES = 16 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class UpdateFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file of an update, and as what it is imported; ``path`` is relative, with ``/``."""

    path: str
    size_bytes: int
    sha256: str
    name: str
    format: str
    status: SetStatus
    scheme: str = ""
    jurisdiction: str = ""
    version: str = ""
    supersedes: tuple[str, ...] = ()


class UpdateRemoval(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A set of the same provider that has to go, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class UpdateSignature:
    """An Ed25519 signature (RFC 8032): the public key in hex, the signature in base64."""

    algorithm: str
    public_key: str
    value: str


class UpdateManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that ``manifest.json`` of an update holds; ``issued_at`` is RFC 3339 in UTC."""

    layout: int
    provider: str
    issued_at: str
    files: tuple[UpdateFile, ...] = ()
    removes: tuple[UpdateRemoval, ...] = ()
    signature: UpdateSignature | None = None


def sign_update(manifest: UpdateManifest, key: Ed25519PrivateKey) -> UpdateManifest:
    """Return the manifest with its signature."""
    public_key = key.public_key().public_bytes_raw().hex()
    value = base64.b64encode(key.sign(_signed_bytes(manifest))).decode()
    signature = UpdateSignature("ed25519", public_key, value)
    return msgspec.structs.replace(manifest, signature=signature)


def render_update(manifest: UpdateManifest) -> bytes:
    """Return the one form in which a manifest is written."""
    return msgspec.json.format(canonical_json(msgspec.to_builtins(manifest)), indent=1) + b"\n"


def read_update(folder: Path, trusted: tuple[Provider, ...]) -> UpdateManifest:
    """Read an update's manifest; nothing of it is believed before its signature holds.

    Raises:
        SourceMissing: There is none.
        HashSetDamaged: It is no manifest, is not signed by a provider whom this installation
            trusts under that name, or was altered.
    """
    manifest = _parse(folder)
    signature = manifest.signature
    if signature is None or signature.algorithm != "ed25519":
        raise HashSetDamaged(f"{folder / MANIFEST} bears no Ed25519 signature")
    known = {each.public_key.hex(): each for each in trusted}
    provider = known.get(signature.public_key)
    if provider is None:
        raise HashSetDamaged(
            f"{folder / MANIFEST} is signed by a key that is not trusted: get the provider's key "
            "another way, and 'polit hashset trust' it"
        )
    if provider.name != manifest.provider:
        raise HashSetDamaged(
            f"{folder / MANIFEST} says it comes from {manifest.provider!r}, and is signed by "
            f"{provider.name!r}"
        )
    try:
        value = base64.b64decode(signature.value, validate=True)
        check_signature(
            public_key=provider.public_key, signature=value, message=_signed_bytes(manifest)
        )
    except (IntegrityError, binascii.Error) as error:
        raise HashSetDamaged(f"{folder / MANIFEST} was altered: {error}") from error
    _check_meaning(folder, manifest)
    return manifest


def check_files(
    folder: Path, manifest: UpdateManifest, watch: Callable[[UpdateFile], None] = lambda _: None
) -> None:
    """Compare every file with the manifest, before anything is imported.

    Raises:
        HashSetDamaged: A file is missing, a link, outside the folder, or another one.
    """
    for each in manifest.files:
        watch(each)
        with open_inside(folder, each.path) as descriptor:
            if os.fstat(descriptor).st_size != each.size_bytes:
                raise HashSetDamaged(f"{each.path!r} has another size than the manifest says")
            if file_sha256(descriptor) != each.sha256:
                raise HashSetDamaged(f"{each.path!r} is another file than the manifest names")


@contextmanager
def open_inside(folder: Path, name: str) -> Iterator[int]:
    """Open a file below a folder by its relative path; no part of it may be a link.

    Raises:
        HashSetDamaged: The path leads outside, through a link, or to no regular file.
    """
    steps = name.split("/")
    if any(step in {"", ".", ".."} or "\0" in step or "\\" in step for step in steps):
        raise HashSetDamaged(f"{name!r} is no path inside an update")
    opened = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        for step in steps[:-1]:
            opened.append(os.open(step, _FOLDER_FLAGS, dir_fd=opened[-1]))
        opened.append(os.open(steps[-1], _FILE_FLAGS, dir_fd=opened[-1]))
        if not stat.S_ISREG(os.fstat(opened[-1]).st_mode):
            raise HashSetDamaged(f"{name!r} is no regular file")
        yield opened[-1]
    except OSError as error:
        raise HashSetDamaged(
            f"{name!r} of the update is missing, or a link: {error.strerror}"
        ) from error
    finally:
        for descriptor in reversed(opened):
            os.close(descriptor)


def _parse(folder: Path) -> UpdateManifest:
    path = folder / MANIFEST
    if not path.exists():
        raise SourceMissing(f"{folder} is no update: it holds no {MANIFEST}")
    with open_inside(folder, MANIFEST) as descriptor, os.fdopen(os.dup(descriptor), "rb") as stream:
        raw = stream.read(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        raise HashSetDamaged(f"{path} is over {_MAX_BYTES} bytes: no manifest")
    try:
        return msgspec.json.decode(raw, type=UpdateManifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HashSetDamaged(f"{path} is no manifest of an update: {error}") from error


def _signed_bytes(manifest: UpdateManifest) -> bytes:
    values = msgspec.to_builtins(msgspec.structs.replace(manifest, signature=None))
    del values["signature"]
    return canonical_json(values)


def _check_meaning(folder: Path, manifest: UpdateManifest) -> None:
    """Refuse what even a provider who is trusted cannot mean."""
    if manifest.layout != LAYOUT:
        raise HashSetDamaged(f"{folder / MANIFEST} has layout {manifest.layout}: unknown here")
    try:
        issued_at = datetime.fromisoformat(manifest.issued_at)
    except ValueError as error:
        raise HashSetDamaged(f"{folder / MANIFEST} does not say when it was issued") from error
    if issued_at.tzinfo is None:
        raise HashSetDamaged(f"{folder / MANIFEST} does not say when it was issued, in UTC")
    paths = [each.path for each in manifest.files]
    names = [each.name for each in manifest.files]
    if len(set(paths)) < len(paths) or len(set(names)) < len(names):
        raise HashSetDamaged(f"{folder / MANIFEST} names a file or a set twice")
    if not all(_SHA256.fullmatch(each.sha256) for each in manifest.files):
        raise HashSetDamaged(f"{folder / MANIFEST} states a SHA-256 that is none")
    if not all(says_something(each.reason) for each in manifest.removes):
        raise HashSetDamaged(f"{folder / MANIFEST} removes a set without a reason")
