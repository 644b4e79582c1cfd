"""VICS of Project VIC, versions 1.1 to 2.0: hash sets and cases, streamed.

Numbers may be text and text numbers, a mark of the byte order may stand first, keys that nobody
described are kept. A record that is malformed costs itself; a document that is, ends the read.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, cast

from polit.base.errors import HashSetUnreadable
from polit.match.formats._json_stream import JsonPieces, Part, Piece, Place
from polit.match.formats._source import head_of, open_source
from polit.match.formats._vics_media import BadMedia, Json, records_of, unknown_keys
from polit.match.reading import MAX_RECORD_BYTES, ReadBatch, ReadStart, Rejected

ORDER = 10
NAME = "vics"
TITLE = "VICS hash set or case (JSON)"

_SIGNS = re.compile(rb'"@?odata\.(?:metadata|context)"|"value"\s*:\s*\[')
_CONTEXTS = ("odata.metadata", "@odata.context")
_CONTEXT = re.compile(r"DataModels/([0-9.]{1,12})\.xml(?:/([A-Za-z]{1,20}))?.*#([A-Za-z]{1,20})")
_CASE_KEYS = (
    "CaseID", "CaseNumber", "ContactOrganization", "SeizureDate", "SourceApplicationName",
    "SourceApplicationVersion",
)  # fmt: skip
_MAX_CASES_TOLD = 100
_MAX_UNKNOWN = 1000
_BATCH_RECORDS = 10_000
_BATCH_BYTES = 8 << 20
_POSITION = re.compile(r"([vm]):([0-9]{1,18}):([0-9]{1,18})")
_END = "end"
"""Where a read goes on that told what stands behind the last record too."""
_MAX_DIGITS = 18


def detect(head: bytes, name: str) -> bool:  # noqa: ARG001 - the name decides nothing here
    """Tell whether it begins as an object with the protocol's mark or an array ``value``."""
    return head.lstrip().startswith(b"{") and _SIGNS.search(head) is not None


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the media from a position on.

    Raises:
        HashSetUnreadable: It is no document with an array ``value``, or is damaged.
    """
    if not head_of(path).lstrip().startswith(b"{"):
        raise HashSetUnreadable("byte 0: the document is no object")
    if start.position == _END:
        return
    place = _place_of(start)
    with open_source(path) as source:
        source.skip(place.offset if place else 0)
        yield from _batches(JsonPieces(source, place), start.position)


def _place_of(start: ReadStart) -> Place | None:
    if not start.position:
        return None
    found = _POSITION.fullmatch(start.position)
    if not found:
        raise HashSetUnreadable("the import stands at a place that this format does not know")
    return Place(int(found[2]), int(found[3]), in_media=found[1] == "m")


class _Gathered:
    """Pieces on their way to a batch."""

    def __init__(self, position: str) -> None:
        self.position = position
        self._told: set[tuple[str, str]] = set()
        self._cases = 0
        self._batch = ReadBatch()
        self._unknown: dict[str, None] = {}
        self._header: list[tuple[str, str]] = []
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether a batch's worth was gathered."""
        return self._bytes >= _BATCH_BYTES or (
            len(self._batch.records) + len(self._batch.rejected) >= _BATCH_RECORDS
        )

    def taken(self) -> ReadBatch:
        """Return what was gathered, and begin anew."""
        batch = replace(
            self._batch,
            position=self.position,
            unknown_keys=tuple(self._unknown),
            header=tuple(self._header),
        )
        self._batch, self._unknown, self._header, self._bytes = ReadBatch(), {}, [], 0
        return batch

    def record(self, piece: Piece) -> None:
        """Take a record."""
        place = piece.after
        self.position = f"{'m' if place.in_media else 'v'}:{place.offset}:{place.record}"
        self._bytes += len(piece.text)
        if piece.part is Part.TOO_LARGE:
            self._refuse(place.record, f"larger than {MAX_RECORD_BYTES} bytes")
            return
        try:
            media = _decoded(piece.text)
            self._batch.records.extend(records_of(media))
            for key in unknown_keys(media):
                if len(self._unknown) < _MAX_UNKNOWN:
                    self._unknown[key.encode("utf-8", "backslashreplace").decode()[:100]] = None
        except BadMedia as error:
            self._refuse(place.record, str(error))

    def around_value(self, piece: Piece) -> None:
        """Take what stands around all records."""
        try:
            top = _decoded(piece.text)
        except BadMedia as error:
            raise HashSetUnreadable(
                f"byte {piece.after.offset}: what stands around the records: {error}"
            ) from error
        for name in _CONTEXTS:
            if isinstance(context := top.get(name), str):
                self._tell("context", context)
                if found := _CONTEXT.search(context):
                    self._tell("version", found[1])
                    self._tell("scheme hint", found[2] or "")
                    self._tell("kind", found[3])

    def around_media(self, piece: Piece) -> None:
        """Take what a case says of itself."""
        try:
            case = _decoded(piece.text)
        except BadMedia as error:
            self._refuse(piece.after.record, f"the case that ends there: {error}")
            return
        self._cases += 1
        if self._cases <= 2 * _MAX_CASES_TOLD:
            for key in _CASE_KEYS:
                stated = case.get(key)
                if isinstance(stated, str | int):
                    self._tell(key, str(stated).strip("{}"))

    def _refuse(self, record: int, reason: str) -> None:
        self._batch.rejected.append(Rejected(f"record {record}", reason))

    def _tell(self, name: str, text: str) -> None:
        told = (name, text.encode("utf-8", "backslashreplace").decode()[:1000])
        if text and told not in self._told:
            self._told.add(told)
            self._header.append(told)


def _batches(pieces: JsonPieces, position: str) -> Iterator[ReadBatch]:
    gathered = _Gathered(position)
    for piece in pieces:
        if piece.part is Part.AROUND_VALUE:
            gathered.around_value(piece)
        elif piece.part is Part.AROUND_MEDIA:
            gathered.around_media(piece)
        else:
            gathered.record(piece)
            if gathered.is_full:
                yield gathered.taken()
    gathered.position = _END
    yield gathered.taken()


def _decoded(untrusted: bytes) -> dict[str, Json]:
    """Return an object; numbers that are no short whole ones stay text.

    Raises:
        BadMedia: It is no JSON in UTF-8, or has a key twice.
    """
    try:
        text = untrusted.decode()
        return cast("dict[str, Json]", _DECODER.decode(text))
    except UnicodeDecodeError as error:
        raise BadMedia("no UTF-8") from error
    except json.JSONDecodeError as error:
        raise BadMedia("no JSON") from error


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise BadMedia("a key comes twice")
    return made


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _no_number(name: str) -> NoReturn:
    raise BadMedia(f"{name} is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=str, parse_int=_whole, parse_constant=_no_number
)
