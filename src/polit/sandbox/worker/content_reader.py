"""Reads contents once: three digests, the type, and a picture's bytes into a slot.

What only libmagic may know is asked in a thread beside, half a millisecond each, while the next
contents are read. A crash there and a crash here look alike, so the first loss of a walker is
charged to nobody: the next walker is *careful*, does one thing at a time, and shows who it was.
"""

import mmap
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from polit.base import faults
from polit.base.clock import monotonic_s
from polit.base.digests import DigestMeter
from polit.base.errors import EvidenceChanged, SourceError
from polit.decode.decodable import HOLDERS, STILLS, VIDEOS
from polit.decode.identify import (
    extension_agrees,
    identify_quickly,
    identify_unknown,
)
from polit.evidence.filesystem import Content, FileSystem
from polit.evidence.free_space import slack_of
from polit.evidence.logical import LogicalContent
from polit.model.evidence import Address
from polit.model.media import Identification, MediaKind
from polit.sandbox import walking_messages as say
from polit.sandbox.holding import VIDEO_TAIL_BYTES
from polit.sandbox.worker.walker_channel import WalkerChannel

if TYPE_CHECKING:
    from concurrent.futures import Future

_HEAD_BYTES = 65_536
_READ_BYTES = 1 << 20
_RESULTS_AT_ONCE = 128
_FLUSH_S = 0.05
_SWITCH_S = 0.0005
"""The thread beside must get its turn soon after each answer: Python's own 5 ms are ten calls."""

_LARGE_BYTES = 256 << 20
"""Of contents larger than this one at a time is held: slots lie in memory."""

_SLACK_AT_MOST = 8
_Ask = Callable[[say.ReadJob, bytes], Identification | None]
_NOT_YET_KNOWN = Identification("application/octet-stream", MediaKind.OTHER, "")


class Evidence(Protocol):
    """What the reader needs of the walker."""

    def mounted_system(self, volume_id: int) -> FileSystem:
        """Return the file system of a volume."""

    def volume_size_bytes(self, volume_id: int) -> int:
        """Return the size of a volume, 0 where it has none."""

    def damage(self, volume_id: int, content: Content) -> str:
        """Return the code of the damage that a content lies on."""

    def carved_content(self, volume_id: int, address: bytes) -> Content:
        """Return the content at the places that an address holds."""


@dataclass(frozen=True, slots=True)
class Hold:
    """How much of a content is to be held: its first bytes, and its last ones after them."""

    head_bytes: int
    tail_bytes: int = 0

    @property
    def held_bytes(self) -> int:
        """All of it."""
        return self.head_bytes + self.tail_bytes


@dataclass(slots=True)
class Slot:
    """A slot that is being filled."""

    slot: int
    hold: Hold
    room: mmap.mmap

    def put(self, start: int, part: bytes, size_bytes: int) -> None:
        """Copy what of a part is to be held; ``start`` is its place in the content."""
        hold = self.hold
        if start < hold.head_bytes:
            head = part[: hold.head_bytes - start]
            self.room[start : start + len(head)] = head
        skipped = size_bytes - hold.tail_bytes - start
        if hold.tail_bytes and skipped < len(part):
            tail = part[max(0, skipped) :]
            at = hold.head_bytes + max(0, -skipped)
            self.room[at : at + len(tail)] = tail


