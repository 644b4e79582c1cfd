"""LUKS volumes: headers by cryptsetup on plain files, data by other hands, without root.

``cryptsetup luksFormat --type luks2 …`` formats a plain file; ``luksDump --dump-volume-key``
tells the key, and the data is encrypted here, sector by sector. ``qemu-img`` would write whole
volumes of version 1, but refuses where the processor is busy.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from evidence.tools import run

PASSWORD = "correct horse battery"
_COST = {
    "pbkdf2": ("--pbkdf-force-iterations", "1000"),
    "argon2id": (
        "--pbkdf-force-iterations", "4", "--pbkdf-memory", "64", "--pbkdf-parallel", "2",
    ),
}  # fmt: skip
_UUID = "11111111-2222-3333-4444-555555555555"
_OFFSET_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class MadeLuks:
    """A LUKS volume, its key as cryptsetup tells it, and what was encrypted into it."""

    path: Path
    key: bytes
    plain: bytes


def make_luks1(path: Path, plain: bytes, *, encryption: str = "aes-xts-plain64") -> MadeLuks:
    """Make a LUKS 1 volume.

    Args:
        path: The file to make.
        plain: Its data, whole sectors of 512 bytes.
        encryption: ``aes-xts-plain64`` or ``aes-cbc-essiv:sha256``.
    """
    options = ("--type", "luks1", "-c", encryption, "-s", "256", *_COST["pbkdf2"])
    key = _formatted(path, len(plain), options)
    encrypt = encrypt_xts if "xts" in encryption else encrypt_essiv
    _fill(path, encrypt(plain, key, 512))
    return MadeLuks(path, key, plain)


def make_luks2(
    path: Path, plain: bytes, *, sector_bytes: int = 512, kdf: str = "argon2id", key_bits: int = 512
) -> MadeLuks:
    """Make a LUKS 2 volume, ``aes-xts-plain64``.

    Args:
        path: The file to make.
        plain: Its data, whole sectors.
        sector_bytes: 512 to 4,096.
        kdf: ``pbkdf2`` or ``argon2id``, at the least cost that cryptsetup takes.
        key_bits: 256 or 512.
    """
    options = (
        "--type", "luks2", "--sector-size", str(sector_bytes), "-c", "aes-xts-plain64",
        "-s", str(key_bits), "--luks2-metadata-size", "16k", "--luks2-keyslots-size", "1m",
        "--pbkdf", kdf, *_COST[kdf],
    )  # fmt: skip
    key = _formatted(path, len(plain), options)
    _fill(path, encrypt_xts(plain, key, sector_bytes))
    return MadeLuks(path, key, plain)


def _formatted(path: Path, data_bytes: int, options: tuple[str, ...]) -> bytes:
    """Format a file; return the key of its volume."""
    with path.open("wb") as stream:
        stream.truncate(_OFFSET_BYTES + data_bytes)
    password, key_file = path.with_suffix(".pw"), path.with_suffix(".key")
    password.write_text(PASSWORD)
    run((
        "cryptsetup", "luksFormat", "-q", "--disable-locks", "--uuid", _UUID,
        "--offset", str(_OFFSET_BYTES // 512), *options, str(path), str(password),
    ))  # fmt: skip
    run((
        "cryptsetup", "luksDump", "-q", "--disable-locks", "--dump-volume-key",
        "--volume-key-file", str(key_file), "--key-file", str(password), str(path),
    ))  # fmt: skip
    return key_file.read_bytes()


def _fill(path: Path, data: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(_OFFSET_BYTES)
        stream.write(data)


def encrypt_xts(plain: bytes, key: bytes, sector_bytes: int) -> bytes:
    """Encrypt sectors one by one, numbered in units of 512 bytes from 0."""
    parts = []
    for at in range(0, len(plain), sector_bytes):
        tweak = (at // 512).to_bytes(16, "little")
        context = Cipher(algorithms.AES(key), modes.XTS(tweak)).encryptor()
        parts.append(context.update(plain[at : at + sector_bytes]) + context.finalize())
    return b"".join(parts)


def encrypt_essiv(plain: bytes, key: bytes, sector_bytes: int) -> bytes:
    """Encrypt sectors one by one by AES-CBC with ``essiv:sha256``."""
    parts = []
    vectors = Cipher(algorithms.AES(hashlib.sha256(key).digest()), modes.ECB())
    for at in range(0, len(plain), sector_bytes):
        vector = vectors.encryptor().update((at // sector_bytes).to_bytes(16, "little"))
        context = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        parts.append(context.update(plain[at : at + sector_bytes]) + context.finalize())
    return b"".join(parts)
