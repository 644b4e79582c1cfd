"""Opens safe tiles: grey, at most 24 px, the one kind of picture that the web can open."""

import hashlib

from polit.base.errors import IntegrityError, PackageDamaged
from polit.package.derivative_cipher import context_of
from polit.store.cipher import OVERHEAD_BYTES, RoleCipher
from polit.web.media.places import package_folder, unwrap_tile_key
from polit.web.media.queries import TilePlace

_MOST_BYTES = 64 * 1024


def open_tile(tile: TilePlace) -> bytes:
    """Return an encoded safe tile, exactly as it was made.

    Raises:
        PackageDamaged: Its place is not in the pack, or the pack is gone.
        IntegrityError: It was altered, or belongs to another package.
    """
    if not OVERHEAD_BYTES < tile.stored_bytes <= _MOST_BYTES or tile.offset_bytes < 0:
        raise PackageDamaged("a tile's row names no place in a pack: verify the package")
    try:
        with (package_folder(tile.place) / tile.pack).open("rb") as stream:
            stream.seek(tile.offset_bytes)
            sealed = stream.read(tile.stored_bytes)
    except OSError as error:
        raise PackageDamaged("the package's tiles cannot be read: is it still there?") from error
    cipher = RoleCipher(unwrap_tile_key(tile.wrapped_key, tile.package_id))
    plain = cipher.open(sealed, context=context_of(tile.package_id, tile.sha256, "tile", 0))
    if hashlib.sha256(plain).digest() != tile.plaintext_sha256:
        raise IntegrityError("a tile is not the one that was sealed")
    return plain
