"""The installation's keys: an Ed25519 signing key and an age identity, in the data directory.

The signing key seals packages; the identity opens the package keys wrapped to it. Both files
are readable by their owner alone. On one system user this is a convention, not a wall.
"""

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from polit.base import faults
from polit.base.errors import IntegrityError, SourceMissing, SourceUnreadable
from polit.store.room import needs_room

_SIGNING = "signing.pem"
_IDENTITY = "identity.age"


@dataclass(frozen=True, slots=True)
class Keys:
    """The opened keys of an installation."""

    signing: Ed25519PrivateKey
    identity: pyrage.x25519.Identity

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the public signing key."""
        return self.signing.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public signing key, lower-case hex."""
        return hashlib.sha256(self.public_key).hexdigest()

    @property
    def recipient(self) -> str:
        """The age recipient that packages are wrapped to, ``age1…``."""
        return str(self.identity.to_public())


def keys_exist(folder: Path) -> bool:
    """Tell whether the data directory holds both keys."""
    return (folder / "keys" / _SIGNING).exists() and (folder / "keys" / _IDENTITY).exists()


def create_keys(folder: Path) -> Keys:
    """Make what is missing of the two keys; never replace one that is there.

    Args:
        folder: The data directory; made with mode 0700 where it is missing.
    """
    place = folder / "keys"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (place / _SIGNING).exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_new(place / _SIGNING, pem)
    if not (place / _IDENTITY).exists():
        identity = pyrage.x25519.Identity.generate()
        write_new(place / _IDENTITY, f"{identity}\n".encode())
    return open_keys(folder)


def open_keys(folder: Path) -> Keys:
    """Open the keys of a data directory.

    Raises:
        SourceMissing: There are none; ``polit init`` makes them.
        SourceUnreadable: A key file is damaged.
    """
    place = folder / "keys"
    try:
        pem = (place / _SIGNING).read_bytes()
        text = (place / _IDENTITY).read_bytes()
    except FileNotFoundError as error:
        raise SourceMissing(f"no keys in {place}: run 'polit init' first") from error
    try:
        signing = serialization.load_pem_private_key(pem, password=None)
        identity = pyrage.x25519.Identity.from_str(text.decode("ascii").strip())
    except (ValueError, pyrage.IdentityError) as error:
        raise SourceUnreadable(f"a key file in {place} is damaged: restore it") from error
    if not isinstance(signing, Ed25519PrivateKey):
        raise SourceUnreadable(f"{place / _SIGNING} is not an Ed25519 key: restore it")
    return Keys(signing, identity)


def check_signature(*, public_key: bytes, signature: bytes, message: bytes) -> None:
    """Check an Ed25519 signature (RFC 8032).

    Raises:
        IntegrityError: The signature does not hold, or the key is none.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise IntegrityError("the signature does not hold: the sealed text was altered") from error


def write_new(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, readable by its owner alone; never replace one.

    A key file that a kill left empty would block every later run. A link never replaces; where
    another process was first, its key is the one that counts.
    """
    with needs_room("keys"):
        _write_whole(path, data)
    sync_folder(path.parent)


def _write_whole(path: Path, data: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            faults.reach("keys.write")
            stream.write(data)
            stream.flush()
            faults.reach("keys.sync")
            os.fsync(stream.fileno())
        faults.reach("keys.link")
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with needs_room("keys"):
            faults.reach("keys.sync_folder")
            os.fsync(folder)
    finally:
        os.close(folder)
