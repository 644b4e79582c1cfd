"""Sectors of an encrypted volume, many at once: XTS and CBC with the vectors that disks use.

A cipher object for each sector costs more than deciphering it. Both modes are ECB with
something added before or after, so a run of sectors is deciphered by one call, and the rest is
done on whole arrays. ``cryptography``'s own XTS and CBC are the oracles of the tests.

Sources: IEEE 1619-2018 (XTS-AES); the Linux kernel's dm-crypt documentation (names of modes and
of initialisation vectors).
"""

import hashlib
from collections.abc import Callable

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from polit.base.errors import SourceUnreadable

UNIT_BYTES = 512
"""Initialisation vectors count in units of 512 bytes, whatever the sector's size."""

_BLOCK_BYTES = 16
_FEEDBACK = np.uint64(0x87)
_ONE, _TOP = np.uint64(1), np.uint64(63)
_XTS_KEYS, _CBC_KEYS = (32, 64), (16, 24, 32)
_PLAIN_MASK = np.uint64(0xFFFFFFFF)
_ESSIV_DIGESTS = ("sha256",)

Decipher = Callable[[bytes, int], bytes]
"""Takes whole sectors and the first one's number in units of 512 bytes."""

_Words = NDArray[np.uint64]


def sector_cipher(encryption: str, key: bytes, sector_bytes: int) -> Decipher:
    """Return what deciphers sectors.

    Args:
        encryption: Cipher, mode and initialisation vector as dm-crypt names them, such as
            ``aes-xts-plain64`` or ``aes-cbc-essiv:sha256``.
        key: The volume's key.
        sector_bytes: The sector's size, a multiple of 512.

    Raises:
        SourceUnreadable: This version does not read that encryption.
    """
    cipher, _, rest = encryption.partition("-")
    mode, _, vector = rest.partition("-")
    if cipher == "aes" and mode == "xts" and vector in ("plain", "plain64"):
        if len(key) in _XTS_KEYS:
            return _Xts(key, vector, sector_bytes).decipher
    elif cipher == "aes" and mode == "cbc" and len(key) in _CBC_KEYS and is_readable(encryption):
        return _Cbc(key, vector, sector_bytes).decipher
    raise SourceUnreadable(
        f"it is encrypted by {encryption} with a key of {8 * len(key)} bits, "
        "which this version does not read"
    )


def is_readable(encryption: str) -> bool:
    """Tell whether ``sector_cipher`` reads an encryption with a key that fits."""
    cipher, _, rest = encryption.partition("-")
    mode, _, vector = rest.partition("-")
    name, _, digest = vector.partition(":")
    if name in ("plain", "plain64") and not digest:
        return cipher == "aes" and mode in ("xts", "cbc")
    return (cipher, mode, name) == ("aes", "cbc", "essiv") and digest in _ESSIV_DIGESTS


class _Xts:
    def __init__(self, key: bytes, vector: str, sector_bytes: int) -> None:
        half = len(key) // 2
        self._data, self._tweak = key[:half], key[half:]
        self._vector, self._sector_bytes = vector, sector_bytes

    def decipher(self, sectors: bytes, first: int) -> bytes:
        numbers = _numbers(self._vector, first, len(sectors), self._sector_bytes)
        tweaks = np.frombuffer(_ecb(self._tweak, numbers.tobytes(), is_deciphering=False), "<u8")
        masks = _masks(tweaks.reshape(-1, 2), self._sector_bytes // _BLOCK_BYTES)
        stored = np.frombuffer(sectors, "<u8") ^ masks
        plain = np.frombuffer(_ecb(self._data, stored.tobytes(), is_deciphering=True), "<u8")
        return (plain ^ masks).tobytes()


def _masks(tweaks: _Words, blocks: int) -> _Words:
    """Return the mask of each block of each sector: the tweak, doubled from block to block.

    Args:
        tweaks: Shape ``(sectors, 2)``, low word first.
        blocks: How many a sector has.
    """
    masks = np.empty((len(tweaks), blocks, 2), np.uint64)
    low, high = tweaks[:, 0].copy(), tweaks[:, 1].copy()
    for block in range(blocks):
        masks[:, block, 0], masks[:, block, 1] = low, high
        carry = high >> _TOP
        high = (high << _ONE) | (low >> _TOP)
        low = (low << _ONE) ^ (carry * _FEEDBACK)
    return masks.reshape(-1)


class _Cbc:
    def __init__(self, key: bytes, vector: str, sector_bytes: int) -> None:
        self._key, self._sector_bytes = key, sector_bytes
        self._vector, _, digest = vector.partition(":")
        self._essiv = hashlib.new(digest, key).digest() if digest else b""

    def decipher(self, sectors: bytes, first: int) -> bytes:
        numbers = _numbers(self._vector, first, len(sectors), self._sector_bytes)
        vectors = numbers.tobytes()
        if self._essiv:
            vectors = _ecb(self._essiv, vectors, is_deciphering=False)
        stored = np.frombuffer(sectors, np.uint8).reshape(len(numbers), -1, _BLOCK_BYTES)
        before = np.empty_like(stored)
        before[:, 0] = np.frombuffer(vectors, np.uint8).reshape(-1, _BLOCK_BYTES)
        before[:, 1:] = stored[:, :-1]
        plain = np.frombuffer(_ecb(self._key, sectors, is_deciphering=True), np.uint8)
        return (plain ^ before.reshape(-1)).tobytes()


def _numbers(vector: str, first: int, length_bytes: int, sector_bytes: int) -> _Words:
    """Return the vectors that sectors are numbered by, shape ``(sectors, 2)``."""
    count, step = length_bytes // sector_bytes, sector_bytes // UNIT_BYTES
    numbers = np.zeros((count, 2), "<u8")
    numbers[:, 0] = np.uint64(first) + np.arange(count, dtype=np.uint64) * np.uint64(step)
    if vector == "plain":
        numbers[:, 0] &= _PLAIN_MASK
    return numbers


def _ecb(key: bytes, blocks: bytes, *, is_deciphering: bool) -> bytes:
    # ECB is the building block here, never the mode of a volume.
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
    context = cipher.decryptor() if is_deciphering else cipher.encryptor()
    return context.update(blocks) + context.finalize()
