"""The key that codes and photographs are sealed with, and the folder of the photographs."""

import hashlib
import os
from pathlib import Path

from polit.base import settings
from polit.base.errors import IntegrityError
from polit.base.ids import new_uuid, random_bytes
from polit.store.cipher import KEY_BYTES, RoleCipher


def sealing_cipher() -> RoleCipher:
    """Return the cipher of this installation's key, which is made when it is first needed.

    Raises:
        UsageError: The key's file has another length than a key.
    """
    path = _folder() / "exhibits.key"
    if not path.exists():
        _write_once(path, random_bytes(KEY_BYTES))
    return RoleCipher(path.read_bytes())


def keep_sealed(data: bytes) -> str:
    """Keep bytes under their SHA-256, sealed; the same bytes again are kept once.

    Returns:
        The SHA-256 of the bytes, hex.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    path = _folder("photographs") / sha256
    if not path.exists():
        _write_once(path, sealing_cipher().seal(data, context=sha256.encode()))
    return sha256


def open_sealed(sha256: str) -> bytes:
    """Return bytes that were kept.

    Raises:
        IntegrityError: They were altered, or are gone.
    """
    try:
        sealed = (_folder("photographs") / sha256).read_bytes()
    except FileNotFoundError as error:
        raise IntegrityError("a photograph's file is gone: restore it from a backup") from error
    return sealing_cipher().open(sealed, context=sha256.encode())


def _folder(*below: str) -> Path:
    folder = settings.data_folder().joinpath("web", *below)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write_once(path: Path, data: bytes) -> None:
    """Write a whole file or none; of two who write at once, the first one's stays."""
    part = path.with_name(f"{path.name}.{new_uuid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            return
    finally:
        part.unlink()
