"""The web's side of the broker: the one module of it that others import.

It loads base, model and the protocol, and nothing that opens evidence, decodes or holds a key.
Every call is one connection of its own, so that a client may be shared between threads.
"""

import socket
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TypeVar

import msgspec

from polit.base.clock import monotonic_s
from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.errand_protocol import ErrandQuestion, ErrandState, ErrandStatus
from polit.broker.frames import Stream, socket_address
from polit.broker.match_protocol import (
    MOST_PACKAGES,
    SIGNER_CHECK,
    AdoptedSupplement,
    MatchOrder,
)
from polit.broker.picture_protocol import (
    PictureAnswer,
    PicturesAnswer,
    RenderedPart,
    RenderedPicture,
    RenderedSound,
    RenderQuestion,
    Rung,
    SoundAnswer,
)
from polit.broker.protocol import (
    MAX_ANSWER_BYTES,
    MAX_MESSAGE_BYTES,
    PROTOCOL,
    AdoptedPackage,
    AdoptQuestion,
    Answer,
    BrokerFacts,
    CheckResult,
    Code,
    EvidenceItem,
    ExamineOrder,
    Hello,
    JobState,
    JobStatus,
    Nothing,
    OrderQuestion,
    PlaceQuestion,
    Question,
    ReencodedPhotograph,
    Refusal,
)
from polit.broker.provisional_protocol import (
    MOST_LISTED,
    ProvisionalItem,
    ProvisionalPage,
    ProvisionalQuestion,
    ProvisionalTiles,
    ProvisionalTilesQuestion,
)
from polit.broker.set_protocol import (
    ImportChoices,
    SetActOrder,
    SetImportOrder,
    SetQuestion,
    SetUpdateOrder,
    SetVerifyOrder,
    StoredSetDetail,
    StoredSetFacts,
    UploadBegin,
    UploadPart,
    UploadQuestion,
    UploadStatus,
)
from polit.broker.set_protocol import (
    SetAct as StoreAct,
)

__all__ = [
    "MOST_PACKAGES",
    "SIGNER_CHECK",
    "AdoptedPackage",
    "AdoptedSupplement",
    "BrokerClient",
    "BrokerFacts",
    "BrokerGone",
    "BrokerRefused",
    "CheckResult",
    "Code",
    "ErrandState",
    "ErrandStatus",
    "EvidenceItem",
    "ExamineOrder",
    "ImportChoices",
    "JobState",
    "JobStatus",
    "MatchOrder",
    "ProvisionalItem",
    "ProvisionalPage",
    "ReencodedPhotograph",
    "RenderedPart",
    "RenderedPicture",
    "RenderedSound",
    "Rung",
    "SetActOrder",
    "SetImportOrder",
    "SetUpdateOrder",
    "SetVerifyOrder",
    "StoreAct",
    "StoredSetDetail",
    "StoredSetFacts",
    "UploadStatus",
]

_VERIFYING_S = 3600.0
"""A package of a large exhibit has millions of rows to fold and gigabytes to digest."""
_hello = msgspec.json.Decoder(Hello)
_reply = msgspec.json.Decoder(Answer | Refusal)

Value = TypeVar("Value")


