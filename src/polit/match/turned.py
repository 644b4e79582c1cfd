"""Fingerprints of turned and mirrored pictures, made from the straight fingerprint alone.

Frames of videos keep no turned fingerprints (seven for each second would be most of a package).
Turning a picture swaps PDQ's frequencies or their signs, and each bit says whether a frequency
lies above the median of all. The median is close to zero, so that a bit whose frequency changes
its sign almost always changes too; the exact ones differ by the few bits that lie between.
"""

import numpy as np

from polit.match.near_hits import VALUE_BYTES, Fingerprints

TURNS = (
    "rotate90", "rotate180", "rotate270", "flip_left_right", "flip_top_bottom", "flip_diagonal",
    "flip_other_diagonal",
)  # fmt: skip
"""The order of turned fingerprints, as ``PerceptualHash.dihedral`` holds them."""

_BANDS = 16
_ODD_COLUMNS = np.tile(np.array([1, 0], dtype=np.uint8), (_BANDS, _BANDS // 2))
_ODD_ROWS = np.ascontiguousarray(_ODD_COLUMNS.T)


def turned_values(values: Fingerprints) -> Fingerprints:
    """Return the fingerprints of the seven turns, as nearly as the straight ones tell them.

    Args:
        values: ``(n, 32) uint8``.

    Returns:
        ``(7, n, 32) uint8``, by ``TURNS``.
    """
    bits = np.unpackbits(values, axis=1)[:, ::-1].reshape(-1, _BANDS, _BANDS)
    by_columns, by_rows = bits ^ _ODD_COLUMNS, bits ^ _ODD_ROWS
    by_both = by_columns ^ _ODD_ROWS
    swapped = (by_columns, by_both, by_rows, by_columns, by_rows, bits, by_both)
    turned = np.stack(
        [
            part.transpose(0, 2, 1) if is_transposed else part
            for part, is_transposed in zip(swapped, _TRANSPOSED, strict=True)
        ]
    )
    flat = turned.reshape(len(TURNS), len(values), _BANDS * _BANDS)
    packed: Fingerprints = np.packbits(flat[:, :, ::-1], axis=2)
    return packed.reshape(len(TURNS), len(values), VALUE_BYTES)


_TRANSPOSED = (True, False, True, False, False, True, True)
