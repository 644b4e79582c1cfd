"""Sums beyond 64 bits: SQLite's sum raises, so each column is summed in two halves of its bits."""

_LOW_BITS = 31
_MOST = 2**63 - 1


def whole(high: int | None, low: int | None) -> int:
    """Put ``sum(x >> 31)`` and ``sum(x & 2147483647)`` together again.

    Returns:
        The sum, at most 2^63 - 1: what a manifest can hold.
    """
    return min(((high or 0) << _LOW_BITS) + (low or 0), _MOST)
