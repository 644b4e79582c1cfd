"""The entropy decoder of JPEG, compiled: what the carver calls.

Imported by ``jpeg`` and its parts. The loops are in ``_jpeg_kernel``.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from polit.evidence.carvers import _jpeg_kernel as kernel
from polit.evidence.carvers._jpeg_kernel import (
    GAPS,
    KNOWN,
    LEVELS,
    SIZE_BYTES,
    STATE_SIZE,
)

_BYTES = types.CPointer(types.uint8)
_WORDS = types.CPointer(types.uint16)
_WHOLE = types.CPointer(types.int64)
_ROWS = types.CPointer(_WHOLE)


@cache
def _compiled() -> Callable[..., None]:
    made = numba.cfunc(types.void(_BYTES, _WHOLE, _WORDS, _WHOLE, _ROWS, _WHOLE))(kernel.follow)
    # A C callback takes addresses as they are; arrays would be counted at each inner call.
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 6)(made.address)


def warm() -> None:
    """Compile the loop, once a process: before the lockdown, which allows no new code."""
    _compiled()


Figures = NDArray[np.int64]


@dataclass(slots=True)
class Noted:
    """The arrays that a scan reads and writes; see ``follow``."""

    known: Figures
    kept: Figures
    levels: Figures
    known_before: Figures


def run(
    data: NDArray[np.uint8],
    state: Figures,
    codes: NDArray[np.uint16],
    plan: Figures,
    noted: Noted,
    gaps: int = 0,
) -> Figures:
    """Follow a scan from a state on; the state becomes the last one.

    Args:
        data: ``(n,) uint8``: the content from some place on.
        state: ``(STATE_SIZE,)``.
        codes: ``(8, 65536)``.
        plan: ``(PLAN_SIZE,)``; the arrays' sizes in it are set here.
        noted: What it knows and what it notes.
        gaps: How many to try; 0 follows straight.

    Returns:
        ``(gaps, 3)``: status, bytes and MCUs followed; one line where it follows straight.
    """
    last, room = np.empty(STATE_SIZE, np.int64), np.empty(STATE_SIZE, np.int64)
    results = np.zeros((max(gaps, 1), 3), dtype=np.int64)
    plan[SIZE_BYTES], plan[GAPS] = len(data), len(results)
    plan[KNOWN] = min(len(noted.known), len(noted.known_before))
    plan[LEVELS] = len(noted.levels)
    rows = (noted.known, noted.kept, noted.levels, noted.known_before, last, room)
    places = np.array([row.ctypes.data for row in rows], dtype=np.uint64)
    arrays = (data, state, codes, plan, places, results)
    _compiled()(*(each.ctypes.data for each in arrays))
    state[:] = last if not gaps else state
    return results
