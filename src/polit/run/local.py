"""The local executor: one walker and some decoders on this machine, behind one event queue.

A content that a decoder failed on (crash, time, memory, protocol) is tried once more, alone,
in a fresh worker; only then is the failure final. What is undecodable stays so. A picture that
needs more memory than a decoder has gets it alone, as much as its checked header asks for.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from polit.base.clock import monotonic_s
from polit.model.evidence import VolumeFacts
from polit.run.slots import Slots
from polit.sandbox import walking_messages as say
from polit.sandbox.client import Answer, DecodeFailure, DecodeJob, Decoder
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import ItemLimits
from polit.sandbox.walking import Walker, WalkerLost, WalkPatience, WalkSource, wait_readable

RETRIED = frozenset({"crash", "timeout", "memory", "protocol"})
_ATTEMPTS = 2


@dataclass(slots=True)
class DecodeTask:
    """One content in a slot, to be decoded."""

    sha256: bytes
    slot: int
    size_bytes: int
    mime: str
    attempts: int = 0
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """How decoding ended, for good; the slot has been given back."""

    task: DecodeTask
    result: Answer


Event = say.Reply | WalkerLost | Decoded


class Zygotes:
    """The two warm processes that all others are forked from; started beside each other."""

    def __init__(self) -> None:
        """Start both; they warm up while the caller goes on."""
        self.decoding = start_zygote(Role.DECODER)
        self.walking = start_zygote(Role.WALKER)

    def __enter__(self) -> "Zygotes":
        """Use them for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End both, and whatever was forked from them."""
        self.walking.close()
        self.decoding.close()

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
        slot_bytes: int,
        patience: WalkPatience,
    ) -> None:
        """Start the walker and make the decoders ready.

        Args:
            zygotes: What they are forked from; it must outlive the fleet.
            source: What the walker is handed.
            workers: How many decoders, at least 1.
            slot_bytes: The largest content that is decoded.
            patience: When the walker counts as hung.
        """
        self._slots = Slots(workers + 3, slot_bytes)
        self.walker = Walker(
            zygotes.walking,
            source,
            slots=self._slots.descriptors,
            slot_bytes=slot_bytes,
            patience=patience,
        )
        self._decoders = [Decoder(zygotes.decoding, ItemLimits()) for _ in range(workers)]
        self._running: dict[int, DecodeTask] = {}
        self._queue: deque[DecodeTask] = deque()
        self._alone: deque[DecodeTask] = deque()
        self._is_alone = False
        self._next_job = 1

    @property
    def is_decoding(self) -> bool:
        """Whether contents are being decoded or wait for it."""
        return bool(self._running or self._queue or self._alone)

    def hold(self, slot: int, size_bytes: int) -> bool:
        """Take over a slot that the walker filled; False when it lies."""
        return size_bytes <= self._slots.size_bytes and self._slots.hold(slot)

    def release(self, slot: int) -> None:
        """Give a slot back to the walker."""
        self._slots.release(slot)
        self.walker.send(say.ReleaseSlot(slot))

    def decode(self, task: DecodeTask) -> None:
        """Queue a content for decoding."""
        self._queue.append(task)
        self._feed()

    def restart_walker(self, volumes: Mapping[int, VolumeFacts]) -> None:
        """Replace a lost walker."""
        self.walker.restart(self._slots.free(), volumes)

    def wait(self, timeout_s: float) -> list[Event]:
        """Return what has happened, waiting for it at most ``timeout_s`` seconds."""
        descriptors = [self.walker.fileno()]
        descriptors += [decoder.fileno() for decoder in self._decoders if decoder.busy]
        wait_readable(descriptors, timeout_s)
        events: list[Event] = list(self.walker.poll())
        for decoder in self._decoders:
            events += self._collect(decoder)
        self._feed()
        return events

    def close(self) -> None:
        """Stop every process."""
        self.walker.close()
        for decoder in self._decoders:
            decoder.close()
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
        if isinstance(result, DecodeFailure) and self._is_tried_again(task, result):
            return []
        self.release(task.slot)
        return [Decoded(task, result)]

    def _is_tried_again(self, task: DecodeTask, failure: DecodeFailure) -> bool:
        """Queue a task once more, alone, when that is due."""
        if failure.code == "needs_memory" and task.memory_bytes is None:
            task.memory_bytes = failure.needed_bytes
            task.attempts -= 1
        elif failure.code not in RETRIED or task.attempts >= _ATTEMPTS:
            return False
        self._alone.append(task)
        return True

    def _feed(self) -> None:
        for decoder in self._decoders:
            if self._is_alone:
                return
            if decoder.busy:
                continue
            if self._queue:
                self._start(decoder, self._queue.popleft())
            elif self._alone and not self._running:
                decoder.close()
                self._is_alone = True
                self._start(decoder, self._alone.popleft())

    def _start(self, decoder: Decoder, task: DecodeTask) -> None:
        task.attempts += 1
        job = DecodeJob(
            job_id=self._next_job,
            descriptor=self._slots.reader(task.slot, task.size_bytes),
            size_bytes=task.size_bytes,
            mime=task.mime,
        )
        self._next_job += 1
        self._running[id(decoder)] = task
        decoder.start(job, now_s=monotonic_s(), memory_bytes=task.memory_bytes)
