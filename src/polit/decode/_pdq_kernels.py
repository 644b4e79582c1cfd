"""The loops of PDQ over pixels, in the form that numba compiles.

Imported by ``polit.decode.pdq`` and its parts alone. Each reads and writes flat arrays. Every sum
of float32 stands in the order in which it is added, and LLVM keeps that order: without
``fastmath`` numba neither reorders nor fuses, so that every processor gives the same bits.

Images are row by row. A kernel's sizes come in one array of integers, in the order of its first
line.
"""

import ctypes
import os
import sys
from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numba
import numpy as np
from numba import types

SIDE = 64
"""Both sides of the picture that the transform sees."""

BANDS = 16
"""How many frequencies of each direction make the hash."""

GROUP = 4
"""How many rows are folded at once: the sums are loaded and stored once for all of them."""

CHAINS = 8
"""How many rows are blurred side by side: the running sum of one row waits for each addition."""

Bytes = Sequence[int]
Whole = Sequence[int]
Floats = Sequence[np.float32]
Result = MutableSequence[np.float32]
f32 = np.float32


def fold_rows(
    rows: Sequence[Bytes], sizes: Whole, first: Whole, weights: Floats, out: Result
) -> None:
    """Sum rows to ``count`` rows, each weighing ``taps`` of them from ``first`` on."""
    count, width, taps = sizes[0], sizes[1], sizes[2]
    for i in range(count):
        line = i * width
        for x in range(width):
            out[line + x] = f32(0)
        for t in range(0, taps, GROUP):
            a, b = rows[first[i] + t], rows[first[i] + t + 1]
            c, d = rows[first[i] + t + 2], rows[first[i] + t + 3]
            at = i * taps + t
            wa, wb, wc, wd = weights[at], weights[at + 1], weights[at + 2], weights[at + 3]
            for x in range(width):
                pair = wa * f32(a[x]) + wb * f32(b[x])
                out[line + x] += pair + (wc * f32(c[x]) + wd * f32(d[x]))


def fold_columns(tall: Floats, sizes: Whole, first: Whole, weights: Floats, out: Result) -> None:
    """Reduce ``count`` rows of luma to 64 columns."""
    count, width, taps = sizes[0], sizes[1], sizes[2]
    for i in range(count):
        for j in range(SIDE):
            start, at = i * width + first[j], j * taps
            a = b = c = d = f32(0)
            for t in range(0, taps, GROUP):
                a += weights[at + t] * tall[start + t]
                b += weights[at + t + 1] * tall[start + t + 1]
                c += weights[at + t + 2] * tall[start + t + 2]
                d += weights[at + t + 3] * tall[start + t + 3]
            out[i * SIDE + j] = (a + b) + (c + d)


def brighten(rows: Sequence[Bytes], sizes: Whole, out: Result) -> None:
    """Write the luma of rows, as pdqhash does or as its C++ origin does.

    pdqhash's binding sums in double precision and rounds once, the C++ program in single.
    """
    count, width, pixel_bytes, is_single = sizes[0], sizes[1], sizes[2], sizes[3]
    stride, margin = sizes[4], sizes[5]
    for y in range(count):
        row, line = rows[y], y * stride + margin
        if pixel_bytes == 1:
            for x in range(width):
                out[line + x] = f32(row[x])
        elif is_single:
            for x in range(width):
                r, g, b = row[x * pixel_bytes], row[x * pixel_bytes + 1], row[x * pixel_bytes + 2]
                out[line + x] = (f32(0.299) * f32(r) + f32(0.587) * f32(g)) + f32(0.114) * f32(b)
        else:
            for x in range(width):
                r, g, b = row[x * pixel_bytes], row[x * pixel_bytes + 1], row[x * pixel_bytes + 2]
                out[line + x] = f32((r * 0.299 + g * 0.587) + b * 0.114)


def blur_across(image: Floats, sizes: Whole, shares: Floats, sums: Result, out: Result) -> None:
    """Take the running mean of ``window`` pixels along each row; rows in multiples of 8.

    Before each row stand ``window`` zeros, behind it ``lag``: to add and subtract them changes
    nothing, where the reference has loops of their own for both ends.
    """
    count, width, window, lag = sizes[0], sizes[1], sizes[2], sizes[3]
    stride = window + width + lag
    for top in range(0, count * stride, CHAINS * stride):
        for r in range(CHAINS):
            sums[r] = f32(0)
        for s in range(width + lag):
            for r in range(CHAINS):
                at = top + r * stride + s
                sums[r] = (sums[r] + image[at + window]) - image[at]
                out[at + window - lag] = sums[r]
        for r in range(CHAINS):
            line = top + r * stride + window
            for x in range(width):
                out[line + x] /= shares[x]


