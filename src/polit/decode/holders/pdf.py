"""PDF: the pictures of each page, files that are attached, and pictures that no page shows.

Steps: ``page:<number>`` with ``image:<name>`` or ``inline:<number>``; ``attachment:<name>``;
``object:<number>`` for what no page leads to (an earlier version, an annotation, a damaged tree).
Where the file's own tables are lost, JPEGs are looked for by the marks of their objects.
"""

import io
import itertools
import logging
import mmap
import re
from collections.abc import Callable, Iterator

from pypdf import PasswordType, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
    read_object,
)

from polit.decode.found import Found, Part, Steps, Unopened
from polit.decode.holders._pdf_images import inline_pictures, name_of, picture_of, plain
from polit.decode.refusal import Refused

ORDER = 50
NAME = "pdf"
MIMES = frozenset({"application/pdf"})

# What it says of a damaged file names objects; it helps nobody, and costs time.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)

_MAX_PAGES = 20_000
_MAX_OBJECTS = 200_000
_MAX_FORM_DEPTH = 8
_STREAM = re.compile(
    rb"(\d{1,9})\s+\d{1,5}\s+obj\s*(<<(?:(?!endobj).){0,4000}?>>)\s*stream\r?\n", re.DOTALL
)


def takes(untrusted: mmap.mmap) -> bool:
    """Tell whether it begins like a PDF."""
    return untrusted.find(b"%PDF-", 0, 1024) >= 0


def find(untrusted: mmap.mmap) -> Iterator[Part]:
    """Give what is inside: pictures by page, attachments, pictures of no page, inline ones."""
    try:
        reader = PdfReader(io.BytesIO(untrusted[:]), strict=False)
        is_locked = reader.is_encrypted and not _opens(reader)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        yield Unopened("damaged")
        yield from _by_marks(untrusted)
        return
    if is_locked:
        raise Refused("encrypted", "by PDF")
    document = _Document(reader)
    for phase in (document.page_pictures, document.other_objects, document.inline_pictures):
        yield from _guarded(phase)


def samples() -> Iterator[bytes]:
    """A page with pictures of each kind, an attachment, and a file without its tables."""
    yield _SAMPLE
    yield _SAMPLE[: _SAMPLE.rfind(b"trailer")]
    yield b"%PDF-1.4\n1 0 obj<</Subtype/Image/Filter/DCTDecode>>stream\n\xff\xd8\nendstream"


_SAMPLE = b"""%PDF-1.4
1 0 obj
<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a) 6 0 R]>>>>>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</A 5 0 R/B 8 0 R/C 9 0 R>>>>>>
endobj
4 0 obj
<</Length 41>>
stream
q BI /W 1 /H 1 /CS /G /BPC 8 ID x
EI Q
BT ET
endstream
endobj
5 0 obj
<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent 8/Length 3>>
stream
abc
endstream
endobj
6 0 obj
<</Type/Filespec/F(a)/EF<</F 7 0 R>>>>
endobj
7 0 obj
<</Type/EmbeddedFile/Filter/FlateDecode/Length 8>>
stream
x\x9c\x03\x00\x00\x00\x00\x01
endstream
endobj
8 0 obj
<</Subtype/Image/Width 1/Height 1/ColorSpace[/Indexed/DeviceRGB 0(abc)]/BitsPerComponent 8
/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 1/Columns 1>>/Length 8>>
stream
x\x9c\x03\x00\x00\x00\x00\x01
endstream
endobj
9 0 obj
<</Subtype/Image/Width 1/Height 1/BitsPerComponent 1/Filter[/ASCII85Decode/CCITTFaxDecode]
/DecodeParms[null<</K -1/Columns 1>>]/Length 4>>
stream
!!~>
endstream
endobj
trailer
<</Root 1 0 R/Size 10>>
startxref
0
%%EOF
"""


def _opens(reader: PdfReader) -> bool:
    """Try the empty password: many a PDF is only locked against changes."""
    try:
        return reader.decrypt("") is not PasswordType.NOT_DECRYPTED
    except (PyPdfError, NotImplementedError, ValueError) as error:
        raise Refused("encrypted", "by PDF, in a way that is not known") from error


def _guarded(phase: Callable[[], Iterator[Part]]) -> Iterator[Part]:
    """What one way of looking meets must not end the others."""
    try:
        yield from phase()
    except (MemoryError, Refused):
        raise
    except Exception as error:  # noqa: BLE001 - the item is hostile, and its reader a third party's
        yield Unopened("damaged", type(error).__name__)


