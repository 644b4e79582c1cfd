"""What travels about hash sets and uploads; a part of ``polit.broker.protocol``.

Hash sets are told without a single hash of theirs: names, counts, provenance. What a file says of
itself (its name, its header, words of its categories) is untrusted text.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec

from polit.broker.protocol import Place, Text, Uuid

UPLOAD_PART_BYTES = 16 << 20
"""The longest piece of an upload."""
MAX_TOLD = 1_000
"""So many categories, rejected records or unknown names of a set are told at most."""

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Status = Annotated[str, msgspec.Meta(pattern=r"^(known-good|alert|categorised)\Z")]


class SetAct(StrEnum):
    """What can be done to a set of the store."""

    DISABLE = "disable"
    ENABLE = "enable"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class UploadStatus:
    """How much of an upload has arrived.

    Args:
        upload_id: Which.
        received_bytes: So many bytes, from its beginning without a gap.
        sha256: Their digest once it was ended, empty before.
    """

    upload_id: str
    received_bytes: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class FormatChoice:
    """A format of hash sets that can be read."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class SchemeChoice:
    """A category scheme that is configured, with what to know before it is used."""

    name: str
    title: str
    jurisdiction: str
    notice: str


@dataclass(frozen=True, slots=True)
class IncomingItem:
    """A file or folder of ``incoming``: of a file its size, of a folder 0."""

    place: str
    is_folder: bool
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What an import can be made of."""

    formats: tuple[FormatChoice, ...]
    schemes: tuple[SchemeChoice, ...]
    incoming: tuple[IncomingItem, ...]


@dataclass(frozen=True, slots=True)
class StoredSetFacts:
    """A hash set of the store.

    Args:
        sha256: Its own digest.
        name: What people call it.
        status: ``known-good``, ``alert`` or ``categorised``.
        scheme: Its category scheme as ``scheme/version``, or empty.
        provider: Who gave it, as stated.
        jurisdiction: Where it comes from, as stated.
        version: Its version, as stated.
        format: The format that it was imported from.
        file_name: The file that it was imported from, as it lay on disk.
        file_sha256: That file's digest.
        file_size_bytes: That file's size.
        records: How many records it holds.
        keys: How many keys it holds, by algorithm.
        imported_at: When, RFC 3339 in UTC.
        imported_by: By whom.
        is_enabled: Whether examinations use it.
    """

    sha256: str
    name: str
    status: str
    scheme: str
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
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """A record of a file that was refused: where it stands, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class CategoryMet:
    """A category that the records of a set state.

    Args:
        number: The number as given, ``None`` where there was none.
        text: The words as given.
        asserted: What a match says: ``scheme/version/code``, ``number:N``, ``words:…`` or
            ``uncategorised``.
        alerts: Whether people are told at once.
        settles: Whether nobody need look because of it.
    """

    number: int | None
    text: str
    asserted: str
    alerts: bool
    settles: bool


@dataclass(frozen=True, slots=True)
class SetChange:
    """What was done to a set, as the store's own log has it."""

    at: str
    by: str
    act: str
    reason: str


@dataclass(frozen=True, slots=True)
class SetReport:
    """What became of everything that a set's file held: ``read = kept + rejected``.

    Args:
        read: How many records the file held.
        kept: How many of them the set holds.
        rejected: How many were refused, by reason.
        first_rejected: The first of them, in the order of the file.
        unknown_keys: Names in the file that its format does not explain.
        duplicates: How many keys stand in it more than once, by algorithm.
        header: What the file says of itself.
        warnings: What to look at before relying on the set, the gravest first.
    """

    read: int
    kept: int
    rejected: dict[str, int]
    first_rejected: tuple[RejectedRecord, ...]
    unknown_keys: tuple[str, ...]
    duplicates: dict[str, int]
    header: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredSetDetail:
    """A hash set of the store with all that is known of it but its records.

    Args:
        facts: The set.
        tool: What imported it, with its version.
        report: What became of the file.
        categories: The categories that it states, at most ``MAX_TOLD``.
        changes: What was done to it, in order.
    """

    facts: StoredSetFacts
    tool: str
    report: SetReport
    categories: tuple[CategoryMet, ...]
    changes: tuple[SetChange, ...]


class UploadBegin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that is going to be sent; its name is untrusted text."""

    upload_id: Uuid
    file_name: Place


class UploadPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a file, to be put behind the first so many bytes."""

    upload_id: Uuid
    offset_bytes: Annotated[int, msgspec.Meta(ge=0)]


class UploadQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An upload."""

    upload_id: Uuid


class SetQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hash set of the store."""

    sha256: Sha256


class SetActOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to be done to a set: by whom, and why."""

    sha256: Sha256
    act: SetAct
    by: Text
    reason: Text


class SetImportOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An import: of an upload or of a file in ``incoming``, as what, and by whom."""

    errand_id: Uuid
    upload_id: Annotated[str, msgspec.Meta(max_length=36)]
    place: Place
    name: Text
    format: Text
    status: Status
    scheme: Text
    provider: Text
    jurisdiction: Text
    version: Text
    imported_by: Text


class SetUpdateOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed offline update: a folder in ``incoming``, and who takes it in."""

    errand_id: Uuid
    place: Place
    imported_by: Text


class SetVerifyOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A set whose parts are to be digested anew."""

    errand_id: Uuid
    sha256: Sha256
