"""Reads one member of an archive once: digests, type, a slot for what is to be decoded.

Unlike a content of a file system it comes in order only, and what it says of its length may be
missing, or a lie.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from polit.base.digests import DigestMeter
from polit.base.errors import EvidenceChanged
from polit.decode.identify import HEAD_BYTES, extension_agrees, identify
from polit.evidence.libarchive import ArchiveDamage
from polit.model.archives import ARCHIVES
from polit.model.media import Identification
from polit.sandbox import walking_messages as say
from polit.sandbox.worker.content_reader import ContentReader, Hold, Slot

UNKNOWN_BYTES = (1 << 31) - 1
"""A content of unknown length may be so long, for what has to be decided before it is read."""


class TooMuch(Exception):
    """A member gives more than it may; what is left of it is not read."""


@dataclass(slots=True)
class Read:
    """What reading a member gave.

    Args:
        result: For the coordinator.
        flaw: Why that is not all of it, empty where it is.
        nested: All of its bytes, where it is an archive that fits; ``None`` where not.
        mime: What it is, empty where nothing could be read.
    """

    result: say.ReadResult
    flaw: str = ""
    nested: bytearray | None = None
    mime: str = ""


@dataclass(slots=True)
class _Course:
    """What is known of a member while it is being read."""

    size_bytes: int | None
    room_bytes: int
    kind: Identification | None = None
    code: str = ""
    flaw: str = ""
    slot: Slot | None = None
    nested: bytearray | None = None
    meter: DigestMeter = field(default_factory=DigestMeter)


class MemberReader:
    """Reads members one after the other."""

    def __init__(self, contents: ContentReader, mark: Callable[[], None]) -> None:
        """Make ready.

        Args:
            contents: Whose slots are used.
            mark: Notes in the journal where the reader is, after it waited for a slot.
        """
        self._contents, self._mark = contents, mark

    def read(
        self,
        parts: Iterator[bytes],
        *,
        name: bytes,
        size_bytes: int | None,
        room_bytes: int,
        is_told: bool,
    ) -> Read:
        """Read a member to its end.

        Args:
            parts: Its bytes.
            name: What it is called.
            size_bytes: How long it claims to be.
            room_bytes: How much may be kept of an archive.
            is_told: False when its result is known already: only what is nested counts then.
        """
        course = _Course(size_bytes, room_bytes)
        try:
            self._follow(parts, course, is_told=is_told)
        except ArchiveDamage as damage:
            course.flaw = damage.code
        except TooMuch:
            course.flaw = "expands_too_much"
        except MemoryError:
            course.flaw = "memory"
        except EvidenceChanged:
            raise
        finally:
            if course.slot:
                course.slot.room.close()
        return self._outcome(course, name)

    def _follow(self, parts: Iterator[bytes], course: _Course, *, is_told: bool) -> None:
        untrusted_head = b""
        parts = iter(parts)
        is_whole = False
        try:
            while len(untrusted_head) < HEAD_BYTES:
                part = next(parts, b"")
                if not part:
                    is_whole = True
                    break
                untrusted_head += part
        finally:
            # What could be read before the damage counts.
            self._begin(untrusted_head, course, is_whole=is_whole, is_told=is_told)
            self._take(untrusted_head, course, is_told=is_told)
        while not is_whole and (part := next(parts, b"")):
            self._take(part, course, is_told=is_told)

    def _begin(
        self, untrusted_head: bytes, course: _Course, *, is_whole: bool, is_told: bool
    ) -> None:
        if is_whole:
            course.size_bytes = len(untrusted_head)
        size = course.size_bytes
        longest = max(len(untrusted_head), UNKNOWN_BYTES if size is None else size)
        course.kind = identify(untrusted_head[:HEAD_BYTES], size_bytes=longest)
        if course.kind.mime in ARCHIVES and (size or 0) <= course.room_bytes:
            course.nested = bytearray()
        if not is_told:
            return
        hold, course.code = self._contents.hold_for(course.kind, longest)
        if size is None and course.code:  # it may be shorter than what may be held
            hold, course.code = self._contents.most_of(course.kind), ""
        elif size is None and hold is not None:
            hold = Hold(hold.held_bytes)
        if hold is not None:
            course.slot = self._contents.begin_holding(hold)
            self._mark()

    def _take(self, part: bytes, course: _Course, *, is_told: bool) -> None:
        if course.nested is not None:
            course.nested += part
            if len(course.nested) > course.room_bytes:
                course.nested = None
        if is_told:
            if course.slot:
                course.slot.put(course.meter.size_bytes, part, course.size_bytes or UNKNOWN_BYTES)
            course.meter.update(part)

    def _outcome(self, course: _Course, name: bytes) -> Read:
        digests, kind = course.meter.digests(), course.kind
        if course.flaw == "expands_too_much" or kind is None:
            self._contents.drop(course.slot)
            return Read(say.ReadResult(0, course.flaw or "damaged", ""))
        if course.flaw and not digests.size_bytes:
            self._contents.drop(course.slot)
            return Read(say.ReadResult(0, course.flaw, ""))
        held = self._held_bytes(course)
        if course.slot and not held:
            self._contents.drop(course.slot)
            course.slot = None
        result = say.ReadResult(
            entry_id=0,
            code=course.code,
            detail="",
            size_bytes=digests.size_bytes,
            md5=digests.md5,
            sha1=digests.sha1,
            sha256=digests.sha256,
            mime=kind.mime,
            kind=kind.kind,
            basis=kind.basis,
            extension_agrees=extension_agrees(name, kind),
            slot=course.slot.slot if course.slot else -1,
            held_bytes=held,
            tail_bytes=course.slot.hold.tail_bytes if course.slot else 0,
        )
        return Read(result, course.flaw, course.nested, kind.mime)

    def _held_bytes(self, course: _Course) -> int:
        """Return how much is in the slot, 0 where that is of no use."""
        if course.slot is None:
            return 0
        hold, size = course.slot.hold, course.meter.size_bytes
        if hold.tail_bytes and size != course.size_bytes:
            return 0  # its end is not where it was looked for
        if size > hold.held_bytes and not hold.tail_bytes and not self._is_video(course):
            course.code = "too_large"
            return 0
        return min(size, hold.held_bytes)

    @staticmethod
    def _is_video(course: _Course) -> bool:
        return course.kind is not None and course.kind.mime.startswith("video/")
