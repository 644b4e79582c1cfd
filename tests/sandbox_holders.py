"""A way to open holders with a real decoder."""

import mmap
import os
import select
from dataclasses import dataclass

from polit.base.clock import monotonic_s
from polit.sandbox.client import DecodeFailure, DecodeJob, Decoder, read_only_copy
from polit.sandbox.facts import OpenedBatch, OpenedMember

_MEMORY_BYTES = 576 << 20


@dataclass(frozen=True, slots=True)
class OpenedHolder:
    """All that a holder gave, and the codes of what it did not."""

    members: list[OpenedMember]
    unopened: list[str]
    batches: int


def open_sandboxed(decoder: Decoder, content: bytes, mime: str) -> OpenedHolder | DecodeFailure:
    """Open a holder to its end."""
    writable = os.memfd_create("holder")
    os.ftruncate(writable, len(content))
    with mmap.mmap(writable, len(content)) as mapped:
        mapped[:] = content
    descriptor = read_only_copy(writable)
    os.close(writable)
    job = DecodeJob(7, descriptor, len(content), mime, opens=True)
    decoder.start(job, now_s=monotonic_s(), memory_bytes=_MEMORY_BYTES + len(content))
    os.close(descriptor)
    whole = OpenedHolder([], [], 0)
    while True:
        select.select([decoder], [], [], 0.02)
        result = decoder.poll(monotonic_s())
        if isinstance(result, DecodeFailure):
            return result
        if isinstance(result, OpenedBatch):
            whole.members.extend(result.members)
            whole.unopened.extend(part.code for part in result.unopened)
            whole = OpenedHolder(whole.members, whole.unopened, whole.batches + 1)
            if result.is_complete:
                return whole
            decoder.go_on(now_s=monotonic_s())
