"""What a package's pictures are sealed with and bound to: no pixels, no codec.

Apart from ``polit.package.derivatives``, so that whoever only reads packages (the web process)
loads no picture library.
"""

from polit.package.layout import THUMBNAILS, TILES
from polit.store.cipher import BlobCipher, KeyRole

PACK_OF = {"tile": TILES, "thumbnail": THUMBNAILS}
KEY_ROLE_OF = {"tile": KeyRole.SAFE_TILES, "thumbnail": KeyRole.PICTURES}


def context_of(package_id: str, sha256: bytes, role: str, story: int) -> bytes:
    """Return what a blob is bound to: package, content, role, place in the story, version."""
    return f"{package_id}|{sha256.hex()}|{role}|{story}|2".encode()


def cipher_of(package_key: bytes, role: str) -> BlobCipher:
    """Return the cipher for ``tile`` or ``thumbnail``."""
    return BlobCipher(package_key, KEY_ROLE_OF[role])