class _Document:
    """An open PDF, and which of its objects were given."""

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self._seen: set[int] = set()

    def page_pictures(self) -> Iterator[Part]:
        for number, page in enumerate(itertools.islice(self._reader.pages, _MAX_PAGES), start=1):
            steps: Steps = (("page", b"%d" % number),)
            yield from self._resources(plain(page.get("/Resources")), steps, "", 0)
            if number == _MAX_PAGES:
                yield Unopened("too_many", f"more than {_MAX_PAGES} pages")

    def _resources(self, resources: object, above: Steps, path: str, depth: int) -> Iterator[Part]:
        found = plain(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else 0
        if not isinstance(found, DictionaryObject) or depth > _MAX_FORM_DEPTH:
            return
        for key in found:
            reference = found.raw_get(key)
            if not isinstance(reference, IndirectObject) or reference.idnum in self._seen:
                continue
            self._seen.add(reference.idnum)
            name = path + str(key).removeprefix("/")
            yield from self._xobject(reference, above, name, depth)

    def _xobject(
        self, reference: IndirectObject, above: Steps, name: str, depth: int
    ) -> Iterator[Part]:
        xobject = self._stream(reference)
        if xobject is None:
            yield Unopened("damaged")
        elif _subtype(xobject) == "Image":
            yield self._picture(xobject, (*above, ("image", name.encode("utf-8", "replace"))))
        elif _subtype(xobject) == "Form":
            resources = plain(xobject.get("/Resources"))
            yield from self._resources(resources, above, name + "/", depth + 1)

    def _stream(self, reference: IndirectObject) -> StreamObject | None:
        """Read a stream without keeping it: the reader would keep all that it ever read."""
        try:
            found = reference.get_object()
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, RecursionError):
            return None
        self._reader.resolved_objects.pop((reference.generation, reference.idnum), None)
        return found if isinstance(found, StreamObject) else None

    def _picture(self, image: StreamObject, steps: Steps) -> Part:
        for key in ("/SMask", "/Mask"):
            mask = image.raw_get(key) if key in image else None
            if isinstance(mask, IndirectObject):
                self._seen.add(mask.idnum)  # a part of this picture, not another one
        try:
            return picture_of(image, StreamObject.get_data(image), steps)
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, OverflowError):
            return Unopened("damaged")

    def other_objects(self) -> Iterator[Part]:
        """Give attachments, then what no page leads to, both by the numbers of their objects."""
        references = self._references()
        if len(references) > _MAX_OBJECTS:
            yield Unopened("too_many", f"more than {_MAX_OBJECTS} objects")
        left: list[IndirectObject] = []
        for reference in references[:_MAX_OBJECTS]:
            found = self._any(reference)
            if isinstance(found, StreamObject):
                if _subtype(found) == "Image" or _type(found) == "EmbeddedFile":
                    left.append(reference)
            elif isinstance(found, DictionaryObject) and "/EF" in found:
                yield from self._attachment(found)
        for reference in left:
            if reference.idnum not in self._seen:
                yield from self._unreached(reference)

    def _references(self) -> list[IndirectObject]:
        numbers = {(number, generation) for generation, numbers in self._reader.xref.items()
                   for number in numbers}  # fmt: skip
        numbers |= {(number, 0) for number in self._reader.xref_objStm}
        return [
            IndirectObject(number, generation, self._reader)
            for number, generation in sorted(numbers)
        ]

    def _any(self, reference: IndirectObject) -> PdfObject | None:
        try:
            found = reference.get_object()
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, RecursionError):
            return None
        self._reader.resolved_objects.pop((reference.generation, reference.idnum), None)
        return found

    def _unreached(self, reference: IndirectObject) -> Iterator[Part]:
        steps: Steps = (("object", b"%d" % reference.idnum),)
        found = self._stream(reference)
        if found is None:
            yield Unopened("damaged")
        elif _subtype(found) == "Image":
            yield self._picture(found, steps)
        else:
            yield _file(found, steps, b"")

    def _attachment(self, specification: DictionaryObject) -> Iterator[Part]:
        files = plain(specification.get("/EF"))
        name = str(plain(specification.get("/UF")) or plain(specification.get("/F")) or "")
        for key in ("/UF", "/F"):
            reference = (
                files.raw_get(key) if isinstance(files, DictionaryObject) and key in files else None
            )
            if not isinstance(reference, IndirectObject) or reference.idnum in self._seen:
                continue
            self._seen.add(reference.idnum)
            found = self._stream(reference)
            raw = name.encode("utf-8", "replace")
            steps: Steps = (("attachment", raw),)
            yield Unopened("damaged") if found is None else _file(found, steps, raw)

    def inline_pictures(self) -> Iterator[Part]:
        for number, page in enumerate(itertools.islice(self._reader.pages, _MAX_PAGES), start=1):
            contents = page.get_contents()
            data = contents.get_data() if contents is not None else b""
            for count, (values, body) in enumerate(inline_pictures(data), start=1):
                steps: Steps = (("page", b"%d" % number), ("inline", b"%d" % count))
                yield self._picture_within(values, body, steps)

    def _picture_within(self, values: dict[str, bytes], body: bytes, steps: Steps) -> Part:
        text = b"".join(
            b"/%s %s " % (key.encode("latin-1"), value) for key, value in values.items()
        )
        try:
            image = read_object(io.BytesIO(b"<<" + text + b">>"), self._reader)
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, RecursionError):
            return Unopened("damaged")
        if not isinstance(image, DictionaryObject):
            return Unopened("damaged")
        try:
            return picture_of(image, body, steps)
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, OverflowError):
            return Unopened("damaged")


def _subtype(found: DictionaryObject) -> str:
    return name_of(plain(found.get("/Subtype")))


def _type(found: DictionaryObject) -> str:
    return name_of(plain(found.get("/Type")))


def _file(found: StreamObject, steps: Steps, name: bytes) -> Part:
    try:
        return Found(steps, found.get_data(), name, is_attached=True)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError):
        return Unopened("damaged")


def _by_marks(untrusted: mmap.mmap) -> Iterator[Part]:
    """Give the JPEGs of a file whose tables are lost."""
    for match in _STREAM.finditer(untrusted):
        head = match[2]
        if b"/Image" not in head or not (b"/DCTDecode" in head or b"/JPXDecode" in head):
            continue
        end = untrusted.find(b"endstream", match.end())
        data = untrusted[match.end() : end if end >= 0 else len(untrusted)]
        if data.startswith((b"\xff\xd8", b"\0\0\0\x0cjP", b"\xff\x4f\xff\x51")):
            yield Found((("object", match[1]),), data.rstrip(b"\r\n"))