def sample_across(
    image: Floats, sizes: Whole, columns: Whole, shares: Floats, sums: Result, out: Result
) -> None:
    """Do as ``blur_across``, but give 64 columns alone; they ascend."""
    count, width, window, lag = sizes[0], sizes[1], sizes[2], sizes[3]
    stride = window + width + lag
    for y in range(0, count, CHAINS):
        for r in range(CHAINS):
            sums[r] = f32(0)
        done = 0
        for j in range(SIDE):
            for s in range(done, columns[j] + lag + 1):
                for r in range(CHAINS):
                    at = (y + r) * stride + s
                    sums[r] = (sums[r] + image[at + window]) - image[at]
            done = columns[j] + lag + 1
            for r in range(CHAINS):
                out[(y + r) * SIDE + j] = sums[r] / shares[j]


def blur_down(
    image: Floats, sizes: Whole, shares: Floats, before: Result, sums: Result, out: Result
) -> None:
    """Go on with the running mean along each column, for ``count`` rows.

    ``before`` holds the last ``window`` rows, row s in line s modulo ``window``; it and ``sums``
    are kept from call to call.
    """
    start, count, width, window = sizes[0], sizes[1], sizes[2], sizes[3]
    for k in range(count):
        line, old = k * width, (start + k) % window * width
        for x in range(width):
            sums[x] = (sums[x] + image[line + x]) - before[old + x]
            before[old + x] = image[line + x]
            out[line + x] = sums[x] / shares[k]


def transform(block: Floats, matrix: Floats, between: Result, out: Result) -> None:
    """Transform 64 x 64 pixels to 16 x 16 frequencies: matrix, block, matrix transposed."""
    for i in range(BANDS):
        for j in range(SIDE):
            total = f32(0)
            for k in range(SIDE):
                total += matrix[i * SIDE + k] * block[k * SIDE + j]
            between[i * SIDE + j] = total
    for i in range(BANDS):
        for j in range(BANDS):
            total = f32(0)
            for k in range(SIDE):
                total += between[i * SIDE + k] * matrix[j * SIDE + k]
            out[i * BANDS + j] = total


def pick(rows: Sequence[Bytes], sizes: Whole, columns: Whole, out: MutableSequence[int]) -> None:
    """Copy the pixels of the given columns."""
    count, width, pixel_bytes = sizes[0], sizes[1], sizes[2]
    for y in range(count):
        row, line = rows[y], y * width * pixel_bytes
        for x in range(width):
            for c in range(pixel_bytes):
                out[line + x * pixel_bytes + c] = row[columns[x] * pixel_bytes + c]


Kernel = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Kernels:
    """The compiled kernels; each takes the addresses of its arrays as integers."""

    fold_rows: Kernel
    fold_columns: Kernel
    brighten: Kernel
    blur_across: Kernel
    sample_across: Kernel
    blur_down: Kernel
    transform: Kernel
    pick: Kernel


_BYTES = types.CPointer(types.uint8)
_ROWS = types.CPointer(_BYTES)
_WHOLE = types.CPointer(types.int64)
_FLOATS = types.CPointer(types.float32)


@cache
def compiled() -> Kernels:
    """Compile all of them, once a process: before the lockdown, which allows no new code."""
    return Kernels(
        fold_rows=_compile(fold_rows, _ROWS, _WHOLE, _WHOLE, _FLOATS, _FLOATS),
        fold_columns=_compile(fold_columns, _FLOATS, _WHOLE, _WHOLE, _FLOATS, _FLOATS),
        brighten=_compile(brighten, _ROWS, _WHOLE, _FLOATS),
        blur_across=_compile(blur_across, _FLOATS, _WHOLE, _FLOATS, _FLOATS, _FLOATS),
        sample_across=_compile(sample_across, _FLOATS, _WHOLE, _WHOLE, _FLOATS, _FLOATS, _FLOATS),
        blur_down=_compile(blur_down, _FLOATS, _WHOLE, _FLOATS, _FLOATS, _FLOATS, _FLOATS),
        transform=_compile(transform, _FLOATS, _FLOATS, _FLOATS, _FLOATS),
        pick=_compile(pick, _ROWS, _WHOLE, _WHOLE, _BYTES),
    )


def _compile(kernel: Callable[..., None], *arguments: types.Type) -> Kernel:
    # A C callback takes addresses as they are, where a dispatcher would ask each array for its
    # type at each call, and reads rows through a table of pointers, which no array can.
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(arguments))
    return call(_address(types.void(*arguments), kernel))


def _address(signature: object, kernel: Callable[..., None]) -> int:
    """Load a kernel that was compiled earlier from this very file, or compile it.

    What is kept stands where Python keeps this module's own bytecode, and is trusted as that is;
    ``pdq.warm`` refuses one that does not give the known hashes. It saves a second of each start.
    """
    if _may_keep():
        try:
            return numba.cfunc(signature, cache=True)(kernel).address
        except Exception:  # noqa: BLE001, S110 - broken or no room: it is compiled as ever
            pass
    return numba.cfunc(signature)(kernel).address


def _may_keep() -> bool:
    """Tell whether numba would keep it beside this module, and nowhere else."""
    kept = Path(__file__).with_name("__pycache__")
    is_elsewhere = bool(numba.config.CACHE_DIR) or sys.dont_write_bytecode
    return not is_elsewhere and os.access(kept if kept.exists() else kept.parent, os.W_OK)
