"""Bytes that the web keeps sealed in files beside the database: a key, and a folder for each kind.

The web's own uploads alone: photographs of devices, reports as they came. No evidence is among
them, and no key of a package or a case is here.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from polit.base import settings
from polit.base.errors import IntegrityError
from polit.base.ids import new_uuid, random_bytes
from polit.store.cipher import KEY_BYTES, RoleCipher


@dataclass(frozen=True, slots=True)
class SealedFolder:
    """A folder of sealed files, each under the SHA-256 of what it holds.

    Args:
        key: The name of the key's file, such as ``exhibits.key``.
        folder: The name of the folder.
        what: What one file is, for messages: "a photograph".
    """

    key: str
    folder: str
    what: str

    def cipher(self) -> RoleCipher:
        """Return the cipher of this installation's key, which is made when it is first needed.

        Raises:
            UsageError: The key's file has another length than a key.
        """
        path = _folder() / self.key
        if not path.exists():
            _write_once(path, random_bytes(KEY_BYTES))
        return RoleCipher(path.read_bytes())

    def digest(self, data: bytes) -> str:
        """Return the SHA-256 that bytes are kept under, hex; nothing is kept yet."""
        return hashlib.sha256(data).hexdigest()

    def keep(self, data: bytes) -> str:
        """Keep bytes, sealed; the same bytes again are kept once.

        Returns:
            The SHA-256 of the bytes, hex.
        """
        sha256 = self.digest(data)
        path = _folder(self.folder) / sha256
        if not path.exists():
            _write_once(path, self.cipher().seal(data, context=sha256.encode()))
        return sha256

    def open(self, sha256: str) -> bytes:
        """Return bytes that were kept.

        Raises:
            IntegrityError: They were altered, or are gone.
        """
        try:
            sealed = (_folder(self.folder) / sha256).read_bytes()
        except FileNotFoundError as error:
            raise IntegrityError(f"{self.what}'s file is gone: restore it from a backup") from error
        return self.cipher().open(sealed, context=sha256.encode())


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
