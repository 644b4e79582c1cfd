"""One decoder process of the coordinator, and the memories that it answers into."""

import enum
import fcntl
import mmap
import os
import socket
from collections.abc import Sequence
from typing import Protocol

from polit.base.errors import SandboxError
from polit.model.media import PixelBlock
from polit.sandbox.facts import FACTS_OFFSET, OUTPUT_BYTES
from polit.sandbox.isolate import Child
from polit.sandbox.limits import Profile
from polit.sandbox.protocol import ARENA_BYTES, MAX_REPLY_BYTES, Request, encode_json

_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


class Task(enum.Enum):
    """What is asked of a decoder; its process is for one kind of task."""

    DECODE = enum.auto()
    OPEN = enum.auto()
    RENDER = enum.auto()
    FRAMES = enum.auto()
    SOUND = enum.auto()


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


class DecoderProcess:
    """One decoder process and its output memories, which no other process ever had."""

    def __init__(self, zygote: Forker, memory_bytes: int, task: Task) -> None:
        """Fork it; it serves one kind of task.

        Raises:
            SandboxError: No process can be started.
        """
        self.memory_bytes, self.task = memory_bytes, task
        sizes = (OUTPUT_BYTES,) if task is Task.DECODE else (OUTPUT_BYTES, ARENA_BYTES)
        descriptors = [_sealed_memory(size) for size in sizes]
        try:
            self.child = zygote.spawn(Profile.DECODER, fds=descriptors, memory_bytes=memory_bytes)
            self._maps = [
                mmap.mmap(descriptor, size, prot=mmap.PROT_READ)
                for descriptor, size in zip(descriptors, sizes, strict=True)
            ]
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def send(self, request: Request, *descriptors: int) -> None:
        """Send a request, and descriptors with it."""
        socket.send_fds(self.child.channel, [encode_json(request)], descriptors)

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
        """Copy pixels out of the output memory."""
        size_bytes = width_px * height_px * channels
        data = self._maps[0][offset_bytes : offset_bytes + size_bytes]
        return PixelBlock(width_px, height_px, channels, data)

    def facts(self, size_bytes: int) -> bytes:
        """Copy facts or a listing out of the output memory."""
        return self._maps[0][FACTS_OFFSET : FACTS_OFFSET + size_bytes]

    def member(self, offset_bytes: int, size_bytes: int) -> bytes:
        """Copy bytes out of the arena.

        Raises:
            SandboxError: They would lie outside of it.
        """
        if offset_bytes + size_bytes > ARENA_BYTES:
            raise SandboxError("bytes outside the arena")
        return self._maps[1][offset_bytes : offset_bytes + size_bytes]

    def close(self) -> None:
        """End the process and let go of its memories."""
        self.child.close()
        for mapped in self._maps:
            mapped.close()


def _sealed_memory(size_bytes: int) -> int:
    """Make an output memory; its size is sealed, so that shrinking it cannot hurt its reader."""
    descriptor = os.memfd_create("polit-pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, size_bytes)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
    return descriptor
