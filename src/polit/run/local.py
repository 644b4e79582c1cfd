"""The local executor: one walker and some decoders on this machine, behind one event queue.

A content that a decoder failed on (crash, time, memory, protocol) is tried once more, alone,
in a fresh worker; only then is the failure final. What is undecodable stays so. A picture that
needs more memory than a decoder has gets it alone, as much as its checked header asks for.
"""

import os
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from polit.base.clock import monotonic_s
from polit.model.media import DecodedMedia
from polit.run.held import Held, reader_of
from polit.run.slots import Slots
from polit.sandbox import walking_messages as say
from polit.sandbox.client import DecodeFailure, DecodeJob, Decoder
from polit.sandbox.facts import OpenedBatch
from polit.sandbox.holding import Holding
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.limits import ItemLimits
from polit.sandbox.walking import Walker, WalkerLost, WalkPatience, WalkSource, wait_readable

RETRIED = frozenset({"crash", "timeout", "memory", "protocol"})
_ATTEMPTS = 2
_MAX_ASKED = 3
"""How often one picture may ask for more memory: frames and pages tell their size one by one."""


_VIDEO_LIMITS = ItemLimits(base_s=300.0, per_mib_s=2.0)
_VIDEO_MEMORY_BYTES = 1536 << 20
_HOLDER_LIMITS = ItemLimits(base_s=60.0, per_mib_s=5.0)
_HOLDER_MEMORY_BYTES = 576 << 20


@dataclass(slots=True, eq=False)
class DecodeTask:
    """One picture or video to be decoded; what is urgent, before what is not."""

    sha256: bytes
    mime: str
    held: Held
    is_urgent: bool = False
    attempts: int = 0
    memory_bytes: int | None = None
    asked: int = 0

    @property
    def is_video(self) -> bool:
        """Whether it gets the limits of a video."""
        return self.mime.startswith("video/")


@dataclass(slots=True, eq=False)
class OpenTask:
    """One holder to be opened.

    Args:
        key: The digest of the content that a file system holds, in which it lies or which it is.
        parent: Its place among what was found in there, ``None`` for that content itself.
        is_urgent: It goes before other contents of the file system.
    """

    key: bytes
    mime: str
    held: Held
    parent: int | None = None
    is_urgent: bool = False
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Decoded:
    """How decoding ended, for good; the bytes are still held."""

    task: DecodeTask
    result: DecodedMedia | DecodeFailure


@dataclass(frozen=True, slots=True)
class Opened:
    """Some of what a holder holds, or why it could not be opened; the bytes are still held."""

    task: OpenTask
    result: OpenedBatch | DecodeFailure


@dataclass(frozen=True, slots=True)
class Reopened:
    """A holder is opened once more from its start: what it gave before does not count."""

    task: OpenTask


Event = say.Reply | WalkerLost | Decoded | Opened | Reopened


class Zygotes:
    """The warm processes that all others are forked from; two are started beside each other."""

    def __init__(self) -> None:
        """Start both; they warm up while the caller goes on."""
        self.decoding = start_zygote(Role.DECODER)
        self.walking = start_zygote(Role.WALKER)
        self._carving: Zygote | None = None

    def __enter__(self) -> "Zygotes":
        """Use them for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End both, and whatever was forked from them."""
        self.walking.close()
        self.decoding.close()
        if self._carving is not None:
            self._carving.close()

    @property
    def carving(self) -> Zygote:
        """The third one, started when it is first asked for: see ``worker.carver``."""
        if self._carving is None:
            self._carving = start_zygote(Role.CARVER)
        return self._carving

    @property
    def versions(self) -> dict[str, str]:
        """Versions of every library that touches evidence, as the zygotes told them."""
        return {**self.decoding.versions, **self.walking.versions}


