"""The address of a carved content: where it lies in the source, so that it is read again."""

import struct
from collections.abc import Sequence

from polit.base.errors import SourceUnreadable
from polit.model.evidence import Address

_PLACE = struct.Struct("<QQ")


def pack_places(places: Sequence[tuple[int, int]]) -> Address:
    """Return the address of up to 4,000 places ``(offset_bytes, length_bytes)``."""
    return Address(b"".join(_PLACE.pack(*place) for place in places))


def unpack_places(address: bytes, *, source_bytes: int) -> list[tuple[int, int]]:
    """Return the places of an address.

    Raises:
        SourceUnreadable: It is no such address, or a place lies outside the source.
    """
    if not address or len(address) % _PLACE.size:
        raise SourceUnreadable("the address is not one of a carved content")
    places = list(_PLACE.iter_unpack(address))
    if any(length < 1 or offset + length > source_bytes for offset, length in places):
        raise SourceUnreadable("the carved content lies outside the source")
    return places
