"""An E01 is read, with its threads, by a process that may open nothing any more."""

import hashlib
import os
import traceback
from pathlib import Path

from container_images import acquire, mixed_bytes

from polit.evidence.containers._ewf_image import read_image
from polit.evidence.containers.ewf import EwfSource
from polit.evidence.segments import Segment, close_segments, find_segments, open_segments
from polit.evidence.source_digests import digest_source
from polit.sandbox.limits import PROFILE_LIMITS, Profile
from polit.sandbox.lockdown import LockdownRequest, lock_down

DEVICE = mixed_bytes(12 << 20, seed=8)


def digest_locked_down(segments: tuple[Segment, ...], parent: int) -> bytes:
    memory = PROFILE_LIMITS[Profile.WALKER_IMAGE].memory_bytes
    lock_down(LockdownRequest(Profile.WALKER_IMAGE, memory, -1, parent))
    source = EwfSource(read_image(segments), 2)
    found = digest_source(source, progress=lambda _: None)
    ahead = source._reader._pool
    source.close()
    if ahead is None or source.bad_ranges() or source.problems():
        return b"no threads, or something bad"
    return found.digests.sha256


def test_threads_read_ahead_behind_the_lockdown(tmp_path: Path) -> None:
    (tmp_path / "disk.dd").write_bytes(DEVICE)
    image = acquire(tmp_path / "disk.dd", tmp_path / "disk", "-c", "fast", "-S", "2 MiB")
    segments = open_segments(find_segments(image).paths)
    receiving, sending = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            os.write(sending, digest_locked_down(segments, parent))
        except BaseException:  # noqa: BLE001 - nothing may return into the test runner
            os.write(sending, traceback.format_exc().encode()[-4000:])
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    close_segments(segments)
    assert status == 0
    assert answer == hashlib.sha256(DEVICE).digest(), answer.decode(errors="replace")