class BrokerClient:
    """Asks the broker. Every call may raise ``BrokerGone`` and ``BrokerRefused``."""

    def __init__(self, socket: Path, *, timeout_s: float = 60.0) -> None:
        """Take the socket's path; nothing is connected before a call."""
        self._socket = socket
        self._timeout_s = timeout_s

    def facts(self) -> BrokerFacts:
        """Return what the broker says of itself."""
        return self._ask("facts", Nothing(), BrokerFacts)

    def evidence_list(self, place: str) -> tuple[EvidenceItem, ...]:
        """Return what lies at a place below the evidence roots, by name; the roots for ``""``."""
        return self._ask("evidence.list", PlaceQuestion(place), tuple[EvidenceItem, ...])

    def examine_start(self, order: ExamineOrder) -> JobStatus:
        """Order an examination; the same order again only returns where it stands."""
        return self._ask("examine.start", order, JobStatus)

    def examine_status(self, order_id: str) -> JobStatus:
        """Return where an examination stands."""
        return self._ask("examine.status", OrderQuestion(order_id), JobStatus)

    def examine_cancel(self, order_id: str) -> JobStatus:
        """Stop an examination at a checkpoint; ``examine_resume`` goes on with it."""
        return self._ask("examine.cancel", OrderQuestion(order_id), JobStatus)

    def examine_resume(self, order_id: str) -> JobStatus:
        """Go on with an examination that was interrupted or failed."""
        return self._ask("examine.resume", OrderQuestion(order_id), JobStatus)

    def errand_status(self, errand_id: str) -> ErrandStatus:
        """Return where an errand stands."""
        return self._ask("errand.status", ErrandQuestion(errand_id), ErrandStatus)

    def errand_cancel(self, errand_id: str) -> ErrandStatus:
        """Stop an errand; one that has ended stays as it is."""
        return self._ask("errand.cancel", ErrandQuestion(errand_id), ErrandStatus)

    def upload_begin(self, upload_id: str, *, file_name: str) -> UploadStatus:
        """Begin to send a file, or return how much of it has arrived."""
        return self._ask("upload.begin", UploadBegin(upload_id, file_name), UploadStatus)

    def upload_part(self, upload_id: str, data: bytes, *, offset_bytes: int) -> UploadStatus:
        """Send a piece of at most 16 MiB, behind what has arrived."""
        question = UploadPart(upload_id, offset_bytes)
        status, _ = self._call("upload.part", question, UploadStatus, parts=(data,))
        return status

    def upload_end(self, upload_id: str) -> UploadStatus:
        """Say that all of it has arrived; return its digest."""
        question = UploadQuestion(upload_id)
        return self._ask("upload.end", question, UploadStatus, timeout_s=_VERIFYING_S)

    def upload_discard(self, upload_id: str) -> None:
        """Remove what was sent."""
        self._ask("upload.discard", UploadQuestion(upload_id), Nothing)

    def hashset_choices(self) -> ImportChoices:
        """Return what an import can be made of."""
        return self._ask("hashset.choices", Nothing(), ImportChoices)

    def hashset_list(self) -> tuple[StoredSetFacts, ...]:
        """Return the hash sets of the store, ordered by name and digest."""
        return self._ask("hashset.list", Nothing(), tuple[StoredSetFacts, ...])

    def hashset_show(self, sha256: str) -> StoredSetDetail:
        """Return all that is known of a hash set but its records."""
        return self._ask("hashset.show", SetQuestion(sha256), StoredSetDetail)

    def hashset_switch(self, order: SetActOrder) -> None:
        """Disable, enable or remove a hash set; the same again changes nothing."""
        self._ask("hashset.switch", order, Nothing)

    def hashset_import(self, order: SetImportOrder) -> ErrandStatus:
        """Order an import; ``errand_status`` follows it."""
        return self._ask("hashset.import", order, ErrandStatus)

    def hashset_update(self, order: SetUpdateOrder) -> ErrandStatus:
        """Order a signed offline update."""
        return self._ask("hashset.update", order, ErrandStatus)

    def hashset_verify(self, order: SetVerifyOrder) -> ErrandStatus:
        """Order a verification."""
        return self._ask("hashset.verify", order, ErrandStatus)

    def package_list(self) -> tuple[str, ...]:
        """Return the sealed packages below the packages root, by name."""
        return self._ask("package.list", Nothing(), tuple[str, ...])

    def package_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> AdoptedPackage:
        """Verify a package and take its key under the case's; large ones take minutes."""
        question = AdoptQuestion(package, case_reference, other_case_confirmed)
        return self._ask("package.adopt", question, AdoptedPackage, timeout_s=_VERIFYING_S)

    def supplement_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> tuple[AdoptedSupplement, ...]:
        """Verify a package's supplements, each alone and in its place; return them by number."""
        question = AdoptQuestion(package, case_reference, other_case_confirmed)
        kind = tuple[AdoptedSupplement, ...]
        return self._ask("supplement.adopt", question, kind, timeout_s=_VERIFYING_S)

    def match_start(self, order: MatchOrder) -> ErrandStatus:
        """Order that packages are matched again; ``errand_status`` follows it."""
        return self._ask("match.start", order, ErrandStatus)

    def render(self, event_id: str) -> RenderedPicture:
        """Return the picture that a committed audit event is about: once for each event."""
        found, parts = self._call("picture.render", RenderQuestion(event_id), PictureAnswer)
        (data,) = _expect(parts, 1)
        return RenderedPicture(
            found.media_type, data, found.width_px, found.height_px, found.of_width_px,
            found.of_height_px, found.at_ms,
        )  # fmt: skip

    def render_many(self, event_id: str) -> tuple[RenderedPart, ...]:
        """Return the pictures that a committed event is about: of a page, a story or a sequence.

        Those of a page stand in the order of its items, all others in that of time. One that
        cannot be given has a code.
        """
        found, parts = self._call("pictures.render", RenderQuestion(event_id), PicturesAnswer)
        (data,) = _expect(parts, 1)
        return tuple(_apart(found, data))

    def sound(self, event_id: str) -> RenderedSound:
        """Return the sound that a committed audit event is about: once for each event."""
        found, parts = self._call("sound.render", RenderQuestion(event_id), SoundAnswer)
        (data,) = _expect(parts, 1)
        return RenderedSound(found.media_type, data, found.length_ms)

    def provisional_list(
        self, order_id: str, *, case_reference: str, after: str = "", limit: int = MOST_LISTED
    ) -> ProvisionalPage:
        """Return what an examination has decoded so far, in the order of digests, from one on."""
        question = ProvisionalQuestion(order_id, case_reference, after, limit)
        return self._ask("provisional.list", question, ProvisionalPage)

    def provisional_tiles(
        self, order_id: str, sha256s: Sequence[str], *, case_reference: str
    ) -> dict[str, bytes]:
        """Return safe tiles of at most 64 contents of it, as WebP, of those that have one."""
        question = ProvisionalTilesQuestion(order_id, case_reference, tuple(sha256s))
        found, parts = self._call("provisional.tiles", question, ProvisionalTiles)
        (data,) = _expect(parts, 1)
        tiles = _expect(_pieces(data, found.sizes), len(sha256s))
        return {sha256: tile for sha256, tile in zip(sha256s, tiles, strict=True) if tile}

    def photograph_reencode(self, data: bytes) -> ReencodedPhotograph:
        """Return a photograph as pixels alone, decoded in the sandbox; at most 30 MiB."""
        found, parts = self._call("photograph.reencode", Nothing(), PictureAnswer, parts=(data,))
        full, thumbnail = _expect(parts, 2)
        return ReencodedPhotograph(
            found.media_type, full, found.width_px, found.height_px, thumbnail
        )

    def _ask(
        self, operation: str, body: object, kind: type[Value], *, timeout_s: float | None = None
    ) -> Value:
        value, _ = self._call(operation, body, kind, timeout_s=timeout_s)
        return value

    def _call(
        self,
        operation: str,
        body: object,
        kind: type[Value],
        *,
        parts: Sequence[bytes] = (),
        timeout_s: float | None = None,
    ) -> tuple[Value, list[bytes]]:
        limit_s = self._timeout_s if timeout_s is None else max(timeout_s, self._timeout_s)
        question = Question(
            operation, msgspec.Raw(msgspec.json.encode(body)), tuple(map(len, parts))
        )
        with self._connected(limit_s) as sock:
            stream = Stream(sock, monotonic_s() + limit_s)
            reply, received = _exchanged(stream, question, parts)
        if isinstance(reply, Refusal):
            raise BrokerRefused(reply.code, reply.message)
        try:
            return msgspec.json.decode(reply.body, type=kind), received
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BrokerGone("the broker's answer does not have the form it should have") from error

    def _connected(self, limit_s: float) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(limit_s)
            with socket_address(self._socket) as address:
                sock.connect(address)
        except OSError as error:
            sock.close()
            raise BrokerGone(
                f"the broker does not answer ({error.strerror or 'timed out'}): "
                "start it with 'polit broker'"
            ) from error
        return sock


