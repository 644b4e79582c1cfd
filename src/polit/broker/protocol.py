"""What travels between the broker and who asks it: values, wire forms, codes of refusals.

One connection carries one question: the client sends a ``Hello`` and a ``Question``, the broker a
``Hello`` and an ``Answer`` or a ``Refusal``. Each is a JSON object in a frame of its own (see
``polit.broker.frames``); bytes such as pictures follow as raw parts. Imports base and model only,
so that the web may load it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec

PROTOCOL = 2
MAX_MESSAGE_BYTES = 256 << 10
"""A question; the longest is a list of acquisition digests."""
MAX_ANSWER_BYTES = 4 << 20
"""An answer; the longest is a listing of 10,000 names."""
MAX_PARTS = 4
MAX_PART_BYTES = 64 << 20
MAX_UPLOAD_BYTES = 30 << 20
"""The longest photograph that is taken for encoding anew."""


class Code(StrEnum):
    """Why the broker refused. A code never changes its meaning."""

    PROTOCOL = "protocol"
    UNKNOWN_OPERATION = "unknown_operation"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    BUSY = "busy"
    FAILED = "failed"
    NO_EVENT = "no_event"
    WRONG_ACTION = "wrong_action"
    STALE = "stale"
    USED = "used"
    NO_RECORD = "no_record"
    UNKNOWN_ITEM = "unknown_item"
    WRONG_CASE = "wrong_case"
    ERASED = "erased"
    DAMAGED = "damaged"
    UNDECODABLE = "undecodable"
    ISOLATION = "isolation"
    NO_EVIDENCE = "no_evidence"
    NO_ORDER = "no_order"
    ORDER_DIFFERS = "order_differs"
    NO_PACKAGE = "no_package"
    NO_ERRAND = "no_errand"
    NO_UPLOAD = "no_upload"
    WRONG_OFFSET = "wrong_offset"
    NO_ROOM = "no_room"
    NO_SET = "no_set"
    NO_THUMBNAIL = "no_thumbnail"
    NO_SOUND = "no_sound"


CODES: dict[Code, str] = {
    Code.PROTOCOL: "Client and broker speak another protocol number, or no protocol at all.",
    Code.UNKNOWN_OPERATION: "This broker has no such operation.",
    Code.BAD_REQUEST: "The question does not have the form that its operation asks for.",
    Code.TOO_LARGE: "The question, or what was sent with it, is over its limit.",
    Code.BUSY: "Too much is being asked at a time; nothing was done, ask again.",
    Code.FAILED: "The broker failed at it; its log has the error's number.",
    Code.NO_EVENT: "No committed audit event has that id.",
    Code.WRONG_ACTION: "The event is not about showing a picture, or its details do not say how.",
    Code.STALE: "The event is over 60 seconds old, older than the ledger, or lies in the future.",
    Code.USED: "The event has already been used: a picture is handed out once for each.",
    Code.NO_RECORD: "The record's database cannot be read.",
    Code.UNKNOWN_ITEM: "The case has no such original in the vault.",
    Code.WRONG_CASE: "The package belongs to another case than was stated.",
    Code.ERASED: "The case's originals were erased: their key is destroyed.",
    Code.DAMAGED: "What is stored is damaged: verify the vault or the package.",
    Code.UNDECODABLE: "It does not decode; the message has the reason.",
    Code.ISOLATION: "The sandbox holds less than fully, and that was not accepted.",
    Code.NO_EVIDENCE: "There is no such place below the evidence roots, or it is a link.",
    Code.NO_ORDER: "No examination has that order id.",
    Code.ORDER_DIFFERS: "An examination or errand with that id was ordered otherwise.",
    Code.NO_PACKAGE: "There is no such sealed package below the packages root.",
    Code.NO_ERRAND: "No errand has that id.",
    Code.NO_UPLOAD: "There is no such upload any more, or it has not arrived whole.",
    Code.WRONG_OFFSET: "A piece does not go on where the upload stands, or the upload has ended.",
    Code.NO_ROOM: "The broker's disk is full.",
    Code.NO_SET: "The store has no such hash set.",
    Code.NO_THUMBNAIL: "The package keeps no thumbnail of that content.",
    Code.NO_SOUND: "The video has no sound, or none that may be decoded.",
}
"""Every code with its meaning, for the reference page."""


class JobState(StrEnum):
    """Where an examination stands."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"


Uuid = Annotated[
    str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", max_length=36)
]
Text = Annotated[str, msgspec.Meta(max_length=1000)]
Place = Annotated[str, msgspec.Meta(max_length=4096)]


