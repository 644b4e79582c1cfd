"""Tell SHA-256 and PDQ apart, which look alike: sixty-four digits."""

import re
from enum import Enum

_LINE = re.compile(rb"^[ \t]*([0-9A-Fa-f]{64})[ \t\r]*(?:[,;\t|]|$)", re.MULTILINE)
_LOOKED_AT = 200
_SURE = 12
"""So many values decide: random ones would all lie near the middle once in twenty million times."""
_NONE_NEAR = 3
"""So many values that all lie far from the middle are no PDQ of pictures either."""
_BITS = 256
_MIDDLE = 2
"""A PDQ cuts at its median: half its bits are set, save where values tie."""


class Balance(Enum):
    """What the values of a list are."""

    SHA256 = "sha256"
    PDQ = "pdq"
    UNSURE = "unsure"
    NEITHER = "neither"


def balance_of(head: bytes, name: str) -> Balance:
    """Tell what lines of sixty-four digits are.

    A PDQ sets the bits whose coefficient lies above the median, so half of them, and hardly ever
    more than two off; of random bits, as SHA-256's are, a quarter of the values lie so near.

    Args:
        head: The first bytes of a list, or of a table whose first column they are.
        name: The file's name: decides when it names one of both, and the values do not say
            otherwise.

    Returns:
        ``NEITHER`` when there is no such line, ``UNSURE`` when there are too few to tell.
    """
    values = _LINE.findall(head)[:_LOOKED_AT]
    if not values:
        return Balance.NEITHER
    lowered = name.lower()
    named = ("pdq" in lowered, "sha256" in lowered or "sha-256" in lowered)
    told = _balance(values)
    if named == (True, False):
        return Balance.PDQ if told is not Balance.SHA256 else Balance.UNSURE
    if named == (False, True):
        return Balance.SHA256 if told is not Balance.PDQ else Balance.UNSURE
    return told


def _balance(values: list[bytes]) -> Balance:
    near = sum(1 for value in values if _is_half(value))
    if len(values) < _SURE:
        return Balance.UNSURE if near or len(values) < _NONE_NEAR else Balance.SHA256
    if near <= len(values) // 2:
        return Balance.SHA256
    return Balance.PDQ if near * 10 >= len(values) * 9 else Balance.UNSURE


def _is_half(value: bytes) -> bool:
    return abs(int(value, 16).bit_count() - _BITS // 2) <= _MIDDLE
