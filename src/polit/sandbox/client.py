"""One decoder slot of the coordinator: a state machine that an event loop drives.

It never blocks for longer than a fork, checks every reply as untrusted, and replaces its process
after a crash, a timeout, a broken protocol or a lack of memory, so that each of these costs one
item. What is tried again is the caller's decision.
"""

import contextlib
import os
from dataclasses import dataclass

import msgspec

from polit.base.errors import SandboxError
from polit.model.media import DecodedMedia
from polit.sandbox.decoder_process import DecoderProcess, Forker, Task
from polit.sandbox.facts import (
    OpenedBatch,
    OpenedMember,
    read_facts,
    read_listing,
)
from polit.sandbox.isolate import Child
from polit.sandbox.limits import PROFILE_LIMITS, ItemLimits, Profile
from polit.sandbox.protocol import (
    ARENA_BYTES,
    MAX_REPLY_BYTES,
    DecodeRequest,
    FailureReply,
    FramesReply,
    MediaReply,
    MembersReply,
    NextRequest,
    OpenRequest,
    RenderedReply,
    Reply,
    Request,
    SoundReply,
    decode_reply,
)
from polit.sandbox.views import AnyView, FramesView, RenderView, Seen, SoundView, seen

_DEFAULT_MEMORY_BYTES = PROFILE_LIMITS[Profile.DECODER].memory_bytes


@dataclass(frozen=True, slots=True)
class DecodeJob:
    """One item to decode.

    Args:
        job_id: The caller's number for it, 0 or more.
        descriptor: A read-only descriptor of its bytes (see ``read_only_copy``); it stays
            the caller's, and may be closed once ``start`` has returned.
        size_bytes: Its size, at least 1.
        mime: What it was identified as.
        limits: What it may cost, where not as the decoder's items in general.
        opens: Open it as a holder instead of decoding it.
        view: Render this of it instead of decoding it.
        tail_bytes: Where only a part is held: how many of its last bytes follow the first.
        held_bytes: How many bytes are held, first and last together; ``None`` means all.
    """

    job_id: int
    descriptor: int
    size_bytes: int
    mime: str
    limits: ItemLimits | None = None
    opens: bool = False
    view: AnyView | None = None
    tail_bytes: int = 0
    held_bytes: int | None = None

    @property
    def task(self) -> Task:
        """What is asked."""
        if self.view is not None:
            return _TASKS[type(self.view)]
        return Task.OPEN if self.opens else Task.DECODE

    def request(self, memory_bytes: int) -> Request:
        """Return what the decoder is asked."""
        if self.view is not None:
            return self.view.request(self.job_id, self.size_bytes, self.mime, memory_bytes)
        if self.opens:
            return OpenRequest(self.job_id, self.size_bytes, self.mime, memory_bytes)
        held_bytes = self.size_bytes if self.held_bytes is None else self.held_bytes
        return DecodeRequest(
            self.job_id,
            self.size_bytes,
            self.mime,
            memory_bytes,
            head_bytes=held_bytes - self.tail_bytes,
            tail_bytes=self.tail_bytes,
        )


@dataclass(frozen=True, slots=True)
class DecodeFailure:
    """An item that was not decoded.

    Args:
        code: ``crash``, ``timeout``, ``memory``, ``protocol``, ``too_large``, ``undecodable``,
            ``truncated``, ``encrypted``, ``outside``, or ``needs_memory``.
        detail: Printable ASCII for people: a signal's name, an error, a size.
        needed_bytes: For ``needs_memory``: the ``memory_bytes`` to start it with.
    """

    code: str
    detail: str
    needed_bytes: int = 0


def read_only_copy(descriptor: int) -> int:
    """Open a memory file again, for reading alone: that is what a decoder may be handed."""
    return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)


Answer = DecodedMedia | OpenedBatch | Seen | DecodeFailure