def _exchanged(
    stream: Stream, question: Question, parts: Sequence[bytes]
) -> tuple[Answer | Refusal, list[bytes]]:
    """Send a question and take the reply; a refusal may come while parts are still being sent."""
    unsent: BrokerGone | None = None
    try:
        stream.send(Hello(PROTOCOL))
        stream.send(question, parts)
    except BrokerGone as error:
        unsent = error
    try:
        hello = stream.receive(_hello, max_bytes=MAX_MESSAGE_BYTES)
        reply = stream.receive(_reply, max_bytes=MAX_ANSWER_BYTES)
    except BrokerGone as error:
        raise unsent or error from error
    if hello.protocol != PROTOCOL and isinstance(reply, Answer):
        raise BrokerGone(f"the broker speaks protocol {hello.protocol}, this is {PROTOCOL}")
    sizes = reply.parts if isinstance(reply, Answer) else ()
    return reply, [stream.receive_bytes(size) for size in sizes]


def _expect(parts: list[bytes], count: int) -> list[bytes]:
    if len(parts) != count:
        raise BrokerGone(f"the broker sent {len(parts)} parts where {count} were due")
    return parts


def _apart(found: PicturesAnswer, data: bytes) -> Iterator[RenderedPart]:
    """Yield pictures that came as one part."""
    pieces = _pieces(data, [each.size_bytes for each in found.pictures])
    for each, piece in zip(found.pictures, pieces, strict=True):
        yield RenderedPart(
            found.media_type, piece, each.width_px, each.height_px, each.at_ms, each.code,
            each.of_width_px, each.of_height_px,
        )  # fmt: skip


def _pieces(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    """Return pieces that came as one part, by their sizes."""
    if sum(sizes) != len(data):
        raise BrokerGone("the broker's pictures have other lengths than it states")
    ends = [*accumulate(sizes, initial=0)]
    return [data[start:end] for start, end in pairwise(ends)]
