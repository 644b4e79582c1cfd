"""The properties of an XMP packet that are wanted, read as a stream.

No entity, no document type, no outside reference is followed; size, depth and number of
elements are bounded. What was read before the damage of a packet is kept.

Source: ISO 16684-1 (XMP: data model, serialisation in RDF/XML).
"""

from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from polit.decode._exif_fields import MAX_XMP_BYTES
from polit.decode._exif_text import MAX_CHARS, clean

_MAX_ELEMENTS = 20_000
_MAX_DEPTH = 64
_MAX_NAME_CHARS = 64
_MAX_VALUES = 16
_CHUNK_CHARS = 1 << 14

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREFIXES = {
    "adobe:ns:meta/": "x",
    _RDF: "rdf",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.adobe.com/xmp/note/": "xmpNote",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "xmp-exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.google.com/photos/1.0/panorama/": "GPano",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
    "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
}
"""The prefix of each namespace here; which one a packet binds does not matter. Properties of
XMP's exif namespace are called ``xmp-exif``, to tell them from EXIF's own fields."""
# A packet starts with a mark of its order of bytes, or with "<".
_ENCODINGS = {
    b"\xff\xfe": "utf-16-le",
    b"<\0": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"\0<": "utf-16-be",
}
_SYNTAX = frozenset({"rdf", "x", "xml"})


@dataclass(frozen=True, slots=True)
class Packet:
    """What a packet says.

    Args:
        properties: Names such as ``dc:creator`` and values, in the order of the packet; a
            member of a structure as ``xmpMM:DerivedFrom/stRef:documentID``. At most 16 values
            of a name.
        damage: What was not in form, ``""`` for nothing.
    """

    properties: tuple[tuple[str, str], ...] = ()
    damage: str = ""

    def first(self, name: str) -> str:
        """Return the first value of a name, ``""`` where there is none."""
        return next((value for found, value in self.properties if found == name), "")


class _BeyondLimitError(Exception):
    """A packet has more than the limits allow."""


def read_packet(untrusted: bytes, wanted: frozenset[str]) -> Packet:
    """Read the wanted properties of a packet."""
    if len(untrusted) > MAX_XMP_BYTES:
        return Packet(damage=f"larger than {MAX_XMP_BYTES} bytes, not read")
    text = _text(untrusted)
    if not text:
        return Packet()
    properties = _Properties(wanted)
    # The encoding is given, so that no packet makes the parser look for a codec.
    parser = DefusedXMLParser(target=properties, encoding="utf-8", forbid_dtd=True)
    try:
        for start in range(0, len(text), _CHUNK_CHARS):
            parser.feed(text[start : start + _CHUNK_CHARS].encode("utf-8"))
        parser.close()
    except (ParseError, DefusedXmlException, _BeyondLimitError) as error:
        return Packet(tuple(properties.found), _damage(error))
    return Packet(tuple(properties.found))


def _damage(error: ParseError | DefusedXmlException | _BeyondLimitError) -> str:
    """Put it into words of our own: the parser's differ from version to version."""
    if isinstance(error, DefusedXmlException):
        return "has a document type, which is not read"
    if isinstance(error, _BeyondLimitError):
        return "deeper or longer than is read"
    line, column = error.position
    return f"not well-formed at line {line}, column {column}"


def _text(untrusted: bytes) -> str:
    """Decode by the mark at the start, or by its first letter; foreign bytes become visible."""
    encoding = _ENCODINGS.get(untrusted[:2], "utf-8")
    text = untrusted.decode(encoding, errors="backslashreplace")
    return text.strip("\ufeff\0 \t\r\n")


class _Properties:
    """Takes the parser's events and collects what is wanted."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.found: list[tuple[str, str]] = []
        self._wanted = wanted
        self._paths: list[str] = []
        self._texts: list[list[str]] = []
        self._elements = 0
        self._values: dict[str, set[str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1 + len(attributes)
        if len(self._paths) >= _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise _BeyondLimitError
        path = _below(self._paths[-1] if self._paths else "", tag)
        self._paths.append(path)
        self._texts.append([])
        for key, value in attributes.items():
            if key == f"{{{_RDF}}}resource":
                self._keep(path, value)
            elif (inner := _below(path, key)) != path:
                self._keep(inner, value)

    def data(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)

    def end(self, _tag: str) -> None:
        self._keep(self._paths.pop(), "".join(self._texts.pop()))

    def close(self) -> None:
        """End; what was found is read from ``found``."""

    def _keep(self, path: str, value: str) -> None:
        if path not in self._wanted:
            return
        values = self._values.setdefault(path, set())
        cleaned = clean(value.strip()[: 4 * MAX_CHARS])
        if cleaned and cleaned not in values and len(values) < _MAX_VALUES:
            values.add(cleaned)
            self.found.append((path, cleaned))


def _below(path: str, tag: str) -> str:
    """Return the path of what stands below ``path``; RDF's own elements add nothing to it."""
    name = _name(tag)
    if name.split(":")[0] in _SYNTAX:
        return path
    return f"{path}/{name}" if path else name


def _name(tag: str) -> str:
    """Return ``prefix:name``, ``?`` for what is not read: a namespace, a name of many letters."""
    space, _, name = tag.removeprefix("{").rpartition("}")
    prefix = _PREFIXES.get(space)
    return "?" if prefix is None or len(name) > _MAX_NAME_CHARS else f"{prefix}:{name}"