@dataclass(frozen=True, slots=True)
class BrokerFacts:
    """What a broker says of itself.

    Args:
        protocol: The protocol number.
        polit_version: Its version.
        isolation_level: What its self-test found, ``full`` where everything was contained.
        evidence_roots: The names of the evidence roots, in the order of the setting.
    """

    protocol: int
    polit_version: str
    isolation_level: str
    evidence_roots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A file or folder that can be examined; an image in segments is one item.

    Args:
        name: Its name, untrusted text.
        kind: ``file`` or ``folder``.
        size_bytes: Of an image all its segments together, of a folder 0.
    """

    name: str
    kind: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ExamineOrder:
    """One examination as the record orders it.

    Args:
        order_id: A UUID; the same order may be sent again and is done once.
        case_reference: The case's reference.
        exhibit_reference: The exhibit's reference as its producer wrote it.
        examiner: Who examines.
        authority: The authority to examine, as text.
        evidence: ``root/relative`` below an evidence root.
        acquisition: Digests as stated at acquisition, ``alg:hex``.
        clock_offset_s: Device clock minus true time.
        time_zone: The device's time zone as found.
        keep_originals: Keep the originals of pictures and videos in the vault.
        resume: Go on with a package that was begun already.
        accept_atime: Read a folder even where that changes access times.
        accept_reduced_isolation: Examine although the sandbox holds less than fully.
        carve: Search what no file owns for pictures and videos.
        shadow_copies: Examine shadow copies for what differs in them.
    """

    order_id: Uuid
    case_reference: Text
    exhibit_reference: Text
    examiner: Text
    authority: Text
    evidence: Place
    acquisition: Annotated[tuple[Text, ...], msgspec.Meta(max_length=32)] = ()
    clock_offset_s: int = 0
    time_zone: Text = ""
    keep_originals: bool = False
    resume: bool = False
    accept_atime: bool = False
    accept_reduced_isolation: bool = False
    carve: bool = True
    shadow_copies: bool = False


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Where an examination stands: counts, never names.

    Args:
        order_id: Its order.
        state: Where it stands.
        phase: What the running session does.
        entries: How many entries were found so far.
        done: How many of them are done.
        skipped: How many were skipped, each with its reason; 0 until the end.
        failed: How many failed, each with its reason.
        message: Why it failed or what it waits for, for the person who ordered it.
        package: The sealed package below the packages root, empty until it is done.
        exit_code: That of the last session, ``None`` while there is none.
        alerts: How many contents alert so far, by a digest or by a fingerprint.
    """

    order_id: str
    state: JobState
    phase: str = ""
    entries: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    message: str = ""
    package: str = ""
    exit_code: int | None = None
    alerts: int = 0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of a package, as ``polit.package.verify`` has it."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class AdoptedPackage:
    """A package that was verified, and its key, where it is for this installation.

    Args:
        package: Its name below the packages root.
        package_id: Its id.
        rows_sha256: The digest of its rows.
        checks: What was checked, in order.
        holds: Whether every check holds.
        tile_key: The key for safe tiles alone, 32 bytes; ``None`` where the package does not
            hold, or its key is wrapped to another installation.
    """

    package: str
    package_id: str
    rows_sha256: str
    checks: tuple[CheckResult, ...]
    holds: bool
    tile_key: bytes | None


@dataclass(frozen=True, slots=True)
class ReencodedPhotograph:
    """A photograph encoded anew: upright, at most 2,000 px, and its thumbnail of 320 px."""

    media_type: str
    full: bytes
    width_px: int
    height_px: int
    thumbnail: bytes


class Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first message of either side."""

    protocol: int


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked: an operation, its body, and the sizes of the parts that follow."""

    operation: Annotated[str, msgspec.Meta(max_length=64)]
    body: msgspec.Raw
    parts: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=0)], ...], msgspec.Meta(max_length=MAX_PARTS)
    ] = ()
    """What an operation takes of them is checked before the first is read."""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="answer"):
    """What was asked for, and the sizes of the parts that follow."""

    body: msgspec.Raw
    parts: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=0, le=MAX_PART_BYTES)], ...],
        msgspec.Meta(max_length=MAX_PARTS),
    ] = ()


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="refusal"):
    """That it was refused, and why: a code for programs, a message for people."""

    code: str
    message: str


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a question that needs none."""


class PlaceQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place below the evidence roots; empty for the roots themselves."""

    place: Place


class OrderQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An examination that was ordered."""

    order_id: Uuid


class AdoptQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A package below the packages root, and the case that it is taken into.

    Args:
        package: Its name below the packages root.
        case_reference: The case.
        other_case_confirmed: Whether somebody confirmed, with a reason, that it belongs to that
            case although it names another one. The record keeps who, and why.
    """

    package: Place
    case_reference: Text
    other_case_confirmed: bool = False
