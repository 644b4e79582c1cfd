"""Find the borders of records in a JSON document of any size, without taking it into memory.

The document is an object with an array ``value``. Its elements are records; or cases, whose array
``Media`` has the records. Brackets outside strings are followed by one expression that never goes
back over what it passed. A record's own text is not judged here: it is cut out, and whoever decodes
it refuses it alone. What stands around records must be sound, else the document is refused.

Why not a library: see ADR 0019. A library's events do not bound a record's size and depth, do not
tell a key that comes twice, cannot go on behind one malformed record, and cannot begin at a byte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from polit.base.errors import HashSetUnreadable
from polit.match.formats._source import Source
from polit.match.reading import MAX_DEPTH, MAX_RECORD_BYTES

_BLOCK_BYTES = 1 << 19


def _repeated(body: bytes) -> bytes:
    """Return what repeats a part and never gives any of it back.

    Not ``(?:body)*+``: CPython 3.11.2 leaves a possessive group standing inside a body that did not
    match, and the scan would go on in the middle of a string.
    """
    return rb"(?>(?:" + body + rb")*)"


_CHARACTERS = rb'[^"\\]*+' + _repeated(rb'\\.[^"\\]*+')
_OUTSIDE_STRINGS = rb'[^"{}\[\]]*+'
_FLAT = _OUTSIDE_STRINGS + _repeated(rb'"' + _CHARACTERS + rb'"' + _OUTSIDE_STRINGS)
"""Text without brackets but for those in strings."""
_OBJECT = rb"\{" + _FLAT + rb"\}"
_LIST = rb"\[" + _FLAT + _repeated(_OBJECT + _FLAT) + rb"\]"
_NESTED = _FLAT + _repeated(rb"(?:" + _OBJECT + rb"|" + _LIST + rb")" + _FLAT)
"""The same with whole objects and lists in it, which need not be looked into."""
_BRACKET = rb"([{}\[\]])?"
_TO_BRACKET = re.compile(_FLAT + _BRACKET, re.DOTALL)
_PAST_NESTED = re.compile(_NESTED + _BRACKET, re.DOTALL)
_IN_STRING = re.compile(_CHARACTERS + rb'(")?', re.DOTALL)
_ELEMENT = re.compile(rb"\s*+(,?)\s*+(\{" + _NESTED + rb"\})", re.DOTALL)
"""A comma and an element of the usual depth, in one go."""
_VALUE_OPENS = re.compile(rb'"value"\s*:\s*\[\Z')
_MEDIA_OPENS = re.compile(rb'"Media"\s*:\s*\[\Z')
_OPENING = {0x7D: 0x7B, 0x5D: 0x5B}
"""A closing bracket and the one that it closes."""
_ARRAY = 0x5B
_VALUE_HEAD = b'{"value":['
_MEDIA_HEAD = b'{"Media":['
"""What stands for the part before an array, once it was told: a read that begins inside the array
has not seen it, and must say the same."""


class Part(Enum):
    """What a piece of the document is."""

    RECORD = "record"
    TOO_LARGE = "too large"
    AROUND_VALUE = "around value"
    AROUND_MEDIA = "around media"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a read can go on: between two records.

    Args:
        offset: The byte.
        record: Records before it, counted through the document.
        in_media: Whether it lies in a case's array and not in the document's.
    """

    offset: int
    record: int
    in_media: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the document.

    Args:
        part: What it is.
        text: A record's bytes; of what stands around records, an object with their places empty;
            nothing of a record beyond the limit.
        after: Where the next record begins.
    """

    part: Part
    text: bytes
    after: Place


class _State(Enum):
    """Where in the document the scan stands."""

    TOP = "in the object, outside value"
    LIST = "in value, between elements"
    ELEMENT = "in an element of value: a record, or a case before its media"
    CASE = "in a case, behind its media"
    MEDIA = "in a case's media, between records"
    RECORD = "in a record of a case's media"


_BETWEEN = {_State.LIST: _State.ELEMENT, _State.MEDIA: _State.RECORD}
"""What opens between records."""
_OUTSIDE = {_State.LIST: _State.TOP, _State.MEDIA: _State.CASE}
"""Where the end of an array of records leads."""
_DEPTHS = {_State.TOP: 0, _State.ELEMENT: 2, _State.CASE: 2, _State.RECORD: 4}
"""How many brackets are open when that part has ended."""
_HOMES = {_State.ELEMENT: _State.LIST, _State.CASE: _State.LIST, _State.RECORD: _State.MEDIA}
_NESTS = {
    _State.TOP: (_VALUE_OPENS, 1, _State.LIST),
    _State.ELEMENT: (_MEDIA_OPENS, 3, _State.MEDIA),
    _State.CASE: (_MEDIA_OPENS, 3, _State.MEDIA),
}
"""What opens an array of records, how many brackets are open before it, and where it leads."""


class JsonPieces:
    """The records of a document and what stands around them, in their order.

    Args:
        source: The document, standing at the place.
        start: The place; ``None`` at the beginning.
    """

    def __init__(self, source: Source, start: Place | None) -> None:
        self._source = source
        self._buffer = b""
        self._base = start.offset if start else 0
        self._records = start.record if start else 0
        self._token = self._at = 0
        self._begin = -1
        self._too_large = False
        self._state = _State.TOP
        self._stack = bytearray()
        self._comma_due = start is not None
        self._around_value = bytearray()
        self._around_media = bytearray()
        self._has_value = start is not None
        if start:
            self._state = _State.MEDIA if start.in_media else _State.LIST
            self._stack = bytearray(b"{[{[" if start.in_media else b"{[")
            self._around_value = bytearray(_VALUE_HEAD)
            self._around_media = bytearray(_MEDIA_HEAD)

    def __iter__(self) -> Iterator[Piece]:
        """Yield the pieces.

        Raises:
            HashSetUnreadable: What stands around the records is not sound; says at which byte.
        """
        while True:
            yield from self._usual_records()
            self._to_bracket()
            bracket = self._buffer[self._at - 1]
            piece = self._opened(bracket) if bracket in b"{[" else self._closed(bracket)
            if piece is not None:
                yield piece
            if not self._stack:
                self._check_end()
                return

    def _usual_records(self) -> Iterator[Piece]:
        """Yield records that can be cut out in one go; whatever is unusual waits for the brackets.

        What an element of ``value`` is shows in its text: a case names its media.
        """
        while self._state in _BETWEEN:
            found = _ELEMENT.match(self._buffer, self._at)
            if not found or bool(found[1]) != self._comma_due:
                return
            text = found[2]
            is_case = self._state is _State.LIST and b'"Media"' in text
            if is_case or len(text) > MAX_RECORD_BYTES:
                return
            self._at = found.end()
            self._records += 1
            self._comma_due = True
            yield Piece(Part.RECORD, text, self._place())

    def _to_bracket(self) -> None:
        """Go behind the next bracket that is outside a string, and matters."""
        while True:
            inside = len(self._stack) > _DEPTHS[_State.RECORD] - 1 and self._state in _HOMES
            found = (_PAST_NESTED if inside else _TO_BRACKET).match(self._buffer, self._at)
            end = found.end() if found else self._at
            if found and found[1]:
                break
            if len(self._buffer) - self._at > MAX_RECORD_BYTES:
                self._pass_over(end)
            else:
                self._read_more()
        self._token, self._at = self._at, end
        if self._begin >= 0 and self._at - self._begin > MAX_RECORD_BYTES:
            self._too_large, self._begin = True, -1

    def _read_more(self) -> None:
        """Read a block, and let go of what stands before what is still wanted."""
        more = self._source.read(_BLOCK_BYTES)
        if not more:
            raise self._unreadable("the document ends before its last bracket")
        kept = self._begin if self._begin >= 0 else self._at
        self._buffer = self._buffer[kept:] + more
        self._base += kept
        self._at -= kept
        self._begin = min(self._begin, 0)

    def _pass_over(self, end: int) -> None:
        """Go on inside a record that is beyond the limit without a bracket, and let it go.

        Args:
            end: Where whole strings and whole objects end, and an unfinished string may begin.
        """
        if self._state not in _HOMES or self._state is _State.CASE:
            raise self._unreadable(f"a value is larger than {MAX_RECORD_BYTES} bytes")
        self._too_large, self._begin = True, -1
        if end > self._at:
            self._at = end
            return
        self._at += 1
        while (found := _IN_STRING.match(self._buffer, self._at)) and not found[1]:
            self._at = found.end()
            self._read_more()
        self._at = found.end() if found else self._at

    def _opened(self, bracket: int) -> Piece | None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._unreadable(f"more than {MAX_DEPTH} brackets in each other")
        if self._state in _BETWEEN:
            self._begin_record(bracket)
            return None
        token = self._buffer[self._token : self._at]
        if not self._stack and token.strip() != b"{":
            raise self._unreadable("the document is no object")
        self._stack.append(bracket)
        self._gather(token)
        if self._state in _NESTS:
            opens, depth, state = _NESTS[self._state]
            if bracket == _ARRAY and len(self._stack) - 1 == depth and opens.search(token):
                return self._begin_list(state)
        return None

    def _begin_record(self, bracket: int) -> None:
        before = self._buffer[self._token : self._at - 1].strip()
        if bracket == _ARRAY or before != (b"," if self._comma_due else b""):
            raise self._unreadable("between records stands something else than a comma")
        self._stack.append(bracket)
        self._state = _BETWEEN[self._state]
        self._begin, self._too_large = self._at - 1, False

    def _begin_list(self, state: _State) -> Piece:
        """Enter an array of records: tell what stood before it."""
        before = self._state
        self._state, self._comma_due = state, False
        if state is _State.LIST:
            if self._has_value:
                raise self._unreadable("there are two arrays called value")
            self._has_value = True
            text, self._around_value = bytes(self._around_value), bytearray(_VALUE_HEAD)
            return self._around(Part.AROUND_VALUE, text + b"]}")
        if before is _State.ELEMENT:
            if self._too_large:
                raise self._unreadable(f"a case has {MAX_RECORD_BYTES} bytes before its media")
            self._around_media = bytearray(self._buffer[self._begin : self._at])
            self._begin = -1
        text, self._around_media = bytes(self._around_media), bytearray(_MEDIA_HEAD)
        return self._around(Part.AROUND_MEDIA, text + b"]}")

    def _closed(self, bracket: int) -> Piece | None:
        if not self._stack or self._stack[-1] != _OPENING[bracket]:
            raise self._unreadable("a bracket closes what was not opened")
        self._stack.pop()
        if self._state in _OUTSIDE:
            if self._buffer[self._token : self._at - 1].strip():
                raise self._unreadable("behind the last record stands something else than its end")
            self._state = _OUTSIDE[self._state]
            self._gather(b"]")
            return None
        self._gather(self._buffer[self._token : self._at])
        if len(self._stack) > _DEPTHS[self._state]:
            return None
        return self._ended()

    def _ended(self) -> Piece:
        ended = self._state
        if ended is _State.TOP:
            return self._around(Part.AROUND_VALUE, bytes(self._around_value))
        self._state, self._comma_due = _HOMES[ended], True
        if ended is _State.CASE:
            return self._around(Part.AROUND_MEDIA, bytes(self._around_media))
        self._records += 1
        part = Part.TOO_LARGE if self._too_large else Part.RECORD
        text = b"" if self._too_large else self._buffer[self._begin : self._at]
        self._begin = -1
        return Piece(part, text, self._place())

    def _gather(self, token: bytes) -> None:
        """Keep what stands around records, within the limit of one record."""
        if self._state is _State.TOP:
            around = self._around_value
        elif self._state is _State.CASE:
            around = self._around_media
        else:
            return
        around += token
        if len(around) > MAX_RECORD_BYTES:
            raise self._unreadable(f"more than {MAX_RECORD_BYTES} bytes stand around records")

    def _around(self, part: Part, text: bytes) -> Piece:
        return Piece(part, text, self._place())

    def _place(self) -> Place:
        return Place(self._base + self._at, self._records, self._state is _State.MEDIA)

    def _check_end(self) -> None:
        if not self._has_value:
            raise self._unreadable("there is no array called value")
        rest = self._buffer[self._at :]
        while rest or (rest := self._source.read(_BLOCK_BYTES)):
            if rest.strip(b" \t\r\n\0"):
                raise self._unreadable("something follows the last bracket")
            rest = b""

    def _unreadable(self, reason: str) -> HashSetUnreadable:
        return HashSetUnreadable(
            f"byte {self._base + self._at}, behind record {self._records}: {reason}"
        )
