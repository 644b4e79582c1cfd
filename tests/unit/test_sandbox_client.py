"""The decoder slot's state machine, with a stand-in for the process: every reply it may get."""

import os
import select
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from polit.base.errors import SandboxError
from polit.model.media import DecodedStill
from polit.sandbox.client import DecodeFailure, DecodeJob, Decoder, read_only_copy
from polit.sandbox.isolate import Child
from polit.sandbox.limits import MAX_NEEDED_BYTES, PROFILE_LIMITS, ItemLimits, Profile
from polit.sandbox.protocol import (
    OUTPUT_BYTES,
    TILE_SIDE_PX,
    FailureReply,
    StillReply,
    encode_json,
)

LIMITS = ItemLimits(base_s=2.0, per_mib_s=1.0, wall_factor=10.0)
TILE_BYTES = TILE_SIDE_PX**2


class FakeChild:
    """A process that says what a test wants it to say."""

    def __init__(self, output: int, memory_bytes: int | None) -> None:
        self.channel, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.channel.setblocking(False)
        self.output = os.dup(output)
        self.memory_bytes = memory_bytes
        self.used_s = 0.0
        self.closed = False
        self.requests: list[bytes] = []

    def fileno(self) -> int:
        return self.channel.fileno()

    def cpu_s(self) -> float:
        return self.used_s

    def exit_status(self) -> str:
        return "SIGSEGV"

    def close(self) -> None:
        self.closed = True
        self.channel.close()

    def take_request(self) -> bytes:
        packet, fds, _, _ = socket.recv_fds(self.far, 4096, 1)
        content = os.pread(fds[0], 100, 0)
        os.close(fds[0])
        self.requests.append(packet)
        return content

    def reply(self, message: StillReply | FailureReply | bytes) -> None:
        self.far.send(message if isinstance(message, bytes) else encode_json(message))


class FakeForker:
    """Forks fakes, and keeps them."""

    def __init__(self) -> None:
        self.versions = {"pillow": "13.0.0"}
        self.children: list[FakeChild] = []

    def spawn(
        self,
        profile: Profile,
        *,
        fds: Sequence[int] = (),
        arguments: bytes = b"",
        memory_bytes: int | None = None,
    ) -> Child:
        assert profile is Profile.DECODER
        assert arguments == b""
        self.children.append(FakeChild(fds[0], memory_bytes))
        return cast("Child", self.children[-1])


@pytest.fixture
def forker() -> Iterator[FakeForker]:
    forker = FakeForker()
    yield forker
    for child in forker.children:
        child.channel.close()
        child.far.close()
        os.close(child.output)


@pytest.fixture
def item() -> Iterator[int]:
    writable = os.memfd_create("item")
    os.write(writable, b"picture")
    descriptor = read_only_copy(writable)
    os.close(writable)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def decoder(forker: FakeForker) -> Iterator[Decoder]:
    decoder = Decoder(forker, LIMITS)
    yield decoder
    decoder.close()


def job(item: int, job_id: int = 1, limits: ItemLimits | None = None) -> DecodeJob:
    return DecodeJob(job_id, item, 7, "image/png", limits)


def still(job_id: int = 1) -> StillReply:
    return StillReply(
        job=job_id,
        library="pillow",
        width_px=400,
        height_px=300,
        tile_width_px=3,
        tile_height_px=2,
        thumbnail_width_px=2,
        thumbnail_height_px=1,
    )


def _open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def failure(decoder: Decoder) -> DecodeFailure:
    result = decoder.poll(0.0)
    assert isinstance(result, DecodeFailure)
    return result


