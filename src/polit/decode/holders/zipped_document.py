"""Documents that are ZIPs: Office Open XML, OpenDocument, EPUB.

Every member is looked at, wherever it lies: what is a picture, a video or a holder by its bytes
is given, and whatever stands in a folder of media or embeddings. Steps: ``zip:<name>``.

Sources: ISO/IEC 29500-2 (packages), OpenDocument 1.3 part 2 (manifest, encryption), EPUB OCF 3.3.
"""

import html
import itertools
import mmap
import re
import struct
from collections.abc import Iterator

from polit.decode.found import MAX_MEMBERS, Found, Part, Unopened, judge
from polit.decode.holders._zip import ZipMember, members_of, read_member
from polit.decode.identify import HEAD_BYTES

ORDER = 10
NAME = "zip"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
MIMES = frozenset({
    *(_OFFICE + kind for kind in (
        "presentationml.presentation", "spreadsheetml.sheet", "wordprocessingml.document")),
    *(_OPEN + kind for kind in ("graphics", "presentation", "spreadsheet", "text")),
    "application/epub+zip",
})  # fmt: skip

_ATTACHED = re.compile(rb"(^|/)(media|embeddings|Pictures)/[^/]+$")
# No tag reaches into the next one, and none is endless: a list must not cost more than to read it.
_ENCRYPTED_ODF = re.compile(
    rb"<manifest:file-entry\b[^<>]{0,2000}?full-path=\"([^<>\"]{0,2000})\"[^<>]{0,2000}>"
    rb"\s{0,200}<manifest:encryption-data"
)
_ENCRYPTED_OCF = re.compile(
    rb"<(?:\w{1,40}:)?CipherReference\b[^<>]{0,2000}?URI=\"([^<>\"]{0,2000})\""
)
_LISTS = {b"META-INF/manifest.xml": _ENCRYPTED_ODF, b"META-INF/encryption.xml": _ENCRYPTED_OCF}
_MARKUP = (b".xml", b".rels", b".rdf", b"html")
_LIST_BYTES = 4 << 20


def takes(untrusted: mmap.mmap) -> bool:
    """Tell whether it is a ZIP."""
    return untrusted[:4] == b"PK\3\4"


def find(untrusted: mmap.mmap) -> Iterator[Part]:
    """Give the pictures, videos, holders and embedded files."""
    encrypted = _encrypted_names(untrusted)
    for count, member in enumerate(members_of(untrusted)):
        if count >= MAX_MEMBERS:
            yield Unopened("too_many", f"more than {MAX_MEMBERS} members")
            return
        if not member.name.endswith(b"/"):
            yield from _read(untrusted, member, encrypted)


def samples() -> Iterator[bytes]:
    """A document with one picture, with and without its directory."""
    picture = b"\x89PNG\r\n\x1a\n" + bytes(30)
    packed = bytes.fromhex("eb0cf073e7e592e2626060600000")
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(packed), 38, 20, 0)
    member = local + b"word/media/image.png" + packed
    stored = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, len(picture), 38, 1, 0)
    yield member + stored + b"a" + picture
    central = struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(packed), 38, 20, 0, 0, 0, 0, 0, 0
    )
    directory = central + b"word/media/image.png"
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(member), 0)
    yield member + directory + end


def _encrypted_names(untrusted: mmap.mmap) -> frozenset[bytes]:
    names: set[bytes] = set()
    for member in itertools.islice(members_of(untrusted), MAX_MEMBERS):
        pattern = _LISTS.get(member.name)
        if pattern is not None and member.can_be_read and not member.is_encrypted:
            listed = read_member(untrusted, member).data[:_LIST_BYTES]
            found = (match[1] for match in pattern.finditer(listed))
            names.update(_unescaped(name) for name in found)
    return frozenset(names)


def _unescaped(name: bytes) -> bytes:
    text = html.unescape(name.decode("utf-8", "surrogateescape"))
    return text.encode("utf-8", "surrogateescape")


def _read(untrusted: mmap.mmap, member: ZipMember, encrypted: frozenset[bytes]) -> Iterator[Part]:
    if member.is_encrypted or member.name in encrypted:
        if not member.name.endswith(_MARKUP):
            yield Unopened("encrypted")
        return
    is_attached = _ATTACHED.search(member.name) is not None
    if not member.can_be_read:
        yield Unopened("unsupported_filter", f"ZIP method {member.method}")
        return
    head = read_member(untrusted, member, HEAD_BYTES)
    judged = judge(head.data, len(head.data) + 1)
    if judged == "archive" and not is_attached:
        yield Unopened("nested_archive")
        return
    if not judged and not is_attached:
        return
    whole = read_member(untrusted, member)
    if whole.data or not whole.flaw:
        name = member.name.rpartition(b"/")[2]
        yield Found((("zip", member.name),), whole.data, name, is_attached=is_attached)
    if whole.flaw:
        yield Unopened(whole.flaw)
