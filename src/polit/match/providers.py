"""Providers of hash sets whose signed updates are trusted: a public key and a name for each.

Imported by ``polit.match`` and the command line. A file of a key is one line, ``ed25519 HEX NAME``:
the 32 bytes of the public key (RFC 8032) in hex, and what the provider is called.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from polit.base.errors import SourceMissing, UsageError
from polit.base.text import says_something, visible
from polit.store.keys import write_new

_LINE = re.compile(r"ed25519 ([0-9a-f]{64}) (.{1,200})")
_HEX = re.compile(r"(?:ed25519 )?([0-9a-fA-F]{64})(?: .*)?")
_MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Provider:
    """Who may send updates: a name, and the 32 raw bytes of the public key."""

    name: str
    public_key: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, lower-case hex: what two people read to each other."""
        return hashlib.sha256(self.public_key).hexdigest()

    @property
    def line(self) -> str:
        """The line that a file of the key holds."""
        return f"ed25519 {self.public_key.hex()} {self.name}"


def provider_named(name: str, public_key: bytes) -> Provider:
    """Return a provider whose name can stand in a line.

    Raises:
        UsageError: The name is empty, too long, or has signs that cannot be seen.
    """
    if not says_something(name) or len(name) > 200 or _unclear(name):
        raise UsageError(f"{name!r} is no name of a provider")
    return Provider(name, public_key)


def provider_read(path: Path, name: str) -> Provider:
    """Read a provider's public key: PEM, hex, or a line ``ed25519 HEX NAME``.

    Raises:
        SourceMissing: There is no such file.
        UsageError: It holds no Ed25519 public key.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES)
    except FileNotFoundError as error:
        raise SourceMissing(f"there is no file {path}") from error
    return provider_named(name, _public_key(path, raw))


def provider_trust(folder: Path, provider: Provider) -> Path:
    """Keep a provider's key among those that are trusted; return the file.

    Args:
        folder: The folder of trusted providers.
        provider: The provider.

    Raises:
        UsageError: The key is trusted already under another name.
    """
    for known in providers_trusted(folder):
        if known.public_key == provider.public_key and known.name != provider.name:
            raise UsageError(f"this key is trusted already, as that of {known.name!r}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{provider.fingerprint[:16]}.pub"
    write_new(path, provider.line.encode() + b"\n")
    return path


def providers_trusted(folder: Path) -> tuple[Provider, ...]:
    """Return all trusted providers, ordered by name and key.

    Raises:
        UsageError: A file among them is no key.
    """
    found = []
    for path in sorted(folder.glob("*.pub")):
        text = path.read_bytes()[:_MAX_BYTES].decode("utf-8", errors="replace")
        match = _LINE.fullmatch(text.removesuffix("\n"))
        if match is None:
            raise UsageError(f"{path} is no line 'ed25519 HEX NAME': take it away, or mend it")
        found.append(Provider(match[2], bytes.fromhex(match[1])))
    return tuple(sorted(found, key=lambda each: (each.name, each.public_key)))


def _public_key(path: Path, raw: bytes) -> bytes:
    match = _HEX.fullmatch(os.fsdecode(raw).strip())
    if match is not None:
        return bytes.fromhex(match[1])
    try:
        key = load_pem_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} is no public key: give PEM, or 64 hex digits") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} is no Ed25519 key")
    return key.public_bytes_raw()


def _unclear(name: str) -> bool:
    return any(visible(word) != word for word in name.split(" "))
