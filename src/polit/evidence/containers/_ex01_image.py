"""Put the segments of an EWF 2 image together: geometry, tables in order, digests, texts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, SectorRange, StoredDigest
from polit.evidence.containers import _ex01_sections as parts
from polit.evidence.containers._chain import check_size
from polit.evidence.segments import Segment
from polit.evidence.source import SourceProblem

_MAXIMUM_CHUNK_BYTES = 128 << 20
_MAXIMUM_PROBLEMS = 100
_MAXIMUM_ERRORS = 100_000
_TEXT_KEYS = {
    "nm": "description",
    "cn": "case_number",
    "en": "evidence_number",
    "ex": "examiner",
    "nt": "notes",
    "av": "software_version",
    "os": "platform",
    "at": "acquired_at",
    "tt": "system_at",
    "sn": "serial_number",
    "md": "model",
    "lb": "label",
}


@dataclass(slots=True)
class Ex01Image:
    """What opening found; tables by their first chunk."""

    size_bytes: int = 0
    chunk_bytes: int = 0
    compression: int = 1
    tables: list[parts.Table] = field(default_factory=list)
    digests: list[StoredDigest] = field(default_factory=list)
    facts: AcquisitionFacts = field(default_factory=AcquisitionFacts)
    problems: list[SourceProblem] = field(default_factory=list)

    def note(self, code: str, detail: str) -> None:
        """Add a problem, as long as there are not too many."""
        if len(self.problems) < _MAXIMUM_PROBLEMS:
            self.problems.append(SourceProblem(code, detail))


class _Gathered:
    """Values and errors out of all segments."""

    def __init__(self) -> None:
        self.device: dict[str, str] = {}
        self.case: dict[str, str] = {}
        self.errors: list[tuple[int, int]] = []
        self.identifier = b""
        self.is_done = False
        self.is_encrypted = False


def read_image(segments: Sequence[Segment]) -> Ex01Image:
    """Read all sections of all segments.

    Raises:
        SourceUnreadable: It is encrypted, or no segment says what shape the device has.
    """
    image, gathered = Ex01Image(), _Gathered()
    for number, segment in enumerate(segments, 1):
        _read_segment(image, gathered, segment, number=number)
    if gathered.is_encrypted:
        raise SourceUnreadable(
            f"{segments[0].name} is an encrypted Ex01: decrypt it with EnCase and its password, "
            "and record that in the case"
        )
    if not gathered.is_done:
        image.note("segment_missing", "the last segment is missing or cut short")
    image.tables.sort(key=lambda table: table.first_chunk)
    _shape(image, gathered, segments[0].name)
    return image


def _read_segment(image: Ex01Image, gathered: _Gathered, segment: Segment, *, number: int) -> None:
    header = parts.read_header(segment)
    if header is None or gathered.identifier not in {b"", header.set_identifier}:
        image.note("segment_foreign", f"{segment.name} is no segment of this image")
        return
    gathered.identifier = header.set_identifier
    if number == 1:
        image.compression = header.compression
    if header.number != number:
        image.note("segment_missing", f"{segment.name} is segment {header.number}, not {number}")
    try:
        for section in parts.read_sections(segment):
            _take(image, gathered, segment, section)
    except parts.BrokenChain as error:
        image.note("section_damaged", str(error))


def _take(image: Ex01Image, gathered: _Gathered, segment: Segment, section: parts.Section) -> None:
    if section.is_encrypted or section.kind == parts.KEYS:
        gathered.is_encrypted = True
        return
    match section.kind:
        case parts.TABLE:
            table = parts.read_table(segment, section)
            if table is None:
                image.note("table_checksum", f"{segment.name}, byte {section.data_at}: a table")
            else:
                image.tables.append(table)
        case parts.DEVICE | parts.CASE:
            values = parts.read_values(segment, section)
            stored = gathered.device if section.kind == parts.DEVICE else gathered.case
            stored.update({key: value for key, value in values.items() if value})
        case parts.ERRORS:
            _take_errors(image, gathered, segment, section)
        case parts.MD5 | parts.SHA1:
            _take_digest(image, segment, section)
        case parts.DONE:
            gathered.is_done = True


def _take_errors(
    image: Ex01Image, gathered: _Gathered, segment: Segment, section: parts.Section
) -> None:
    if len(gathered.errors) >= _MAXIMUM_ERRORS:
        image.note("too_many_errors", f"over {_MAXIMUM_ERRORS} unread ranges are stated")
        return
    gathered.errors = parts.read_errors(segment, section) + gathered.errors


def _take_digest(image: Ex01Image, segment: Segment, section: parts.Section) -> None:
    name, length = ("md5", 16) if section.kind == parts.MD5 else ("sha1", 20)
    value = parts.read_digest(segment, section, length)
    if value:
        image.digests.insert(0, StoredDigest(name, value, f"{name} hash"))
    else:
        image.note("section_damaged", f"{segment.name}: the stored {name} does not hold")


def _shape(image: Ex01Image, gathered: _Gathered, name: str) -> None:
    sectors, sector_bytes = _number(gathered.device, "ts"), _number(gathered.device, "bp")
    per_chunk = _number(gathered.case, "sb") or 64
    image.chunk_bytes = per_chunk * sector_bytes
    if not sectors or not 0 < image.chunk_bytes <= _MAXIMUM_CHUNK_BYTES:
        raise SourceUnreadable(
            f"{name}: no segment says how many sectors the device has: the image is cut short, or "
            "its first segment is not there; bring the whole of it"
        )
    image.size_bytes = sectors * sector_bytes
    check_size(name, image.size_bytes)
    texts = [
        (_TEXT_KEYS[key], _instant(value) if key in {"at", "tt"} else value)
        for key, value in (gathered.case | gathered.device).items()
        if key in _TEXT_KEYS
    ]
    texts = [(key, value.encode(errors="replace").decode()) for key, value in texts]
    errors = tuple(SectorRange(first, count) for first, count in gathered.errors)
    image.facts = AcquisitionFacts(sector_bytes, errors, tuple(texts))


def _number(values: dict[str, str], key: str) -> int:
    text = values.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _instant(seconds: str) -> str:
    """Return seconds since 1970 as a UTC instant; anything else as it stands."""
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return seconds
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC).isoformat()
