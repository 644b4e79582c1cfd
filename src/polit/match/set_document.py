"""What a hash set's ``set.json`` says: facts, provenance, import report, digests of its parts.

Imported by ``polit.match`` alone. docs/reference/hash-set-format.md is its description.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from polit.base.canonical import canonical_json
from polit.base.errors import HashSetDamaged
from polit.model.matching import HashSetFacts, SetStatus

DOCUMENT = "set.json"
LAYOUT = 1
"""The number of the store's format; a later one is refused, not guessed."""
KEY_BYTES = {"md5": 16, "sha1": 20, "sha256": 32}
"""Digest algorithms by the length of their keys, from the weakest to the strongest."""

_MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that was refused: where it stands in the file, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of everything that a file held: ``read = kept + rejected``.

    Args:
        read: How many records the file held.
        kept: How many of them the set holds.
        rejected: How many were refused, by reason.
        first_rejected: The first of them, at most 100, in the order of the file.
        unknown_keys: Names in the file that the format does not explain, sorted; kept as fields.
        duplicates: How many keys the set holds more than once, by algorithm, each repetition.
        header: What the file says of itself, such as its version.
        overlooked: Names in the file, sorted, whose values look like hashes and are kept as text.
    """

    read: int = 0
    kept: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    first_rejected: tuple[Rejection, ...] = ()
    unknown_keys: tuple[str, ...] = ()
    duplicates: dict[str, int] = field(default_factory=dict)
    header: tuple[tuple[str, str], ...] = ()
    overlooked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetPart:
    """A file of a set, by its path below the set's folder."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SetDocument:
    """Everything that ``set.json`` holds; ``imported_at`` is RFC 3339 in UTC."""

    layout: int
    name: str
    status: SetStatus
    scheme: str
    scheme_sha256: str
    provider: str
    jurisdiction: str
    version: str
    format: str
    file_name: str
    file_sha256: str
    file_size_bytes: int
    records: int
    keys: dict[str, int]
    imported_at: str
    imported_by: str
    tool: str
    report: ImportReport
    parts: tuple[SetPart, ...]

    @property
    def sha256(self) -> str:
        """The set's own digest, lower-case hex; neither name nor instants nor people count."""
        values = {
            "status": self.status.value,
            "scheme": self.scheme,
            "scheme_sha256": self.scheme_sha256,
            "file_sha256": self.file_sha256,
            "parts": {part.name: part.sha256 for part in self.parts},
        }
        return hashlib.sha256(canonical_json(values)).hexdigest()

    @property
    def facts(self) -> HashSetFacts:
        """The set as a package, a supplement and the record name it."""
        return HashSetFacts(
            sha256=self.sha256, name=self.name, status=self.status, scheme=self.scheme,
            provider=self.provider, jurisdiction=self.jurisdiction, version=self.version,
            format=self.format, file_sha256=self.file_sha256, records=self.records,
            keys=dict(self.keys),
        )  # fmt: skip


def render_document(document: SetDocument) -> bytes:
    """Return the one form in which a document is written."""
    return msgspec.json.format(canonical_json(msgspec.to_builtins(document)), indent=1) + b"\n"


def read_document(folder: Path) -> SetDocument:
    """Read the document of a set.

    Raises:
        HashSetDamaged: There is none, it is none of this layout, or no longer than allowed.
    """
    path = folder / DOCUMENT
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise HashSetDamaged(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > _MAX_BYTES:
        raise HashSetDamaged(f"{path} is over {_MAX_BYTES} bytes: not written by polit")
    try:
        document = msgspec.json.decode(raw, type=SetDocument)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HashSetDamaged(f"{path} is no hash set's document: {error}") from error
    if document.layout != LAYOUT:
        raise HashSetDamaged(f"{path} has layout {document.layout}: this polit reads {LAYOUT}")
    return document
