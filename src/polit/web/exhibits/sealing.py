"""The key that codes and photographs are sealed with, and the folder of the photographs."""

from polit.store.cipher import RoleCipher
from polit.web.core.sealing import SealedFolder

_PHOTOGRAPHS = SealedFolder("exhibits.key", "photographs", "a photograph")


def sealing_cipher() -> RoleCipher:
    """Return the cipher of this installation's key, which is made when it is first needed.

    Raises:
        UsageError: The key's file has another length than a key.
    """
    return _PHOTOGRAPHS.cipher()


def keep_sealed(data: bytes) -> str:
    """Keep bytes under their SHA-256, sealed; the same bytes again are kept once.

    Returns:
        The SHA-256 of the bytes, hex.
    """
    return _PHOTOGRAPHS.keep(data)


def open_sealed(sha256: str) -> bytes:
    """Return bytes that were kept.

    Raises:
        IntegrityError: They were altered, or are gone.
    """
    return _PHOTOGRAPHS.open(sha256)