def test_a_decoded_still_carries_its_pixels(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(job(item), now_s=0.0)
    child = forker.children[0]
    assert child.take_request() == b"picture"
    os.pwrite(child.output, b"GREYGY", 0)
    os.pwrite(child.output, b"RGBrgb", TILE_BYTES)
    child.reply(still())
    result = decoder.poll(0.0)
    assert isinstance(result, DecodedStill)
    assert (result.width_px, result.height_px, result.decoder) == (400, 300, "pillow 13.0.0")
    assert result.tile.data == b"GREYGY"
    assert (result.thumbnail.channels, result.thumbnail.data) == (3, b"RGBrgb")
    assert not decoder.busy


def test_one_process_serves_many_items(decoder: Decoder, forker: FakeForker, item: int) -> None:
    for number in range(3):
        decoder.start(job(item, number), now_s=0.0)
        forker.children[0].reply(FailureReply(number, "undecodable", "no"))
        assert failure(decoder) == DecodeFailure("undecodable", "no")
    assert decoder.processes_started == len(forker.children) == 1


def test_nothing_comes_from_an_idle_slot(decoder: Decoder) -> None:
    assert decoder.poll(0.0) is None
    assert decoder.child is None
    with pytest.raises(SandboxError, match="start an item"):
        decoder.fileno()


def test_a_busy_slot_takes_no_second_item(decoder: Decoder, item: int) -> None:
    decoder.start(job(item), now_s=0.0)
    with pytest.raises(SandboxError, match="busy"):
        decoder.start(job(item, 2), now_s=0.0)


def test_a_busy_slot_has_a_descriptor_to_watch(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(job(item), now_s=0.0)
    assert decoder.busy
    assert not select.select([decoder], [], [], 0)[0]
    forker.children[0].reply(still())
    assert select.select([decoder], [], [], 0)[0]
    assert decoder.child is cast("Child", forker.children[0])


@pytest.mark.parametrize("end", ["closed", "reset"])
def test_the_end_of_the_process_is_a_crash(
    decoder: Decoder, forker: FakeForker, item: int, end: str
) -> None:
    decoder.start(job(item), now_s=0.0)
    if end == "closed":
        forker.children[0].take_request()
    forker.children[0].far.close()
    assert failure(decoder) == DecodeFailure("crash", "SIGSEGV")
    assert forker.children[0].closed


def test_after_a_loss_the_next_item_gets_a_fresh_process(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(job(item), now_s=0.0)
    forker.children[0].far.close()
    failure(decoder)
    decoder.start(job(item, 2), now_s=0.0)
    forker.children[1].reply(still(2))
    assert isinstance(decoder.poll(0.0), DecodedStill)


def test_processor_time_counts_from_the_start_of_the_item(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(job(item), now_s=0.0)
    forker.children[0].used_s = 1.9
    assert decoder.poll(1.0) is None
    forker.children[0].reply(still())
    decoder.poll(1.0)
    decoder.start(job(item, 2), now_s=1.0)
    forker.children[0].used_s = 3.8
    assert decoder.poll(2.0) is None
    forker.children[0].used_s = 4.0
    assert failure(decoder).code == "timeout"
    assert forker.children[0].closed


def test_the_wall_limit_ends_an_item_that_uses_no_processor(decoder: Decoder, item: int) -> None:
    decoder.start(job(item), now_s=100.0)
    assert decoder.poll(119.0) is None
    result = decoder.poll(121.0)
    assert isinstance(result, DecodeFailure)
    assert result.code == "timeout"
    assert "by the clock" in result.detail


def test_an_item_may_have_limits_of_its_own(decoder: Decoder, item: int) -> None:
    limits = ItemLimits(base_s=0.1, per_mib_s=0.0, wall_factor=2.0)
    decoder.start(job(item, limits=limits), now_s=0.0)
    result = decoder.poll(0.3)
    assert result == DecodeFailure("timeout", "more than 0.2 s by the clock")


LIES = {
    "not JSON": b"\x80\x04",
    "not UTF-8": b'{"type": "failure", "job": 1, "code": "memory", "detail": "\xff"}',
    "too long": b"x" * 5000,
    "too deep": b"[" * 4000,
    "another item": encode_json(still(2)),
    "unknown field": encode_json(still()).replace(b'"job"', b'"path":"x","job"'),
    "negative size": encode_json(still()).replace(b'"width_px":400', b'"width_px":-1'),
    "too wide": encode_json(still()).replace(b'"width_px":400', b'"width_px":65536'),
    "thumbnail too large": encode_json(still()).replace(
        b'"thumbnail_width_px":2', b'"thumbnail_width_px":257'
    ),
    "size as text": encode_json(still()).replace(b'"width_px":400', b'"width_px":"400"'),
    "size as fraction": encode_json(still()).replace(b'"width_px":400', b'"width_px":4.5'),
    "unknown library": encode_json(still()).replace(b'"pillow"', b'"\\u001b[2J"'),
    "control characters": encode_json(FailureReply(1, "memory", "\x1b[2J")),
    "long detail": encode_json(FailureReply(1, "memory", "x" * 201)),
    "unknown code": encode_json(FailureReply(1, "memory", "")).replace(b"memory", b"fine"),
    "endless memory": encode_json(FailureReply(1, "needs_memory", "", MAX_NEEDED_BYTES + 1)),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_costs_the_process_its_life(
    decoder: Decoder, forker: FakeForker, item: int, lie: str
) -> None:
    decoder.start(job(item), now_s=0.0)
    forker.children[0].take_request()
    forker.children[0].reply(LIES[lie])
    assert failure(decoder).code == "protocol"
    assert forker.children[0].closed


def test_a_descriptor_that_comes_along_is_thrown_away(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(job(item), now_s=0.0)
    before = _open_descriptors()
    socket.send_fds(forker.children[0].far, [encode_json(still())], [item])
    assert isinstance(decoder.poll(0.0), DecodedStill)
    assert _open_descriptors() == before


@pytest.mark.parametrize("code", ["memory", "needs_memory"])
def test_a_lack_of_memory_frees_the_process(
    decoder: Decoder, forker: FakeForker, item: int, code: str
) -> None:
    decoder.start(job(item), now_s=0.0)
    reply = encode_json(FailureReply(1, "memory", "9 x 9 px", 500)).replace(
        b'"code":"memory"', b'"code":"' + code.encode() + b'"'
    )
    forker.children[0].reply(reply)
    assert failure(decoder) == DecodeFailure(code, "9 x 9 px", 500)
    assert forker.children[0].closed
    assert decoder.child is None


def test_a_large_item_gets_a_process_of_its_own(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    for number, memory_bytes in enumerate([None, 1 << 30, None, None]):
        decoder.start(job(item, number), now_s=0.0, memory_bytes=memory_bytes)
        forker.children[-1].reply(still(number))
        assert isinstance(decoder.poll(0.0), DecodedStill)
    usual = PROFILE_LIMITS[Profile.DECODER].memory_bytes
    assert [child.memory_bytes for child in forker.children] == [usual, 1 << 30, usual]


@pytest.mark.parametrize("unasked", [b"hello", b""])
def test_a_process_that_spoke_or_ended_while_idle_is_replaced(
    decoder: Decoder, forker: FakeForker, item: int, unasked: bytes
) -> None:
    decoder.start(job(item), now_s=0.0)
    forker.children[0].reply(still())
    decoder.poll(0.0)
    if unasked:
        forker.children[0].reply(unasked)
    else:
        forker.children[0].far.close()
    decoder.start(job(item, 2), now_s=0.0)
    forker.children[1].reply(still(2))
    assert isinstance(decoder.poll(0.0), DecodedStill)


def test_a_process_that_ends_before_it_takes_the_item_is_replaced_once(
    decoder: Decoder, forker: FakeForker, item: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn, starts = forker.spawn, iter([True, False])

    def dying_spawn(
        profile: Profile, *, fds: Sequence[int] = (), memory_bytes: int | None = None
    ) -> Child:
        child = spawn(profile, fds=fds, memory_bytes=memory_bytes)
        if next(starts):
            forker.children[-1].far.close()
        return child

    monkeypatch.setattr(forker, "spawn", dying_spawn)
    # What ends between the look and the sending is seen only by the sending.
    monkeypatch.setattr("polit.sandbox.client._Process.receive", lambda _: None)
    decoder.start(job(item), now_s=0.0)
    assert len(forker.children) == 2
    assert forker.children[0].closed


def test_the_output_memory_cannot_change_its_size(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(job(item), now_s=0.0)
    output = forker.children[0].output
    assert os.fstat(output).st_size == OUTPUT_BYTES
    for size_bytes in (0, OUTPUT_BYTES * 2):
        with pytest.raises(PermissionError):
            os.ftruncate(output, size_bytes)


def test_an_item_is_handed_over_read_only(item: int) -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(item, b"x")


def test_closing_twice_is_harmless(decoder: Decoder, item: int) -> None:
    decoder.start(job(item), now_s=0.0)
    decoder.close()
    decoder.close()
    assert not decoder.busy


def test_limits_grow_with_the_size() -> None:
    limits = ItemLimits(base_s=1.0, per_mib_s=2.0, wall_factor=3.0)
    assert limits.cpu_s(3 << 20) == 7.0
    assert limits.wall_s(3 << 20) == 21.0
