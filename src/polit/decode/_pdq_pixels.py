"""Where the pixels of a picture stand in memory, without a copy of them.

Imported by ``polit.decode.pdq`` and its parts alone. Pillow keeps a table of the addresses of a
picture's rows, whatever made it, and offers it to C through ``Image.getim``; NumPy's way to the
pixels copies them twice (50 ms for 12 MP, ten times what the hash itself costs).
"""

import ctypes
import warnings
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

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
class StoredPixels:
    """Eight-bit pixels in memory: one channel, or red, green, blue and perhaps a byte to skip.

    Args:
        addresses: Where each row begins.
        width_px: Pixels in a row.
        pixel_bytes: 1, 3 or 4.
        owner: What keeps the memory.
    """

    addresses: NDArray[np.uintp]
    width_px: int
    pixel_bytes: int
    owner: object

    bands_at_once: ClassVar = 4

    @property
    def height_px(self) -> int:
        """How many rows there are."""
        return len(self.addresses)

    def rows(self, start: int, stop: int) -> "StoredPixels":
        """Return the rows from ``start`` to before ``stop``."""
        addresses = self.addresses[start:stop]
        return StoredPixels(addresses, self.width_px, self.pixel_bytes, self.owner)

    def picked(self, rows: NDArray[np.int64]) -> "StoredPixels":
        """Return the given rows."""
        return StoredPixels(self.addresses[rows], self.width_px, self.pixel_bytes, self.owner)


@dataclass(frozen=True, slots=True)
class ConvertedPixels:
    """A picture of a mode that Pillow converts to RGB, some rows at a time.

    Converted at once, a palette picture would take five times its memory.
    """

    picture: Image.Image

    pixel_bytes: ClassVar = 4
    bands_at_once: ClassVar = 1

    @property
    def width_px(self) -> int:
        """Pixels in a row."""
        return self.picture.width

    @property
    def height_px(self) -> int:
        """How many rows there are."""
        return self.picture.height

    def rows(self, start: int, stop: int) -> StoredPixels:
        """Return the rows from ``start`` to before ``stop``."""
        return _converted(self.picture.crop((0, start, self.width_px, stop)))

    def picked(self, rows: NDArray[np.int64]) -> StoredPixels:
        """Return the given rows, put one under the other before they are converted."""
        # Cropped, not made anew, so that it has the palette, whatever kind of palette that is.
        chosen = self.picture.crop((0, 0, self.width_px, len(rows)))
        for y, row in enumerate(rows.tolist()):
            chosen.paste(self.picture.crop((0, row, self.width_px, row + 1)), (0, y))
        return _converted(chosen)


Pixels = StoredPixels | ConvertedPixels


def pixels_of_picture(picture: Image.Image) -> Pixels:
    """Return the pixels as ``convert("RGB")`` gives them; grey stays grey.

    Raises:
        ValueError: Pillow cannot convert the mode.
    """
    return _stored(picture) if picture.mode in _PIXEL_BYTES else ConvertedPixels(picture)


def _converted(part: Image.Image) -> StoredPixels:
    with warnings.catch_warnings():
        # A palette with transparency: told to be lossy, which the definition accepts.
        warnings.simplefilter("ignore")
        if part.mode == "La":  # premultiplied: Pillow's only way leads over LA
            part = part.convert("LA")
        return _stored(_of_lab(part) if part.mode == "LAB" else part.convert("RGB"))


def _of_lab(part: Image.Image) -> Image.Image:
    """Convert as ``convert`` does, which would make its transform anew for each part: 5 ms."""
    return _lab_transform().apply(part)


@cache
def _lab_transform() -> ImageCms.ImageCmsTransform:
    profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(*profiles, "LAB", "RGB")


def _stored(picture: Image.Image) -> StoredPixels:
    (width_px, height_px), pixel_bytes = picture.size, _PIXEL_BYTES[picture.mode]
    found = _Imaging.from_address(_pointer_of(picture.getim(), _CAPSULE))
    expected = (width_px, height_px, pixel_bytes, width_px * pixel_bytes)
    if (found.xsize, found.ysize, found.pixelsize, found.linesize) != expected:
        raise RuntimeError("Pillow's layout in memory is not the one of version 13")
    rows = np.ctypeslib.as_array((ctypes.c_size_t * height_px).from_address(found.image))
    return StoredPixels(rows.view(np.uintp), width_px, pixel_bytes, picture)


def pixels_of_array(pixels: NDArray[np.uint8]) -> StoredPixels:
    """Return the pixels of an array ``(height, width, 3) uint8 RGB``, or without the last axis."""
    owner = pixels if pixels[:1].flags.c_contiguous else np.ascontiguousarray(pixels)
    height_px, width_px = owner.shape[:2]
    rows = owner.ctypes.data + np.arange(height_px, dtype=np.uintp) * np.uintp(owner.strides[0])
    return StoredPixels(rows, width_px, 1 if owner.ndim == 2 else owner.shape[2], owner)
