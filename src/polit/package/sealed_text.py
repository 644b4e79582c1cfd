"""A signed text and the files that it names: alike for a package and for a supplement.

What is signed is the canonical form of all values but the signature. There is one rendered form
of the signed values; any other text was not sealed.
"""

import base64
import binascii
import errno
import os
import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polit.base.canonical import canonical_json
from polit.base.digests import file_sha256
from polit.base.errors import IntegrityError, PackageDamaged, UsageError
from polit.model.manifest import Manifest, Part, Signature
from polit.model.supplement import SupplementManifest
from polit.store.keys import check_signature

Sealed = TypeVar("Sealed", Manifest, SupplementManifest)


def signed_bytes(sealed: Manifest | SupplementManifest) -> bytes:
    """Return the canonical bytes that the signature covers."""
    values = msgspec.to_builtins(sealed)
    del values["signature"]
    return canonical_json(values)


def sign(unsigned: Sealed, key: Ed25519PrivateKey) -> Sealed:
    """Return the values with their signature."""
    value = key.sign(signed_bytes(unsigned))
    return replace(unsigned, signature=_spelled(key.public_key().public_bytes_raw(), value))


def _spelled(public_key: bytes, value: bytes) -> Signature:
    return Signature("ed25519", public_key.hex(), base64.b64encode(value).decode())


def render(sealed: Manifest | SupplementManifest) -> bytes:
    """Return the one form in which the values are written.

    Raises:
        UsageError: They hold a value that has no canonical form.
    """
    return msgspec.json.format(canonical_json(msgspec.to_builtins(sealed)), indent=1) + b"\n"


def parse(untrusted_text: bytes, kind: type[Sealed]) -> Sealed:
    """Parse a text; keys that it does not know are passed over here, not in verifying.

    Raises:
        PackageDamaged: It is none of this layout.
    """
    try:
        return msgspec.json.decode(untrusted_text, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PackageDamaged(f"manifest.json is no manifest: {error}") from error


def seal_flaw(sealed: Manifest | SupplementManifest, untrusted_text: bytes) -> str:
    """Return what is wrong with a seal, in words; empty where it holds.

    Args:
        sealed: The values that were parsed.
        untrusted_text: The text that they were parsed from.
    """
    if sealed.signature is None:
        return "the manifest carries no signature"
    try:
        key = bytes.fromhex(sealed.signature.public_key)
        value = base64.b64decode(sealed.signature.value, validate=True)
        check_signature(public_key=key, signature=value, message=signed_bytes(sealed))
        # It cannot cover itself: hex and base64 have other spellings of the same bytes.
        is_ours = sealed.signature == _spelled(key, value) and render(sealed) == untrusted_text
    except (IntegrityError, UsageError, ValueError, binascii.Error, RecursionError) as error:
        return str(error)
    # What is signed are the values: text that they do not give back was added by somebody.
    return "" if is_ours else "manifest.json holds text that the signature does not cover"


def read_text(path: Path, *, most_bytes: int) -> bytes:
    """Return the text of a manifest as it stands in the file.

    Raises:
        PackageDamaged: It is no regular file, or longer than ``most_bytes``.
        OSError: It is missing or cannot be read.
    """
    with os.fdopen(open_regular(path), "rb") as stream:
        raw = stream.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise PackageDamaged(f"{path} is over {most_bytes} bytes: no manifest")
    return raw


def write_synced(path: Path, data: bytes) -> None:
    """Write a file anew and make its bytes durable; its name is not yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the bytes of a file durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_names(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_files(folder: Path, names: Iterable[str]) -> tuple[Part, ...]:
    """Return files of a folder with their digests, in the order given.

    Raises:
        PackageDamaged: One is a link, or no regular file.
        OSError: One is missing or cannot be read.
    """
    parts = []
    for name in names:
        descriptor = open_regular(folder / name)
        try:
            parts.append(Part(name, os.fstat(descriptor).st_size, file_sha256(descriptor)))
        finally:
            os.close(descriptor)
    return tuple(parts)


def open_regular(path: Path) -> int:
    """Open a regular file for reading, following no link and waiting for no FIFO.

    Raises:
        PackageDamaged: It is something else.
        OSError: It is missing or cannot be read.
    """
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
