"""Where packages lie, and the key that wraps the keys of their safe tiles."""

import os
from pathlib import Path, PurePosixPath

from polit.base import settings
from polit.base.errors import UsageError
from polit.base.ids import random_bytes
from polit.store.cipher import KEY_BYTES, RoleCipher

_WRAP_KEY = "tile-wrap.key"


def package_folder(place: str) -> Path:
    """Return the folder of a package from its name below the folder of packages.

    Raises:
        UsageError: The name leads anywhere else.
    """
    parts = PurePosixPath(place).parts
    is_below = bool(parts) and not place.startswith("/") and ".." not in parts
    if not is_below or "\0" in place:
        raise UsageError("the package's name must be a place below the folder of packages")
    return settings.data_folder() / "packages" / PurePosixPath(place)


def wrap_tile_key(tile_key: bytes, package_id: str) -> bytes:
    """Return a package's tile key as the database keeps it: opened by this installation alone."""
    return _wrapper().seal(tile_key, context=package_id.encode())


def unwrap_tile_key(wrapped: bytes, package_id: str) -> bytes:
    """Return a package's tile key.

    Raises:
        IntegrityError: It was wrapped elsewhere, for another package, or altered.
    """
    return _wrapper().open(bytes(wrapped), context=package_id.encode())


def private_folder() -> Path:
    """Return the folder where the web keeps copies while it reads them, made when missing."""
    folder = settings.data_folder() / "web" / "arriving"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _wrapper() -> RoleCipher:
    path = settings.data_folder() / "web" / _WRAP_KEY
    try:
        return RoleCipher(path.read_bytes())
    except FileNotFoundError:
        _make_key(path)
    return RoleCipher(path.read_bytes())


def _make_key(path: Path) -> None:
    """Make the key, whole or not at all; of two who make it at once, one key stands for both."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{_WRAP_KEY}.{random_bytes(8).hex()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(random_bytes(KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
