"""Where bytes are, outermost first. The text form round-trips and sorts by its bytes.

A step is ``kind:value``; steps are joined by ``;``. In a value the characters ``%``, ``;``
and controls, and bytes that are not UTF-8, stand as ``%NN``. Kinds in use::

    volume:1@1048576      volume number @ offset in bytes (0@0: no partition table)
    luks:1                volume inside that one, by the layer's name and its number there
    ntfs:/Users/a/b.jpg   file system and the path inside it
    record:64-1           metadata record that the name leads to
    stream:hidden.jpg     named stream of that file
    same:2                the second name with the same path and record in its folder
    carved:512+90,4096+7  bytes of the source that no file owns, offset+length each; of more than
                          16 the first 16, then ``~`` and how many follow

inside archives, one step each::

    zip:dir/x.jpg         member by its name; also tar, sevenzip, rar, cab, iso, cpio, ar, xar, lha
    gzip:x.jpg            what is compressed alone; also bzip2, xz, lzma, zstd, lz4, lzip, compress

and inside what holds pictures::

    zip:word/media/1.jpg  member of a document that is a ZIP (Office, OpenDocument, EPUB)
    stream:Pictures       stream of a document that is an OLE compound file
    picture:3             the third picture drawn in that stream
    object:1              object embedded there; in a PDF: object that no page leads to
    file:list.pdf         file that was dropped into a document
    page:3                page of a PDF
    image:Im2             picture of that page by its name
    inline:1              picture within the text of that page
    attachment:a.jpg      file attached to a mail, an Outlook message or a PDF
    part:2.1              part of a mail that has no name (of a web archive: its address)
    message:3             mail inside a mail, by the number of its part
    mail:17               mail of a mailbox
    thumbs:IMG_0001.JPG   thumbnail in a Thumbs.db, by the name of its picture
    thumbcache:1a2b...    thumbnail in a thumbcache, by its identifier
    exif:thumbnail        EXIF thumbnail of a picture
    mpo:2                 second picture of a multi-picture file
    motion:video          video of a motion picture
"""

import re
from dataclasses import dataclass

from polit.base.errors import UsageError

_KIND = re.compile(r"[a-z][a-z0-9]*")
_ESCAPED = re.compile(rb"[\x00-\x1f\x7f%;]")
_HEX = re.compile(rb"%([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class Step:
    """One step inwards: what kind of place, and which one (raw bytes)."""

    kind: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in evidence as steps, outermost first, at least one."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        """Return the text form."""
        return ";".join(f"{step.kind}:{escape_value(step.value)}" for step in self.steps)

    @classmethod
    def parse(cls, text: str) -> "Locator":
        """Read the text form back.

        Raises:
            UsageError: The text is no locator, or not in its one canonical form.
        """
        steps = []
        for part in text.split(";"):
            kind, colon, value = part.partition(":")
            if not colon or not _KIND.fullmatch(kind):
                raise UsageError(f"{part!r} is no step of a locator: write kind:value")
            encoded = value.encode("utf-8", errors="replace")
            raw = _HEX.sub(lambda match: bytes([int(match[1], 16)]), encoded)
            steps.append(Step(kind, raw))
        locator = cls(tuple(steps))
        if str(locator) != text:
            raise UsageError(f"{text!r} is not in canonical form: it would be {str(locator)!r}")
        return locator


def escape_value(value: bytes) -> str:
    """Return a step's value as text; see the module's head for what is escaped."""
    escaped = value
    if _ESCAPED.search(value) is not None:
        escaped = _ESCAPED.sub(lambda match: b"%%%02X" % match[0][0], value)
    try:
        return escaped.decode("utf-8")
    except UnicodeDecodeError:
        return _escape_invalid(escaped)


def _escape_invalid(escaped: bytes) -> str:
    text = escaped.decode("utf-8", errors="surrogateescape")
    return "".join(
        f"%{ord(char) - 0xDC00:02X}" if 0xDC80 <= ord(char) <= 0xDCFF else char for char in text
    )
