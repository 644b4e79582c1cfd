"""Safe tiles of a few items at once: grey, at most 24 px, the one kind of picture that is sent."""

import hashlib
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from polit.base.errors import IntegrityError, PackageDamaged, PolitError
from polit.package.derivative_cipher import context_of
from polit.package.layout import TILES
from polit.store.cipher import OVERHEAD_BYTES, RoleCipher
from polit.web.core.access import CaseAccess
from polit.web.items.models import ReviewSet
from polit.web.items.rules import item_number, place_of
from polit.web.media.models import Package
from polit.web.media.places import package_folder, unwrap_tile_key
from polit.web.media.quarantine import digests_blocked
from polit.web.media.rules import PackageState, package_of

MOST_TILES = 64
_MOST_BYTES = 64 * 1024
_TILE_ROLE = 1
# ruff: noqa: S608 - constants of this module only
_PLACES_SQL = f"""
SELECT i.id, i.content_id, i.sha256, d.offset_bytes, d.stored_bytes, d.plaintext_sha256
FROM items_item i JOIN media_derivative d ON d.content_id = i.content_id
WHERE i.id IN (ITEMS) AND d.role = {_TILE_ROLE} AND d.story = 0
"""
_log = logging.getLogger("polit.review")


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Where a tile lies in its package's pack."""

    place: int
    sha256: bytes
    offset_bytes: int
    stored_bytes: int
    plaintext_sha256: bytes


def tiles_open(
    access: CaseAccess, review_set: ReviewSet, places: Iterable[int]
) -> Mapping[int, bytes]:
    """Return the encoded safe tiles of items of a case, by their places, as they were made.

    What has no tile, lies in a withdrawn package, is quarantined or cannot be opened is left out; what cannot be
    opened is logged with its number.
    """
    by_package: dict[int, list[_Sealed]] = {}
    found = _sealed(review_set, list(places))
    blocked = digests_blocked(access.case.id, [sealed.sha256 for _, sealed in found])
    for package, sealed in found:
        if sealed.sha256 not in blocked:
            by_package.setdefault(package, []).append(sealed)
    rows = Package.objects.filter(
        case_id=access.case.id, state=PackageState.IMPORTED.value, number__in=by_package,
        tile_key__isnull=False,
    )  # fmt: skip
    opened: dict[int, bytes] = {}
    for number, folder, package_id, wrapped in rows.values_list(
        "number", "place", "package_id", "tile_key"
    ):
        opened |= _opened(by_package[number], folder, package_id, bytes(wrapped or b""))
    return opened


def _sealed(review_set: ReviewSet, places: list[int]) -> list[tuple[int, _Sealed]]:
    if not places:
        return []
    numbers = [item_number(review_set.pk, each) for each in places]
    sql = _PLACES_SQL.replace("ITEMS", ", ".join(["%s"] * len(numbers)))
    with connection.cursor() as cursor:
        cursor.execute(sql, numbers)
        return [
            (
                package_of(content),
                _Sealed(place_of(item), bytes(sha256), offset, stored, bytes(plain)),
            )
            for item, content, sha256, offset, stored, plain in cursor.fetchall()
        ]


def _opened(tiles: list[_Sealed], folder: str, package_id: str, wrapped: bytes) -> dict[int, bytes]:
    """Open the tiles of one package: its key is unwrapped and its pack opened once."""
    opened: dict[int, bytes] = {}
    try:
        cipher = RoleCipher(unwrap_tile_key(wrapped, package_id))
        descriptor = os.open(package_folder(folder) / TILES, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, PolitError) as error:
        _log.warning("the tiles of a package cannot be read: %s", type(error).__name__)
        return {}
    try:
        for tile in tiles:
            try:
                opened[tile.place] = _open(cipher, descriptor, package_id, tile)
            except (OSError, PolitError) as error:
                _log.warning("tile %d cannot be opened: %s", tile.place, type(error).__name__)
    finally:
        os.close(descriptor)
    return opened


def _open(cipher: RoleCipher, descriptor: int, package_id: str, tile: _Sealed) -> bytes:
    """Return one tile.

    Raises:
        PackageDamaged: Its row names no place in the pack.
        IntegrityError: It was altered, or belongs elsewhere.
    """
    if not OVERHEAD_BYTES < tile.stored_bytes <= _MOST_BYTES or tile.offset_bytes < 0:
        raise PackageDamaged("a tile's row names no place in a pack: verify the package")
    sealed = os.pread(descriptor, tile.stored_bytes, tile.offset_bytes)
    plain = cipher.open(sealed, context=context_of(package_id, tile.sha256, "tile", 0))
    if hashlib.sha256(plain).digest() != tile.plaintext_sha256:
        raise IntegrityError("a tile is not the one that was sealed")
    return plain