class LocalFleet:
    """The processes of one examination on this machine."""

    def __init__(
        self,
        zygotes: Zygotes,
        source: WalkSource,
        *,
        workers: int,
        holding: Holding,
        patience: WalkPatience,
        secrets: Sequence[bytes] = (),
    ) -> None:
        """Start the walker and make the decoders ready.

        Args:
            zygotes: What they are forked from; it must outlive the fleet.
            source: What the walker is handed.
            workers: How many decoders, at least 1.
            holding: Which contents are held for decoding.
            patience: When the walker counts as hung.
            secrets: Passwords and keys of what is encrypted in the source.
        """
        self._zygotes = zygotes
        self._slots = Slots(workers + 3, holding.slot_bytes)
        self.walker = Walker(
            zygotes.walking,
            source,
            slots=self._slots.descriptors,
            holding=holding,
            patience=patience,
            secrets=secrets,
        )
        self._decoders = [Decoder(zygotes.decoding, ItemLimits()) for _ in range(workers)]
        self._running: dict[int, DecodeTask] = {}
        self._urgent: deque[DecodeTask] = deque()
        self._queue: deque[DecodeTask] = deque()
        self._alone: deque[DecodeTask] = deque()
        self._is_alone = False
        self._opener = Decoder(zygotes.decoding, _HOLDER_LIMITS)
        self._opening: OpenTask | None = None
        self._unopened: deque[OpenTask] = deque()
        self._next_job = 1

    @property
    def is_decoding(self) -> bool:
        """Whether contents are being decoded or opened, or wait for it."""
        queues = (self._urgent, self._queue, self._alone, self._unopened)
        return bool(self._running) or any(queues) or self._opening is not None

    def hold(self, result: say.ReadResult) -> Held | None:
        """Take over a slot that the walker filled; ``None`` when it filled none, or lies."""
        held, tail, size = result.held_bytes, result.tail_bytes, result.size_bytes
        if not 0 <= tail <= held <= min(size, self._slots.size_bytes):
            return None
        if not self._slots.hold(result.slot):
            return None
        return Held(result.slot, self._slots.descriptors[result.slot], size, held, tail)

    def release(self, held: Held) -> None:
        """Give held bytes back: a slot to the walker, a memory of their own to the system."""
        if held.slot < 0:
            os.close(held.descriptor)
            return
        self._slots.release(held.slot)
        self.walker.send(say.ReleaseSlot(held.slot))

    def decode(self, task: DecodeTask) -> None:
        """Queue a content for decoding."""
        (self._urgent if task.is_urgent else self._queue).append(task)
        self._feed()

    def open(self, task: OpenTask) -> None:
        """Queue a holder for opening; one is open at a time."""
        line_up(self._unopened, task)
        self._feed_opener()

    def go_on(self) -> None:
        """Ask the open holder for what follows, where it gave only some."""
        if self._opener.rests:
            self._opener.go_on(now_s=monotonic_s())

    def begin_carving(self, volumes: Mapping[int, say.PlacedVolume]) -> None:
        """Put a walker that can carve in the place of the present one; nothing is under way."""
        self.walker.move(self._zygotes.carving, self._slots.free(), volumes)

    def restart_walker(self, volumes: Mapping[int, say.PlacedVolume]) -> None:
        """Replace a lost walker."""
        self.walker.restart(self._slots.free(), volumes)

    def wait(self, timeout_s: float) -> list[Event]:
        """Return what has happened, waiting for it at most ``timeout_s`` seconds."""
        descriptors = [self.walker.fileno()]
        descriptors += [decoder.fileno() for decoder in self._decoders if decoder.busy]
        if self._opener.busy and not self._opener.rests:
            descriptors.append(self._opener.fileno())
        wait_readable(descriptors, timeout_s)
        events: list[Event] = list(self.walker.poll())
        for decoder in self._decoders:
            events += self._collect(decoder)
        events += self._collect_opened()
        self._feed()
        self._feed_opener()
        return events

    def close(self) -> None:
        """Stop every process."""
        self.walker.close()
        for decoder in self._decoders:
            decoder.close()
        self._opener.close()
        self._slots.close()

    def _collect(self, decoder: Decoder) -> list[Decoded]:
        task = self._running.get(id(decoder))
        if task is None:
            return []
        result = decoder.poll(monotonic_s())
        if result is None:
            return []
        del self._running[id(decoder)]
        self._is_alone = False
        if not isinstance(result, DecodedMedia | DecodeFailure):  # it was asked to decode
            result = DecodeFailure("protocol", "another answer")
        if isinstance(result, DecodeFailure) and self._is_tried_again(task, result):
            return []
        if isinstance(result, DecodeFailure) and result.code == "needs_memory":
            result = replace(result, code="memory")  # however much it gets, it wants more
        return [Decoded(task, result)]

    def _collect_opened(self) -> list[Event]:
        task = self._opening
        if task is None:
            return []
        result = self._opener.poll(monotonic_s())
        if result is None:
            return []
        if not isinstance(result, OpenedBatch | DecodeFailure):  # it was asked to open
            result = DecodeFailure("protocol", "another answer")
        if isinstance(result, OpenedBatch) and not result.is_complete:
            return [Opened(task, result)]
        self._opening = None
        if isinstance(result, OpenedBatch) or not _is_worth_a_retry(result, task.attempts):
            return [Opened(task, result)]
        self._unopened.appendleft(task)
        return [Reopened(task)]

    def _is_tried_again(self, task: DecodeTask, failure: DecodeFailure) -> bool:
        """Queue a task once more, alone, when that is due."""
        if failure.code == "needs_memory" and task.asked < _MAX_ASKED:
            task.memory_bytes = max(failure.needed_bytes, task.memory_bytes or 0)
            task.asked += 1
            task.attempts -= 1
        elif not _is_worth_a_retry(failure, task.attempts):
            return False
        self._alone.append(task)
        return True

    def _feed(self) -> None:
        for decoder in self._decoders:
            if self._is_alone:
                return
            if decoder.busy:
                continue
            if queue := self._urgent or self._queue:
                self._start(decoder, queue.popleft())
            elif self._alone and not self._running:
                decoder.close()
                self._is_alone = True
                self._start(decoder, self._alone.popleft())

    def _feed_opener(self) -> None:
        if self._opening is not None or not self._unopened:
            return
        task = self._opening = self._unopened.popleft()
        task.attempts += 1
        self._hand_over(
            self._opener,
            task.held,
            DecodeJob(self._job_id(), -1, task.held.size_bytes, task.mime, opens=True),
            memory_bytes=_HOLDER_MEMORY_BYTES + task.held.size_bytes,
        )

    def _start(self, decoder: Decoder, task: DecodeTask) -> None:
        task.attempts += 1
        held = task.held
        self._running[id(decoder)] = task
        job = DecodeJob(
            job_id=self._job_id(),
            descriptor=-1,
            size_bytes=held.size_bytes,
            mime=task.mime,
            limits=_VIDEO_LIMITS if task.is_video else None,
            tail_bytes=held.tail_bytes,
            held_bytes=held.held_bytes,
        )
        usual_bytes = _VIDEO_MEMORY_BYTES if task.is_video else None
        self._hand_over(decoder, held, job, memory_bytes=task.memory_bytes or usual_bytes)

    def _job_id(self) -> int:
        self._next_job += 1
        return self._next_job - 1

    def _hand_over(
        self, decoder: Decoder, held: Held, job: DecodeJob, *, memory_bytes: int | None
    ) -> None:
        if held.slot >= 0:
            descriptor = self._slots.reader(held.slot, held.held_bytes)
            decoder.start(
                replace(job, descriptor=descriptor), now_s=monotonic_s(), memory_bytes=memory_bytes
            )
            return
        descriptor = reader_of(held)
        try:
            decoder.start(
                replace(job, descriptor=descriptor), now_s=monotonic_s(), memory_bytes=memory_bytes
            )
        finally:
            os.close(descriptor)


def line_up(waiting: deque[OpenTask], task: OpenTask) -> None:
    """Put a holder into its place: what lies inside another first, then what is urgent.

    So one content of the file system is done with before the next one takes memory.
    """
    if task.parent is not None:
        waiting.appendleft(task)
    elif task.is_urgent:
        ahead = sum(one.parent is not None or one.is_urgent for one in waiting)
        waiting.insert(ahead, task)
    else:
        waiting.append(task)


def _is_worth_a_retry(failure: DecodeFailure, attempts: int) -> bool:
    return failure.code in RETRIED and attempts < _ATTEMPTS
