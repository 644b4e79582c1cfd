"""One decoder slot of the coordinator: a state machine that an event loop drives.

It never blocks for longer than a fork, checks every reply as untrusted, and replaces its process
after a crash, a timeout, a broken protocol or a lack of memory, so that each of these costs one
item. What is tried again is the caller's decision.
"""

import fcntl
import mmap
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from polit.base.errors import SandboxError
from polit.model.media import DecodedStill, PixelBlock
from polit.sandbox.isolate import Child
from polit.sandbox.limits import PROFILE_LIMITS, ItemLimits, Profile
from polit.sandbox.protocol import (
    MAX_REPLY_BYTES,
    OUTPUT_BYTES,
    TILE_SIDE_PX,
    DecodeRequest,
    FailureReply,
    StillReply,
    decode_reply,
    encode_json,
)

_TILE_BYTES = TILE_SIDE_PX**2
_DEFAULT_MEMORY_BYTES = PROFILE_LIMITS[Profile.DECODER].memory_bytes
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


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
    """

    job_id: int
    descriptor: int
    size_bytes: int
    mime: str
    limits: ItemLimits | None = None


@dataclass(frozen=True, slots=True)
class DecodeFailure:
    """An item that was not decoded.

    Args:
        code: ``crash``, ``timeout``, ``memory``, ``protocol``, ``too_large``, ``undecodable``,
            ``truncated``, or ``needs_memory``.
        detail: Printable ASCII for people: a signal's name, an error, a size.
        needed_bytes: For ``needs_memory``: the ``memory_bytes`` to start it with.
    """

    code: str
    detail: str
    needed_bytes: int = 0


def read_only_copy(descriptor: int) -> int:
    """Open a memory file again, for reading alone: that is what a decoder may be handed."""
    return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)


class Forker(Protocol):
    """What a decoder slot needs of a zygote."""

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the libraries."""

    def spawn(
        self,
        profile: Profile,
        *,
        fds: Sequence[int] = (),
        arguments: bytes = b"",
        memory_bytes: int | None = None,
    ) -> Child:
        """Fork a child."""


class Decoder:
    """A decoder slot; not safe for threads."""

    def __init__(self, zygote: Forker, limits: ItemLimits) -> None:
        """Take the zygote to fork from; the process starts with the first item."""
        self._zygote = zygote
        self._limits = limits
        self._process: _Process | None = None
        self._job: DecodeJob | None = None
        self._cpu_at_start_s = 0.0
        self._wall_deadline_s = 0.0
        self.processes_started = 0

    @property
    def busy(self) -> bool:
        """Whether an item is being decoded."""
        return self._job is not None

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
        process = self._fit_process(allowed_bytes)
        request = DecodeRequest(job.job_id, job.size_bytes, job.mime, allowed_bytes)
        try:
            process.send(request, job.descriptor)
        except OSError:
            # It ended while idle, for a reason that is not this item's: once more, anew.
            self._drop_process()
            process = self._fit_process(allowed_bytes)
            process.send(request, job.descriptor)
        self._job = job
        self._cpu_at_start_s = process.child.cpu_s()
        self._wall_deadline_s = now_s + self._limits_of(job).wall_s(job.size_bytes)

    def poll(self, now_s: float) -> DecodedStill | DecodeFailure | None:
        """Return the result, or ``None`` while there is none.

        Call it when ``fileno`` is readable, and at least once a second for the limits.

        Args:
            now_s: The monotonic clock.
        """
        if self._job is None or self._process is None:
            return None
        packet = self._process.receive()
        if packet is None:
            return self._check_limits(self._process, self._job, now_s)
        if not packet:
            return self._lose("crash", self._process.child.exit_status())
        return self._check_reply(packet, self._process, self._job)

    def close(self) -> None:
        """End the process; calling it twice is harmless."""
        self._job = None
        self._drop_process()

    def _limits_of(self, job: DecodeJob) -> ItemLimits:
        return job.limits or self._limits

    def _check_limits(
        self, process: "_Process", job: DecodeJob, now_s: float
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

    def _check_reply(
        self, packet: bytes, process: "_Process", job: DecodeJob
    ) -> DecodedStill | DecodeFailure:
        try:
            reply = _checked(packet, job.job_id)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, SandboxError) as error:
            return self._lose("protocol", type(error).__name__)
        self._job = None
        if isinstance(reply, StillReply):
            return self._still(reply, process)
        if reply.code in ("memory", "needs_memory"):
            # A fresh heap decides whether it was this item or what earlier ones left.
            self._drop_process()
        return DecodeFailure(reply.code, reply.detail, reply.needed_bytes)

    def _still(self, reply: StillReply, process: "_Process") -> DecodedStill:
        version = self._zygote.versions.get(reply.library, "")
        return DecodedStill(
            width_px=reply.width_px,
            height_px=reply.height_px,
            tile=process.pixels(0, reply.tile_width_px, reply.tile_height_px, 1),
            thumbnail=process.pixels(
                _TILE_BYTES, reply.thumbnail_width_px, reply.thumbnail_height_px, 3
            ),
            decoder=f"{reply.library} {version}",
        )

    def _lose(self, code: str, detail: str) -> DecodeFailure:
        self._job = None
        self._drop_process()
        return DecodeFailure(code, detail)

    def _fit_process(self, memory_bytes: int) -> "_Process":
        """Return an idle process with this much memory, a fresh one where there is none."""
        process = self._process
        if process and (process.memory_bytes != memory_bytes or process.receive() is not None):
            # The wrong size; or it spoke unasked, or ended.
            self._drop_process()
        if self._process is None:
            self._process = _Process(self._zygote, memory_bytes)
            self.processes_started += 1
        return self._process

    def _drop_process(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None


def _checked(untrusted_packet: bytes, job_id: int) -> StillReply | FailureReply:
    if len(untrusted_packet) > MAX_REPLY_BYTES:
        raise SandboxError("a reply that is too long")
    reply: StillReply | FailureReply = decode_reply(untrusted_packet)
    if reply.job != job_id:
        raise SandboxError("a reply to another item")
    return reply


class _Process:
    """One decoder process and its output memory, which no other process ever had."""

    def __init__(self, zygote: Forker, memory_bytes: int) -> None:
        self.memory_bytes = memory_bytes
        descriptor = _sealed_memory()
        try:
            self.child = zygote.spawn(Profile.DECODER, fds=[descriptor], memory_bytes=memory_bytes)
            self._output = mmap.mmap(descriptor, OUTPUT_BYTES, prot=mmap.PROT_READ)
        finally:
            os.close(descriptor)

    def send(self, request: DecodeRequest, descriptor: int) -> None:
        socket.send_fds(self.child.channel, [encode_json(request)], [descriptor])

    def receive(self) -> bytes | None:
        """Return a packet, ``b""`` at the end, ``None`` when nothing waits.

        A descriptor that a hostile decoder sends along is thrown away by the kernel.
        """
        try:
            return self.child.channel.recv(MAX_REPLY_BYTES + 1)
        except BlockingIOError:
            return None
        except ConnectionResetError:
            return b""

    def pixels(self, offset_bytes: int, width_px: int, height_px: int, channels: int) -> PixelBlock:
        size_bytes = width_px * height_px * channels
        data = self._output[offset_bytes : offset_bytes + size_bytes]
        return PixelBlock(width_px, height_px, channels, data)

    def close(self) -> None:
        self.child.close()
        self._output.close()


def _sealed_memory() -> int:
    """Make the output memory; its size is sealed, so that shrinking it cannot hurt its reader."""
    descriptor = os.memfd_create("polit-pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, OUTPUT_BYTES)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
    return descriptor
