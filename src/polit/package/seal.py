"""Seal a package: fold the rows, digest the parts, sign the manifest. Repeatable until done."""

import base64
import errno
import os
import stat
from dataclasses import replace
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polit.base import faults
from polit.base.canonical import canonical_json
from polit.base.digests import file_sha256
from polit.base.errors import PackageDamaged, SourceMissing
from polit.model.manifest import Manifest, Part, Signature
from polit.package.layout import FORMAT, MANIFEST, PARTS

_MAX_MANIFEST_BYTES = 64 << 20


def signed_bytes(manifest: Manifest) -> bytes:
    """Return the canonical bytes that the signature covers."""
    values = msgspec.to_builtins(replace(manifest, signature=None))
    del values["signature"]
    return canonical_json(values)


def sign_manifest(manifest: Manifest, key: Ed25519PrivateKey) -> Manifest:
    """Return the manifest with its signature."""
    value = key.sign(signed_bytes(manifest))
    return replace(
        manifest,
        signature=Signature(
            "ed25519",
            key.public_key().public_bytes_raw().hex(),
            base64.b64encode(value).decode(),
        ),
    )


def digest_parts(package: Path) -> tuple[Part, ...]:
    """Return the parts of a package with their digests, by path.

    Raises:
        PackageDamaged: A part is a link, or no regular file.
        OSError: A part is missing or cannot be read.
    """
    parts = []
    for name in sorted(PARTS):
        descriptor = _open_regular(package / name)
        try:
            parts.append(Part(name, os.fstat(descriptor).st_size, file_sha256(descriptor)))
        finally:
            os.close(descriptor)
    return tuple(parts)


def render_manifest(manifest: Manifest) -> bytes:
    """Return the one form in which a manifest is written; any other text was not sealed.

    Raises:
        UsageError: It holds a value that has no canonical form.
    """
    return msgspec.json.format(canonical_json(msgspec.to_builtins(manifest)), indent=1) + b"\n"


def write_manifest(package: Path, manifest: Manifest) -> None:
    """Write the manifest in one step: temporary file, sync, rename, sync of the folder."""
    data = render_manifest(manifest)
    temporary = package / (MANIFEST + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    faults.reach("seal.rename")
    temporary.rename(package / MANIFEST)
    folder = os.open(package, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_manifest(package: Path) -> Manifest:
    """Read a package's manifest. Its signature is not checked here.

    Raises:
        SourceMissing: The package is not sealed, or is none.
        PackageDamaged: It is no manifest of this layout.
    """
    return parse_manifest(read_manifest_bytes(package))


def read_manifest_bytes(package: Path) -> bytes:
    """Return the text of a package's manifest as it stands in the file.

    Raises:
        SourceMissing: The package is not sealed, or is none.
        PackageDamaged: It is no regular file, or longer than 64 MiB.
    """
    path = package / MANIFEST
    try:
        with os.fdopen(_open_regular(path), "rb") as stream:
            raw = stream.read(_MAX_MANIFEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceMissing(
            f"{package} is no sealed package: finish it with 'polit examine … --resume'"
        ) from error
    if len(raw) > _MAX_MANIFEST_BYTES:
        raise PackageDamaged(f"{path} is over {_MAX_MANIFEST_BYTES} bytes: no manifest")
    return raw


def parse_manifest(untrusted_text: bytes) -> Manifest:
    """Parse a manifest; keys that it does not know are passed over here, not in verifying.

    Raises:
        PackageDamaged: It is no manifest of this layout.
    """
    try:
        return msgspec.json.decode(untrusted_text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _check_format(untrusted_text)
        raise PackageDamaged(f"{MANIFEST} is no manifest: {error}") from error


class _Format(msgspec.Struct):
    format: int


def _check_format(untrusted_text: bytes) -> None:
    """Say so where a text is no manifest because it is one of another format.

    Raises:
        PackageDamaged: It is.
    """
    try:
        told = msgspec.json.decode(untrusted_text, type=_Format)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if told.format != FORMAT:
        raise PackageDamaged(
            f"{MANIFEST} is of format {told.format}, this version reads {FORMAT}: "
            "use the version of polit that made the package, or examine the exhibit again"
        )


def _open_regular(path: Path) -> int:
    # O_NONBLOCK: opening a planted FIFO would wait for ever.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise PackageDamaged(f"{path} is a link or no regular file") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PackageDamaged(f"{path} is no regular file")
    return descriptor
