"""A small BitLocker volume (AES-XTS 128-bit), written from the format's description.

No tool outside Windows makes one. libbde reads it back, and ``cryptsetup bitlkDump`` finds the
volume's key in it, so that what is written here is judged by two readers that polit has no part
in. Source: the BitLocker Drive Encryption format as described by libbde's documentation.
"""

import hashlib
import struct
import zlib
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

PASSWORD = "Grüße, horse"
RECOVERY = "042647-302313-590458-071500-554323-116567-412181-516978"
FVEK = bytes(range(32))
FREE_AT, FREE_BYTES = 1 << 20, 1 << 18
"""What is stored here is the volume's own: its plain bytes read as zeros."""

_VMK = bytes(range(100, 132))
_SALT = b"sixteen of salt."
_HEADER_BYTES = 8192
_PLACES = tuple(FREE_AT + number * (1 << 16) for number in range(3))
_HEADER_AT = FREE_AT + 3 * (1 << 16)
_IDENTIFIER = UUID("3bd66749-292e-d84a-8399-f6a339e3d001").bytes
_VOLUME = UUID("8f595209-f5b9-49a0-85d4-cb8f80258c27").bytes_le
_INSTANT = 130_305_261_097_363_780
_ROUNDS = 0x100000


def write_bitlocker(path: Path, plain: bytes, *, is_suspended: bool = False) -> None:
    """Write a volume.

    Args:
        path: The image to make.
        plain: Its plain bytes, whole sectors, zeros in the range that the volume needs itself.
        is_suspended: A clear key opens it; else the password and the recovery password do.
    """
    assert not any(plain[FREE_AT : FREE_AT + FREE_BYTES])
    image = bytearray(_encrypted(plain, 0))
    image[:512] = _boot_sector(len(plain))
    image[_HEADER_AT : _HEADER_AT + _HEADER_BYTES] = _encrypted(plain[:_HEADER_BYTES], _HEADER_AT)
    block = _block(len(plain), _clear_key() if is_suspended else _password() + _recovery())
    for place in _PLACES:
        image[place : place + (1 << 16)] = block
    path.write_bytes(image)


def _encrypted(plain: bytes, start: int) -> bytes:
    parts = []
    for at in range(0, len(plain), 512):
        tweak = ((start + at) // 512).to_bytes(16, "little")
        context = Cipher(algorithms.AES(FVEK), modes.XTS(tweak)).encryptor()
        parts.append(context.update(plain[at : at + 512]) + context.finalize())
    return b"".join(parts)


def _boot_sector(size_bytes: int) -> bytes:
    head = bytearray(512)
    head[:11] = b"\xeb\x58\x90-FVE-FS-"
    struct.pack_into("<HBH", head, 11, 512, 8, 0)
    head[21] = 0xF8
    struct.pack_into("<I", head, 32, size_bytes // 512)
    head[160:176] = _IDENTIFIER
    struct.pack_into("<3Q", head, 176, *_PLACES)
    head[510:] = b"\x55\xaa"
    return bytes(head)


def _block(size_bytes: int, protectors: bytes) -> bytes:
    name = "TEST F: 1/1/2024\0".encode("utf-16-le")
    entries = _entry(7, 2, name) + protectors + _entry(3, 5, _sealed(_VMK, FVEK, 9, 0x8004))
    size = 48 + len(entries)
    header = struct.pack("<4I16sI2HQ", size, 1, 48, size, _VOLUME, 20, 0x8004, 0, _INSTANT)
    whole = -(-(64 + size) // 16)
    block = struct.pack(
        "<8s4HQII4Q", b"-FVE-FS-", whole, 2, 4, 4, size_bytes, 0, _HEADER_BYTES // 512,
        *_PLACES, _HEADER_AT,
    )  # fmt: skip
    told = (block + header + entries).ljust(whole * 16, b"\0")
    check = struct.pack("<HHI", 8, 2, zlib.crc32(told))
    return (told + check).ljust(1 << 16, b"\0")


def _entry(kind: int, value: int, data: bytes) -> bytes:
    return struct.pack("<4H", 8 + len(data), kind, value, 1) + data


def _protector(number: int, kind: int, properties: bytes) -> bytes:
    identifier = UUID(int=number).bytes_le
    return _entry(2, 8, identifier + struct.pack("<QHH", _INSTANT, 0, kind) + properties)


def _sealed(key: bytes, value: bytes, counter: int, method: int) -> bytes:
    """Return a key under another one, as AES-CCM with its tag in front."""
    nonce = struct.pack("<QI", _INSTANT, counter)
    plain = _entry(0, 1, struct.pack("<I", method) + value)
    sealed = AESCCM(key, tag_length=16).encrypt(nonce, plain, None)
    return nonce + sealed[-16:] + sealed[:-16]


def _clear_key() -> bytes:
    key = bytes(range(50, 82))
    held = _entry(0, 1, struct.pack("<I", 0x2000) + key)
    return _protector(1, 0, held + _entry(0, 5, _sealed(key, _VMK, 2, 0x2003)))


def _password() -> bytes:
    first = hashlib.sha256(PASSWORD.encode("utf-16-le")).digest()
    return _protector(2, 0x2000, _stretched(hashlib.sha256(first).digest(), 0x1001, 3))


def _recovery() -> bytes:
    groups = b"".join(struct.pack("<H", int(part) // 11) for part in RECOVERY.split("-"))
    return _protector(3, 0x0800, _stretched(hashlib.sha256(groups).digest(), 0x1000, 5))


def _stretched(first: bytes, method: int, counter: int) -> bytes:
    key = bytes(32)
    for number in range(_ROUNDS):
        key = hashlib.sha256(key + first + _SALT + number.to_bytes(8, "little")).digest()
    inner = _entry(0, 5, _sealed(key, key, counter + 20, 0x1000))
    stretch = _entry(0, 3, struct.pack("<I", method) + _SALT + inner)
    return stretch + _entry(0, 5, _sealed(key, _VMK, counter, 0x2003))
