"""Where the pixels of a picture stand in memory, without a copy of them.

Imported by ``polit.decode.pdq`` and its parts alone. Pillow keeps a table of the addresses of a
picture's rows, whatever made it, and offers it to C through ``Image.getim``; NumPy's way to the
pixels copies them twice (50 ms for 12 MP, ten times what the hash itself costs).
"""

import ctypes
import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_PIXEL_BYTES: Final = {"L": 1, "RGB": 4, "RGBX": 4, "RGBA": 4}
"""Modes whose bytes are what ``convert("RGB")`` gives, and Pillow's bytes for a pixel of them."""

_CAPSULE: Final = b"Pillow Imaging"


class _Imaging(ctypes.Structure):
    """The head of Pillow's ``struct ImagingMemoryInstance``, libImaging/Imaging.h, 13.0."""

    _fields_ = (
        ("mode", ctypes.c_int),
        ("type", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("bands", ctypes.c_int),
        ("xsize", ctypes.c_int),
        ("ysize", ctypes.c_int),
        ("palette", ctypes.c_void_p),
        ("image8", ctypes.c_void_p),
        ("image32", ctypes.c_void_p),
        ("image", ctypes.c_void_p),
        ("block", ctypes.c_void_p),
        ("blocks", ctypes.c_void_p),
        ("pixelsize", ctypes.c_int),
        ("linesize", ctypes.c_int),
    )


_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = (ctypes.py_object, ctypes.c_char_p)


@dataclass(frozen=True, slots=True)
class Pixels:
    """Eight-bit pixels of one channel, or of red, green, blue and perhaps a byte to skip.

    Args:
        rows: The address of each row.
        width_px: Pixels in a row.
        pixel_bytes: 1, 3 or 4.
        owner: What keeps the memory.
    """

    rows: NDArray[np.uintp]
    width_px: int
    pixel_bytes: int
    owner: object

    @property
    def height_px(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def table(self) -> int:
        """Return the address of the table of rows."""
        return int(self.rows.ctypes.data)


def pixels_of_picture(picture: Image.Image) -> Pixels:
    """Return the pixels as ``convert("RGB")`` gives them; grey stays grey.

    Raises:
        ValueError: Pillow cannot convert the mode.
    """
    pixel_bytes = _PIXEL_BYTES.get(picture.mode)
    if pixel_bytes is None:
        with warnings.catch_warnings():
            # A palette with transparency: told to be lossy, which the definition accepts.
            warnings.simplefilter("ignore")
            return pixels_of_picture(picture.convert("RGB"))
    width_px, height_px = picture.size
    pointer = _pointer_of(picture.getim(), _CAPSULE)
    found = _Imaging.from_address(pointer)
    expected = (width_px, height_px, pixel_bytes, width_px * pixel_bytes)
    if (found.xsize, found.ysize, found.pixelsize, found.linesize) != expected:
        raise RuntimeError("Pillow's layout in memory is not the one of version 13")
    rows = np.ctypeslib.as_array((ctypes.c_size_t * height_px).from_address(found.image))
    return Pixels(rows.view(np.uintp), width_px, pixel_bytes, picture)


def pixels_of_array(pixels: NDArray[np.uint8]) -> Pixels:
    """Return the pixels of an array ``(height, width, 3) uint8 RGB``, or without the last axis."""
    owner = pixels if pixels[:1].flags.c_contiguous else np.ascontiguousarray(pixels)
    height_px, width_px = owner.shape[:2]
    rows = owner.ctypes.data + np.arange(height_px, dtype=np.uintp) * np.uintp(owner.strides[0])
    return Pixels(rows, width_px, 1 if owner.ndim == 2 else owner.shape[2], owner)
