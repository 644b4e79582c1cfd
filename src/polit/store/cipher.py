"""Encrypt and decrypt single blobs under a role key: AES-256-GCM, key by HKDF-SHA-256."""

import enum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from polit.base.errors import IntegrityError, UsageError
from polit.base.ids import random_bytes

KEY_BYTES = 32
_NONCE_BYTES = 12
OVERHEAD_BYTES = _NONCE_BYTES + 16


class KeyRole(enum.StrEnum):
    """What a derived key opens; the web process holds the one for safe tiles only.

    The first two are of a package's key, the others of a case's key.
    """

    SAFE_TILES = "safe-tiles"
    PICTURES = "pictures"
    VAULT = "vault"
    VAULT_NAMES = "vault-names"
    PACKAGE_KEYS = "package-keys"


def derive_key(key: bytes, role: KeyRole, *, salt: bytes | None = None) -> bytes:
    """Return the key of a role (HKDF-SHA-256, RFC 5869, ``info = "polit/1/" + role``)."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt, f"polit/1/{role}".encode()).derive(key)


class RoleCipher:
    """Seals and opens blobs with the key of a role."""

    def __init__(self, role_key: bytes) -> None:
        """Take the key that ``derive_key`` gives.

        Raises:
            UsageError: It is not 32 bytes long.
        """
        if len(role_key) != KEY_BYTES:
            raise UsageError(f"a role's key has {KEY_BYTES} bytes, this one {len(role_key)}")
        self._aead = AESGCM(role_key)

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Return nonce, ciphertext and tag; ``context`` is authenticated, not stored."""
        nonce = random_bytes(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plaintext, context)

    def open(self, sealed: bytes, *, context: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            IntegrityError: Wrong key, wrong context, or the blob was altered.
        """
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise IntegrityError("a blob does not open: altered, or of another package") from error


class BlobCipher(RoleCipher):
    """Seals and opens blobs of one role of one package key or case key."""

    def __init__(self, package_key: bytes, role: KeyRole) -> None:
        """Derive the role's key."""
        super().__init__(derive_key(package_key, role))