class ContentReader:
    """Reads contents and tells results in the order of the jobs."""

    def __init__(
        self,
        evidence: Evidence,
        channel: WalkerChannel,
        journal: say.Journal,
        setup: say.WalkSetup,
        slots: Sequence[int],
    ) -> None:
        """Make ready; the thread beside starts with the first content that needs it."""
        self._evidence, self._channel, self._journal = evidence, channel, journal
        self._slots, self._holding = slots, setup.holding
        self._large_slot = -1
        self._free = deque(setup.free_slots)
        self._results: list[say.ReadResult] = []
        self._asked: list[tuple[int, bytes, Future[Identification]]] = []
        self._beside = None if setup.is_careful else ThreadPoolExecutor(1)
        sys.setswitchinterval(_SWITCH_S)

    def release(self, slot: int) -> None:
        """Take a slot back from the coordinator."""
        self._free.append(slot)
        if slot == self._large_slot:
            self._large_slot = -1

    def read(self, jobs: Sequence[say.ReadJob]) -> None:
        """Read contents in this order and tell what they gave."""
        flushed_s = monotonic_s()
        for job in jobs:
            result = self._read_one(job)
            self._results.append(result)
            now_s = monotonic_s()
            full = len(self._results) >= _RESULTS_AT_ONCE
            if full or result.slot >= 0 or now_s - flushed_s > _FLUSH_S:
                self._flush()
                flushed_s = now_s
        self._flush()

    def _read_one(self, job: say.ReadJob) -> say.ReadResult:
        if 0 < self._evidence.volume_size_bytes(job.volume_id) < job.size_bytes:
            return say.ReadResult(job.entry_id, "exceeds_volume", "")
        try:
            content = self._open(job)
            try:
                result = self._read_content(job, content, self._ask_beside)
                return _with_slack(result, content) if job.tells_slack else result
            finally:
                content.close()
        except EvidenceChanged:
            raise
        except SourceError as error:
            return say.ReadResult(job.entry_id, "unreadable", str(error)[:4096])

    def read_candidate(self, job: say.ReadJob, content: Content) -> say.ReadResult:
        """Read what may be a picture or a video, beside nothing else."""
        self._journal.enter(say.READING, job.entry_id)
        try:
            return self._read_content(job, content, lambda _, head: identify_unknown(head))
        except EvidenceChanged:
            raise
        except SourceError as error:
            return say.ReadResult(job.entry_id, "unreadable", str(error)[:4096])

    def _open(self, job: say.ReadJob) -> Content:
        if job.is_carved:
            self._journal.enter(say.READING, job.entry_id)
            return self._evidence.carved_content(job.volume_id, job.address)
        system = self._evidence.mounted_system(job.volume_id)
        self._journal.enter(say.READING, job.entry_id)
        faults.reach("walker.read", job.raw_name)
        return system.open_content(Address(job.address))

    def _read_content(self, job: say.ReadJob, content: Content, ask: _Ask) -> say.ReadResult:
        size = content.size_bytes
        untrusted_head = content.read_at(0, min(size, _HEAD_BYTES)) if size else b""
        kind = identify_quickly(untrusted_head, size_bytes=size)
        meter = DigestMeter()
        hold, code = self.hold_for(kind, size)
        held = self.begin_holding(hold) if hold else None
        self._journal.enter(say.READING, job.entry_id)
        try:
            self._stream(job.entry_id, content, meter, untrusted_head, held)
            damage = self._evidence.damage(job.volume_id, content)
        except SourceError:
            self.drop(held)
            raise
        finally:
            if held:
                held.room.close()
        if damage or meter.size_bytes != size:
            self.drop(held)
            detail = f"{meter.size_bytes} of {size} bytes could be read"
            return say.ReadResult(job.entry_id, damage or "unreadable", detail)
        if kind is None:
            kind = ask(job, untrusted_head)
        result = _result(job, meter, kind, code=code, held=held)
        mismatch = content.mismatch(meter.digests()) if isinstance(content, LogicalContent) else ""
        return msgspec.structs.replace(result, mismatch=mismatch) if mismatch else result

    def hold_for(self, kind: Identification | None, size_bytes: int) -> tuple[Hold | None, str]:
        """Return how much of a content is to be held, and a code where that should be more."""
        if kind is None or size_bytes == 0:
            return None, ""
        holding = self._holding
        if kind.mime in VIDEOS and holding.video_bytes:
            if size_bytes <= holding.video_bytes:
                return Hold(size_bytes), ""
            tail = min(VIDEO_TAIL_BYTES, holding.video_bytes // 2)
            return Hold(holding.video_bytes - tail, tail), ""
        most = 0
        if kind.mime in STILLS:
            most = holding.still_bytes
        elif kind.mime in HOLDERS:
            most = holding.holder_bytes
        if most == 0:
            return None, ""
        return (Hold(size_bytes), "") if size_bytes <= most else (None, "too_large")

    def most_of(self, kind: Identification) -> Hold | None:
        """Return how much of a content of unknown length can be held."""
        holding = self._holding
        most = holding.still_bytes if kind.mime in STILLS else holding.holder_bytes
        return Hold(most) if most else None

    def begin_holding(self, hold: Hold) -> Slot:
        """Take a slot for as much of a content, waiting for one if need be."""
        is_large = hold.held_bytes > _LARGE_BYTES
        slot = self._take_slot(alone=is_large)
        if is_large:
            self._large_slot = slot
        return Slot(slot, hold, mmap.mmap(self._slots[slot], hold.held_bytes))

    def drop(self, held: Slot | None) -> None:
        """Give a slot back that nobody was told of."""
        if held:
            self.release(held.slot)

    def _ask_beside(self, job: say.ReadJob, untrusted_head: bytes) -> Identification | None:
        if self._beside is None:
            return identify_unknown(untrusted_head)
        future = self._beside.submit(identify_unknown, untrusted_head)
        self._asked.append((len(self._results), job.raw_name, future))
        return None

    def _stream(
        self,
        entry_id: int,
        content: Content,
        meter: DigestMeter,
        untrusted_head: bytes,
        held: Slot | None,
    ) -> None:
        """Read a content to its end, measure it, and keep of it what is to be held."""
        untrusted_part = untrusted_head
        while untrusted_part:
            start = meter.size_bytes
            meter.update(untrusted_part)
            if held:
                held.put(start, untrusted_part, content.size_bytes)
            wanted = min(_READ_BYTES, content.size_bytes - meter.size_bytes)
            if wanted <= 0:
                return
            self._journal.enter(say.READING, entry_id, meter.size_bytes)
            untrusted_part = content.read_at(meter.size_bytes, wanted)

    def _take_slot(self, *, alone: bool) -> int:
        if not self._is_free(alone=alone):
            self._flush()
        while not self._is_free(alone=alone):
            self._journal.enter(say.WAITING, 0)
            request = self._channel.receive()
            if request is None:
                raise SystemExit(0)
            if isinstance(request, say.ReleaseSlot):
                self.release(request.slot)
            else:
                self._channel.postpone(request)
        return self._free.popleft()

    def _is_free(self, *, alone: bool) -> bool:
        return bool(self._free) and not (alone and self._large_slot >= 0)

    def _flush(self) -> None:
        for index, raw_name, future in self._asked:
            pending = self._results[index]
            self._journal.enter(say.READING, pending.entry_id, pending.size_bytes)
            kind = future.result()
            self._results[index] = msgspec.structs.replace(
                pending,
                mime=kind.mime,
                kind=kind.kind,
                basis=kind.basis,
                extension_agrees=extension_agrees(raw_name, kind),
            )
        self._asked.clear()
        if self._results:
            self._channel.send(say.ContentsRead(list(self._results)))
            self._results.clear()


def _with_slack(result: say.ReadResult, content: Content) -> say.ReadResult:
    """Add where remains of others lie: behind what was written of a content, in its clusters."""
    if result.code not in ("", "too_large"):
        return result
    written_bytes = getattr(content, "written_bytes", content.size_bytes)
    slack = slack_of(content.places(), size_bytes=written_bytes)
    return msgspec.structs.replace(result, slack=slack[:_SLACK_AT_MOST]) if slack else result


def _result(
    job: say.ReadJob,
    meter: DigestMeter,
    kind: Identification | None,
    *,
    code: str,
    held: Slot | None,
) -> say.ReadResult:
    digests = meter.digests()
    shown = kind or _NOT_YET_KNOWN
    return say.ReadResult(
        entry_id=job.entry_id,
        code=code,
        detail="",
        size_bytes=digests.size_bytes,
        md5=digests.md5,
        sha1=digests.sha1,
        sha256=digests.sha256,
        mime=shown.mime,
        kind=shown.kind,
        basis=shown.basis,
        extension_agrees=extension_agrees(job.raw_name, kind) if kind else None,
        slot=held.slot if held else -1,
        held_bytes=held.hold.held_bytes if held else 0,
        tail_bytes=held.hold.tail_bytes if held else 0,
    )
