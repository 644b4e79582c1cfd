"""One picture of a PDF, an XObject or within a page's text, as a file of its own.

JPEG and JPEG 2000 come out as they are stored; samples without a format get a header
(``_rasters``). Source: ISO 32000-1, 7.4 (filters), 8.6 (colour spaces), 8.9 (images).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, PdfObject, StreamObject

from polit.decode.found import Found, Part, Steps, Unopened
from polit.decode.holders._inflate import inflate
from polit.decode.holders._rasters import Raster, UnsupportedRaster, wrapped

_LONG_NAMES = {
    "A85": "ASCII85Decode", "AHx": "ASCIIHexDecode", "CCF": "CCITTFaxDecode", "DCT": "DCTDecode",
    "Fl": "FlateDecode", "LZW": "LZWDecode", "RL": "RunLengthDecode", "G": "DeviceGray",
    "RGB": "DeviceRGB", "CMYK": "DeviceCMYK", "I": "Indexed", "W": "Width", "H": "Height",
    "BPC": "BitsPerComponent", "CS": "ColorSpace", "F": "Filter", "DP": "DecodeParms",
    "D": "Decode", "IM": "ImageMask",
}  # fmt: skip
_FILES = {"DCTDecode": ("image/jpeg", b"jpg"), "JPXDecode": ("image/jp2", b"jp2")}
_COMPONENTS = {
    "DeviceGray": 1, "CalGray": 1, "DeviceRGB": 3, "CalRGB": 3, "DeviceCMYK": 4
}  # fmt: skip
_MAX_FILTERS = 8


@dataclass(frozen=True, slots=True)
class _Colours:
    components: int
    palette: bytes = b""
    is_inverted: bool = False


def plain(value: PdfObject | None) -> object:
    """Follow a reference; ``None`` for nothing."""
    return None if value is None else value.get_object()


def name_of(value: object) -> str:
    """Return a name without its slash, in its long form."""
    name = str(value).removeprefix("/")
    return _LONG_NAMES.get(name, name)


def picture_of(image: DictionaryObject, untrusted: bytes, steps: Steps) -> Part:
    """Return a picture as a file.

    Args:
        image: Its dictionary, with long keys.
        untrusted: Its stored bytes.
        steps: Where it lies; the last one names it.
    """
    filters = [name_of(plain(value)) for value in _list(image.get("/Filter"))]
    name = steps[-1][1].rpartition(b"/")[2]
    if len(filters) > _MAX_FILTERS:
        return Unopened("unsupported_filter", f"{len(filters)} filters")
    data = untrusted
    for coding in filters[:-1]:
        decoded = _decoded(coding, data)
        if decoded is None:
            return Unopened("unsupported_filter", coding[:32])
        data = decoded
    last = filters[-1] if filters else ""
    if last in _FILES:
        mime, extension = _FILES[last]
        return Found(steps, data, name + b"." + extension, mime)
    if last in ("ASCII85Decode", "ASCIIHexDecode"):
        data, last = _decoded(last, data) or b"", ""
    try:
        file, extension = wrapped(_raster(image, last, data))
    except UnsupportedRaster as error:
        return Unopened("unsupported_filter", f"{last} {error}"[:64])
    return Found(steps, file, name + b"." + extension)


def _list(value: PdfObject | None) -> list[PdfObject]:
    found = plain(value)
    if found is None:
        return []
    return list(found) if isinstance(found, ArrayObject) else [found]  # type: ignore[list-item]  # an object of pypdf


def _decoded(coding: str, data: bytes) -> bytes | None:
    if coding == "FlateDecode":
        return inflate(data).data
    if coding == "ASCIIHexDecode":
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", data.partition(b">")[0])
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    if coding == "ASCII85Decode":
        body = data.strip().removeprefix(b"<~").partition(b"~")[0]
        return base64.a85decode(body, ignorechars=b" \t\r\n\v\f\0")
    return data if coding == "Crypt" else None


def _raster(image: DictionaryObject, coding: str, data: bytes) -> Raster:
    parameters = _parameters(image)
    is_mask = _flag(image, "/ImageMask")
    is_fax = coding == "CCITTFaxDecode"
    bits = 1 if is_mask or is_fax else _number(image, "/BitsPerComponent", 8)
    colours = _Colours(1) if is_mask or is_fax else _colours(plain(image.get("/ColorSpace")))
    width_px, predictor = _number(image, "/Width", 0), _number(parameters, "/Predictor", 1)
    if predictor > 1:
        said = (
            _number(parameters, "/Columns", 1), _number(parameters, "/Colors", 1),
            _number(parameters, "/BitsPerComponent", 8),
        )  # fmt: skip
        if said != (width_px, colours.components, bits):
            raise UnsupportedRaster("predictor")
    inverted = colours.is_inverted ^ _is_inverted(image)
    if is_fax:
        # A fax codes white and black; where black is not 1, PDF makes 0 of it: as TIFF shows it.
        inverted ^= not _flag(parameters, "/BlackIs1")
    return Raster(
        width_px=width_px,
        height_px=_number(image, "/Height", 0),
        bits=bits,
        components=colours.components,
        coding=coding,
        data=data,
        predictor=predictor,
        is_inverted=inverted,
        palette=colours.palette,
        fax=(_number(parameters, "/K", 0), _flag(parameters, "/EncodedByteAlign")),
    )


def _parameters(image: DictionaryObject) -> DictionaryObject:
    listed = _list(image.get("/DecodeParms"))
    found = plain(listed[-1]) if listed else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _number(values: DictionaryObject, key: str, default: int) -> int:
    value = plain(values.get(key))
    return int(value) if isinstance(value, int | float) else default


def _flag(values: DictionaryObject, key: str) -> bool:
    value = plain(values.get(key))
    return isinstance(value, BooleanObject) and value.value is True


def _is_inverted(image: DictionaryObject) -> bool:
    decode = [plain(value) for value in _list(image.get("/Decode"))]
    return len(decode) >= 2 and decode[:2] == [1, 0]


def _colours(space: object) -> _Colours:
    parts = [plain(value) for value in space] if isinstance(space, ArrayObject) else [space]
    kind = name_of(parts[0]) if parts else ""
    if kind in _COMPONENTS:
        return _Colours(_COMPONENTS[kind])
    second = parts[1] if len(parts) > 1 else None
    if kind == "ICCBased" and isinstance(second, DictionaryObject):
        return _Colours(_number(second, "/N", 3))
    if kind == "Indexed" and len(parts) >= 4:
        return _Colours(1, palette=_palette(_colours(second), parts[3]))
    if kind == "Separation":
        return _Colours(1, is_inverted=True)
    if kind == "DeviceN" and isinstance(second, ArrayObject) and len(second) in (1, 4):
        return _Colours(len(second), is_inverted=len(second) == 1)
    raise UnsupportedRaster(f"colour space {kind[:24]}")


def _palette(base: _Colours, lookup: object) -> bytes:
    if isinstance(lookup, StreamObject):
        table = lookup.get_data()
    else:
        table = getattr(lookup, "original_bytes", b"")
    if base.components == 3:
        return bytes(table[:768])
    if base.components == 1:
        return b"".join(bytes((grey,)) * 3 for grey in table[:256])
    if base.components == 4:
        quads = zip(*(iter(table[:1024]),) * 4, strict=False)
        return bytes((255 - ink) * (255 - black) // 255
                     for *inks, black in quads for ink in inks)  # fmt: skip
    raise UnsupportedRaster("palette")


_INLINE = re.compile(rb"(?<![^\s])BI\s(.{1,2000}?)\sID\s", re.DOTALL)
_INLINE_END = re.compile(rb"\sEI(?=\s|$)")
_INLINE_PAIR = re.compile(rb"/(\w+)\s*(/[\w.]+|\[[^\]]*\]|<<.*?>>|-?[\d.]+|true|false)", re.DOTALL)


def inline_pictures(untrusted_content: bytes) -> Iterator[tuple[dict[str, bytes], bytes]]:
    """Give the pictures within a page's text: keys in their long form, raw values; the bytes."""
    end = 0
    for match in _INLINE.finditer(untrusted_content):
        if match.start() < end:
            continue
        closing = _INLINE_END.search(untrusted_content, match.end())
        end = closing.start() if closing else len(untrusted_content)
        pairs = {
            name_of(pair[1].decode("latin-1")): pair[2] for pair in _INLINE_PAIR.finditer(match[1])
        }
        yield pairs, untrusted_content[match.end() : end]