class Decoder:
    """A decoder slot; not safe for threads."""

    def __init__(self, zygote: Forker, limits: ItemLimits) -> None:
        """Take the zygote to fork from; the process starts with the first item."""
        self._zygote = zygote
        self._limits = limits
        self._process: DecoderProcess | None = None
        self._job: DecodeJob | None = None
        self._rests = False
        self._cpu_at_start_s = 0.0
        self._wall_deadline_s = self._rests_since_s = 0.0
        self.processes_started = 0

    @property
    def busy(self) -> bool:
        """Whether an item is being decoded, or a holder is open."""
        return self._job is not None

    @property
    def rests(self) -> bool:
        """Whether an open holder waits for ``go_on``: there is nothing to watch meanwhile."""
        return self._rests

    def fileno(self) -> int:
        """Return the descriptor to watch for reading while busy; it changes with the process.

        Raises:
            SandboxError: No process runs: there is nothing to watch.
        """
        if self._process is None:
            raise SandboxError("no decoder process: start an item first")
        return self._process.child.fileno()

    @property
    def child(self) -> Child | None:
        """The process, for measurements; ``None`` before the first item and after a loss."""
        return self._process.child if self._process else None

    def start(self, job: DecodeJob, *, now_s: float, memory_bytes: int | None = None) -> None:
        """Hand an item to the decoder.

        Args:
            job: The item.
            now_s: The monotonic clock.
            memory_bytes: What the process may map, where an item ``needs_memory``; such an
                item gets a process of its own. Run one at a time.

        Raises:
            SandboxError: The slot is busy, or no process can be started.
        """
        if self.busy:
            raise SandboxError("this decoder is busy: poll it first")
        allowed_bytes = memory_bytes or _DEFAULT_MEMORY_BYTES
        process = self._fit_process(allowed_bytes, job)
        request = job.request(allowed_bytes)
        try:
            process.send(request, job.descriptor)
        except OSError:
            # It ended while idle, for a reason that is not this item's: once more, anew.
            self._drop_process()
            process = self._fit_process(allowed_bytes, job)
            process.send(request, job.descriptor)
        self._job = job
        self._cpu_at_start_s = process.child.cpu_s()
        self._wall_deadline_s = now_s + self._limits_of(job).wall_s(job.size_bytes)

    def go_on(self, *, now_s: float) -> None:
        """Ask an open holder for what follows; while it rested, no limit ran.

        Args:
            now_s: The monotonic clock.

        Raises:
            SandboxError: No holder waits for that.
        """
        if self._job is None or self._process is None or not self._rests:
            raise SandboxError("no open holder waits: poll this decoder first")
        self._rests = False
        self._wall_deadline_s += max(0.0, now_s - self._rests_since_s)
        # A process that ended meanwhile is noticed by poll, as any other crash.
        with contextlib.suppress(OSError):
            self._process.send(NextRequest(self._job.job_id))

    def poll(self, now_s: float) -> Answer | None:
        """Return the result, or ``None`` while there is none.

        After an ``OpenedBatch`` that is not complete the decoder rests until ``go_on``. Call it
        when ``fileno`` is readable, and at least once a second for the limits.

        Args:
            now_s: The monotonic clock.
        """
        if self._job is None or self._process is None or self._rests:
            return None
        packet = self._process.receive()
        if packet is None:
            return self._check_limits(self._process, self._job, now_s)
        if not packet:
            return self._lose("crash", self._process.child.exit_status())
        self._rests_since_s = now_s
        try:
            return self._take(_checked(packet, self._job), self._process)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, SandboxError) as error:
            return self._lose("protocol", type(error).__name__)

    def close(self) -> None:
        """End the process; calling it twice is harmless."""
        self._job, self._rests = None, False
        self._drop_process()

    def _limits_of(self, job: DecodeJob) -> ItemLimits:
        return job.limits or self._limits

    def _check_limits(
        self, process: DecoderProcess, job: DecodeJob, now_s: float
    ) -> DecodeFailure | None:
        limits = self._limits_of(job)
        limit_s = limits.cpu_s(job.size_bytes)
        if process.child.cpu_s() - self._cpu_at_start_s > limit_s:
            return self._lose("timeout", f"more than {limit_s:g} s of processor time")
        if now_s > self._wall_deadline_s:
            return self._lose(
                "timeout", f"more than {limits.wall_s(job.size_bytes):g} s by the clock"
            )
        return None

    def _take(self, reply: Reply, process: DecoderProcess) -> Answer:
        if isinstance(reply, MembersReply):
            return self._batch(reply, process)
        if isinstance(reply, MediaReply | RenderedReply | FramesReply | SoundReply):
            made: DecodedMedia | Seen
            if isinstance(reply, MediaReply):
                made = self._media(reply, process)
            else:
                made = seen(reply, process.member)
            self._job = None
            return made
        self._job = None
        if reply.code in ("memory", "needs_memory"):
            # A fresh heap decides whether it was this item or what earlier ones left.
            self._drop_process()
        return DecodeFailure(reply.code, reply.detail, reply.needed_bytes)

    def _media(self, reply: MediaReply, process: DecoderProcess) -> DecodedMedia:
        version = self._zygote.versions.get(reply.library)
        if version is None:
            raise SandboxError("a library that was never loaded")
        return read_facts(
            process.facts(reply.facts_bytes),
            process.pixels,
            decoder=f"{reply.library} {version}",
        )

    def _batch(self, reply: MembersReply, process: DecoderProcess) -> OpenedBatch:
        listing = read_listing(process.facts(reply.listing_bytes))
        if sum(member.size_bytes for member in listing.members) > ARENA_BYTES:
            raise SandboxError("members that lie over each other")
        members = tuple(OpenedMember(member, process.member(member.offset_bytes, member.size_bytes))
                        for member in listing.members)  # fmt: skip
        if not listing.is_complete and not members and not listing.unopened:
            raise SandboxError("a holder that gives nothing and does not end")
        self._rests = not listing.is_complete
        if listing.is_complete:
            self._job = None
        return OpenedBatch(members, listing.unopened, listing.is_complete)

    def _lose(self, code: str, detail: str) -> DecodeFailure:
        self._job, self._rests = None, False
        self._drop_process()
        return DecodeFailure(code, detail)

    def _fit_process(self, memory_bytes: int, job: DecodeJob) -> DecoderProcess:
        """Return an idle process with this much memory, a fresh one where there is none.

        A holder always gets a fresh one: nothing that one document did is left for the next.
        """
        process = self._process
        if process and (
            job.opens
            or process.task is not job.task
            or process.memory_bytes != memory_bytes
            or process.receive() is not None
        ):
            # The wrong kind or size; or it spoke unasked, or ended.
            self._drop_process()
        if self._process is None:
            self._process = DecoderProcess(self._zygote, memory_bytes, job.task)
            self.processes_started += 1
        return self._process

    def _drop_process(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None


_TASKS = {RenderView: Task.RENDER, FramesView: Task.FRAMES, SoundView: Task.SOUND}
_ANSWERS = {
    Task.DECODE: MediaReply,
    Task.OPEN: MembersReply,
    Task.RENDER: RenderedReply,
    Task.FRAMES: FramesReply,
    Task.SOUND: SoundReply,
}


def _checked(untrusted_packet: bytes, job: DecodeJob) -> Reply:
    if len(untrusted_packet) > MAX_REPLY_BYTES:
        raise SandboxError("a reply that is too long")
    reply: Reply = decode_reply(untrusted_packet)
    if reply.job != job.job_id:
        raise SandboxError("a reply to another item")
    if isinstance(reply, FailureReply | _ANSWERS[job.task]):
        return reply
    raise SandboxError("a reply to another question")
