"""Pictures that a PDF keeps without a file format of their own, put into one without a change.

The samples stay as they are stored, compressed or not: a TIFF or PNG header goes around them, so
nothing is lost, and the same bytes give the same file everywhere. Sources: ISO 32000-1, 7.4 and
8.9; TIFF 6.0; ISO/IEC 15948 (PNG).
"""

import struct
import zlib
from dataclasses import dataclass

_PNG_PREDICTORS = range(10, 16)
_TIFF_PREDICTOR = 2
_NONE, _FAX3, _FAX4, _LZW, _DEFLATE, _PACKBITS = 1, 3, 4, 5, 8, 32773
_COMPRESSIONS = {
    "": _NONE, "FlateDecode": _DEFLATE, "LZWDecode": _LZW, "RunLengthDecode": _PACKBITS
}  # fmt: skip
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _SEPARATED = 0, 1, 2, 3, 5
_PHOTOMETRIC = {1: _BLACK_IS_ZERO, 3: _RGB, 4: _SEPARATED}
_PNG_COLOURS = {1: 0, 3: 2}
_SHORT, _LONG = 3, 4
_MOST = 65_535


class UnsupportedRaster(Exception):
    """A form of storage that neither TIFF nor PNG knows."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Samples and how they are stored.

    Args:
        width_px: Samples in a row; each row begins with a byte of its own.
        height_px: Rows.
        bits: Of one component: 1, 2, 4, 8 or 16.
        components: Of one sample.
        coding: The filter that the data is still under: ``""``, ``FlateDecode``, ``LZWDecode``,
            ``RunLengthDecode`` or ``CCITTFaxDecode``.
        data: The stored bytes.
        predictor: As PDF counts them.
        is_inverted: The lowest value stands for the lightest shade.
        palette: RGB of each value, where there is one component.
        fax: ``K`` and ``EncodedByteAlign`` of a fax.
    """

    width_px: int
    height_px: int
    bits: int
    components: int
    coding: str
    data: bytes
    predictor: int = 1
    is_inverted: bool = False
    palette: bytes = b""
    fax: tuple[int, bool] = (0, False)


def wrapped(raster: Raster) -> tuple[bytes, bytes]:
    """Return a file and its extension.

    Raises:
        UnsupportedRaster: No header fits.
    """
    sides = (raster.width_px, raster.height_px)
    if raster.bits not in (1, 2, 4, 8, 16) or not all(0 < side <= _MOST for side in sides):
        raise UnsupportedRaster("size")
    if raster.predictor in _PNG_PREDICTORS:
        if raster.coding != "FlateDecode" or raster.components not in _PNG_COLOURS:
            raise UnsupportedRaster("predictor")
        if raster.is_inverted:
            raise UnsupportedRaster("inverted")
        return _png(raster), b"png"
    return _tiff(raster), b"tif"


def _png(raster: Raster) -> bytes:
    colours = 3 if raster.palette else _PNG_COLOURS[raster.components]
    header = struct.pack(
        ">IIBBBBB", raster.width_px, raster.height_px, raster.bits, colours, 0, 0, 0
    )
    palette = _chunk(b"PLTE", raster.palette[:768]) if raster.palette else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header) + palette + _chunk(b"IDAT", raster.data) + _chunk(b"IEND", b"")
    )  # fmt: skip


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _tiff(raster: Raster) -> bytes:
    """Samples of 16 bits come with the high byte first in a PDF: so does this TIFF."""
    compression = _compression(raster)
    photometric = _PALETTE if raster.palette else _photometric(raster)
    fields: dict[int, tuple[int, tuple[int, ...]]] = {
        256: (_LONG, (raster.width_px,)),
        257: (_LONG, (raster.height_px,)),
        258: (_SHORT, (raster.bits,) * raster.components),
        259: (_SHORT, (compression,)),
        262: (_SHORT, (photometric,)),
        273: (_LONG, (8,)),
        277: (_SHORT, (raster.components,)),
        278: (_LONG, (raster.height_px,)),
        279: (_LONG, (len(raster.data),)),
        284: (_SHORT, (1,)),
    }
    if raster.predictor == _TIFF_PREDICTOR:
        fields[317] = (_SHORT, (2,))
    if compression == _FAX3:
        two_dimensions, aligned = raster.fax[0] > 0, raster.fax[1]
        fields[292] = (_LONG, (int(two_dimensions) | int(aligned) << 2,))
    if raster.palette:
        fields[320] = (_SHORT, _colour_map(raster))
    return _assembled(raster.data, fields)


def _compression(raster: Raster) -> int:
    if raster.coding == "CCITTFaxDecode":
        return _FAX4 if raster.fax[0] < 0 else _FAX3
    if raster.coding not in _COMPRESSIONS:
        raise UnsupportedRaster(raster.coding)
    return _COMPRESSIONS[raster.coding]


def _photometric(raster: Raster) -> int:
    if raster.components not in _PHOTOMETRIC:
        raise UnsupportedRaster("colour space")
    if raster.is_inverted:
        if raster.components != 1:
            raise UnsupportedRaster("inverted")
        return _WHITE_IS_ZERO
    return _PHOTOMETRIC[raster.components]


def _colour_map(raster: Raster) -> tuple[int, ...]:
    count = 1 << min(raster.bits, 8)
    table = raster.palette[: 3 * count].ljust(3 * count, b"\0")
    return tuple(257 * value for component in range(3) for value in table[component::3])


def _assembled(data: bytes, fields: dict[int, tuple[int, tuple[int, ...]]]) -> bytes:
    """Header, data, values that do not fit into a field, then the directory."""
    body = bytearray(data + b"\0" * (len(data) % 2))
    rows = b""
    for tag, (kind, values) in sorted(fields.items()):
        packed = struct.pack(f">{len(values)}{'H' if kind == _SHORT else 'I'}", *values)
        if len(packed) > 4:
            at = 8 + len(body)
            body += packed
            packed = struct.pack(">I", at)
        rows += struct.pack(">HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    head = b"MM\0*" + struct.pack(">I", 8 + len(body))
    return head + bytes(body) + struct.pack(">H", len(fields)) + rows + bytes(4)
