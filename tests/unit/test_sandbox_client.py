"""The decoder slot's state machine, with a stand-in for the process: every reply it may get."""

import json
import os
import select
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from polit.base.errors import SandboxError
from polit.model.media import DecodedMedia, PixelBlock
from polit.sandbox.client import (
    DecodeFailure,
    DecodeJob,
    Decoder,
    read_only_copy,
)
from polit.sandbox.facts import (
    FACTS_BYTES,
    FACTS_OFFSET,
    OUTPUT_BYTES,
    TILE_BYTES,
    OpenedBatch,
    encode_facts,
)
from polit.sandbox.isolate import Child
from polit.sandbox.limits import MAX_NEEDED_BYTES, PROFILE_LIMITS, ItemLimits, Profile
from polit.sandbox.protocol import (
    ARENA_BYTES,
    FailureReply,
    FramePlace,
    FramesReply,
    MediaReply,
    MembersReply,
    RenderedReply,
    SoundReply,
    encode_json,
)
from polit.sandbox.views import (
    DecodedSound,
    FramesView,
    RenderedFrames,
    RenderedPixels,
    RenderView,
    SoundView,
)

LIMITS = ItemLimits(base_s=2.0, per_mib_s=1.0, wall_factor=10.0)


class FakeChild:
    """A process that says what a test wants it to say."""

    def __init__(self, outputs: Sequence[int], memory_bytes: int | None) -> None:
        self.channel, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.channel.setblocking(False)
        self.output = os.dup(outputs[0])
        self.arena = os.dup(outputs[1]) if len(outputs) > 1 else -1
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

    def reply(self, message: MediaReply | FailureReply | bytes) -> None:
        if isinstance(message, MediaReply):
            self.put(FACTS)
        self.far.send(message if isinstance(message, bytes) else encode_json(message))

    def put(self, facts: dict[str, object]) -> int:
        """Write facts where the coordinator reads them; return their length."""
        text = encode_facts(facts)
        os.pwrite(self.output, text, FACTS_OFFSET)
        return len(text)

    def list_members(self, job_id: int, **listing: object) -> None:
        length = self.put({"members": [], "unopened": [], "is_complete": True} | listing)
        self.far.send(encode_json(MembersReply(job_id, length)))


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
        self.children.append(FakeChild(fds, memory_bytes))
        return cast("Child", self.children[-1])


@pytest.fixture
def forker() -> Iterator[FakeForker]:
    forker = FakeForker()
    yield forker
    for child in forker.children:
        child.channel.close()
        child.far.close()
        os.close(child.output)
        if child.arena >= 0:
            os.close(child.arena)


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


FACTS: dict[str, object] = {"width_px": 400, "height_px": 300, "size": [3, 2, 2, 1]}
HASH = ["pdq", "full", b"h" * 32, 100, 0, None, b""]


def still(job_id: int = 1) -> MediaReply:
    return MediaReply(job_id, "pillow", len(encode_facts(FACTS)))


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
    assert isinstance(result, DecodedMedia)
    assert (result.facts.width_px, result.facts.height_px, result.decoder) == (
        400,
        300,
        "pillow 13.0.0",
    )
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
    assert isinstance(decoder.poll(0.0), DecodedMedia)


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
    "endless facts": encode_json(MediaReply(1, "pillow", FACTS_BYTES + 1)),
    "no facts": encode_json(MediaReply(1, "pillow", 0)),
    "another question": encode_json(MembersReply(1, 40)),
    "unknown library": encode_json(still()).replace(b'"pillow"', b'"\\u001b[2J"'),
    "control characters": encode_json(FailureReply(1, "memory", "\x1b[2J")),
    "line feed": encode_json(FailureReply(1, "memory", "x\n")),
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


FALSE_FACTS: dict[str, dict[str, object]] = {
    "negative size": {"width_px": -1},
    "too wide": {"width_px": 65536},
    "thumbnail too large": {"size": [3, 2, 257, 1]},
    "tile too large": {"size": [25, 2, 2, 1]},
    "size as text": {"width_px": "400"},
    "size as fraction": {"width_px": 4.5},
    "unknown field": {"path": "x"},
    "unknown flaw": {"flaws": ["fine"]},
    "two fingerprints of one thing": {"hashes": [HASH, HASH]},
    "short fingerprint": {"hashes": [[*HASH[:2], b"h" * 31, *HASH[3:]]]},
    "short dihedral": {"hashes": [[*HASH[:6], b"h" * 32]]},
    "quality over 100": {"hashes": [[*HASH[:3], 101, *HASH[4:]]]},
    "no time": {"taken": ["yesterday", "utc", None, "exif"]},
    "digits of another script": {"taken": ["201\uff19-05-04T12:33:10", "utc", None, "exif"]},
    "time and a line feed": {"taken": ["2019-05-04T12:33:10\n", "utc", None, "exif"]},
    "no place": {"position": [900_000_001, 0, None, "exif"]},
    "no orientation": {"orientation": 9},
    "long text": {"make": "x" * 257},
    "many tags": {"tags": [["a", "b"]] * 129},
    "many story frames": {"story": [[0, 0, [1, 1, 1, 1]]] * 13},
}


@pytest.mark.parametrize("lie", FALSE_FACTS)
def test_false_facts_cost_the_process_its_life(
    decoder: Decoder, forker: FakeForker, item: int, lie: str
) -> None:
    decoder.start(job(item), now_s=0.0)
    length = forker.children[0].put(FACTS | FALSE_FACTS[lie])
    forker.children[0].reply(encode_json(MediaReply(1, "pillow", length)))
    assert failure(decoder).code == "protocol"
    assert forker.children[0].closed


MEMBER = [[["page", b"1"]], b"a.jpg", 0, 5, "image/jpeg", "still", "signature", True, "decode"]


def test_a_holder_is_given_in_parts(decoder: Decoder, forker: FakeForker, item: int) -> None:
    decoder.start(DecodeJob(1, item, 7, "application/pdf", opens=True), now_s=0.0)
    child = forker.children[0]
    child.take_request()
    os.pwrite(child.arena, b"shape", 0)
    child.list_members(1, members=[MEMBER], is_complete=False)
    first = decoder.poll(0.0)
    assert isinstance(first, OpenedBatch)
    assert [(member.data, member.member.steps) for member in first.members] == [
        (b"shape", (("page", b"1"),))
    ]
    assert decoder.busy
    assert decoder.rests
    assert decoder.poll(1e9) is None  # whoever asks decides when; no limit runs meanwhile
    decoder.go_on(now_s=0.0)
    child.list_members(1, unopened=[["encrypted", "page 2"]])
    last = decoder.poll(0.0)
    assert isinstance(last, OpenedBatch)
    assert last.is_complete
    assert [part.code for part in last.unopened] == ["encrypted"]
    assert not decoder.busy


def test_a_holder_that_rested_for_long_has_the_time_that_it_had(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    limits = ItemLimits(base_s=10.0, per_mib_s=0.0, wall_factor=1.0)
    decoder.start(DecodeJob(1, item, 7, "application/pdf", limits, opens=True), now_s=100.0)
    child = forker.children[0]
    child.list_members(1, members=[MEMBER], is_complete=False)
    assert isinstance(decoder.poll(104.0), OpenedBatch)
    decoder.go_on(now_s=5_000.0)
    assert decoder.poll(5_005.9) is None
    assert decoder.poll(5_006.1) == DecodeFailure("timeout", "more than 10 s by the clock")


def test_a_holder_gets_a_process_that_nothing_else_gets(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    for number, opens in enumerate([False, True, True, False]):
        decoder.start(DecodeJob(number, item, 7, "application/pdf", opens=opens), now_s=0.0)
        if opens:
            forker.children[-1].list_members(number)
        else:
            forker.children[-1].reply(still(number))
        assert not isinstance(decoder.poll(0.0), DecodeFailure | None)
    assert [child.arena >= 0 for child in forker.children] == [False, True, True, False]


@pytest.mark.parametrize(
    "listing",
    [
        {"members": [[*MEMBER[:2], ARENA_BYTES - 4, *MEMBER[3:]]]},
        {"members": [[*MEMBER[:4], "image/../x", *MEMBER[5:]]]},
        {"members": [[[], *MEMBER[1:]]]},
        {"members": [MEMBER] * 257},
        {"is_complete": False},
        {"unopened": [["Encrypted!", ""]]},
        {"unopened": [["encrypted\n", ""]]},
        {"unopened": [["encrypted", "\n"]]},
        {"members": [[*MEMBER[:4], "image/jpeg\n", *MEMBER[5:]]]},
        {"members": [[[["place", b"2"]], *MEMBER[1:]]]},
        {"members": [[*MEMBER[:3], ARENA_BYTES // 2 + 1, *MEMBER[4:]]] * 2},
    ],
    ids=[
        "outside",
        "type",
        "no steps",
        "many",
        "endless",
        "code",
        "line feed in a code",
        "line feed in words",
        "line feed in a type",
        "step of a package",
        "over each other",
    ],
)
def test_a_false_listing_costs_the_process_its_life(
    decoder: Decoder, forker: FakeForker, item: int, listing: dict[str, object]
) -> None:
    decoder.start(DecodeJob(1, item, 7, "application/pdf", opens=True), now_s=0.0)
    forker.children[0].list_members(1, **listing)
    assert failure(decoder).code == "protocol"
    assert forker.children[0].closed


def test_a_rendered_picture_carries_its_pixels(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    view = RenderView(9, (1, 2, 3, 4), is_grey=True, at_ms=5)
    decoder.start(DecodeJob(1, item, 7, "image/png", view=view), now_s=0.0)
    child = forker.children[0]
    child.take_request()
    assert json.loads(child.requests[0])["region"] == [1, 2, 3, 4]
    os.pwrite(child.arena, b"GREYGY", 0)
    child.reply(encode_json(RenderedReply(1, 3, 2, 1, 30, 20, 4)))
    result = decoder.poll(0.0)
    assert result == RenderedPixels(PixelBlock(3, 2, 1, b"GREYGY"), 30, 20, 4)
    assert not decoder.busy


RENDERED = encode_json(RenderedReply(1, 3, 2, 1, 30, 20))
RENDER_LIES = {
    "beyond the arena": encode_json(RenderedReply(1, 16_383, 16_383, 3, 30, 20)),
    "too wide": RENDERED.replace(b'"width_px":3', b'"width_px":16384'),
    "no pixels": RENDERED.replace(b'"height_px":2', b'"height_px":0'),
    "two channels": RENDERED.replace(b'"channels":1', b'"channels":2'),
    "of nothing": RENDERED.replace(b'"of_width_px":30', b'"of_width_px":0'),
    "another item": encode_json(RenderedReply(2, 3, 2, 1, 30, 20)),
    "another question": encode_json(still()),
    "unknown field": RENDERED.replace(b'"job"', b'"path":"x","job"'),
}


@pytest.mark.parametrize("lie", RENDER_LIES)
def test_a_lie_about_a_rendered_picture_costs_the_process_its_life(
    decoder: Decoder, forker: FakeForker, item: int, lie: str
) -> None:
    decoder.start(DecodeJob(1, item, 7, "image/png", view=RenderView(9)), now_s=0.0)
    forker.children[0].reply(RENDER_LIES[lie])
    assert failure(decoder).code == "protocol"
    assert forker.children[0].closed


FRAMES = FramesReply(1, 1, 30, 20, (FramePlace(5, 3, 1), FramePlace(9, 1, 2)))
SOUND = SoundReply(1, 8000, 3)


def test_a_sequence_and_a_sound_are_read_out_of_the_arena(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    view = FramesView(5, 2, 2, 3, is_grey=True)
    decoder.start(DecodeJob(1, item, 7, "video/mp4", view=view), now_s=0.0)
    child = forker.children[0]
    child.take_request()
    assert json.loads(child.requests[0])["step_ms"] == 2
    os.pwrite(child.arena, b"GREYG", 0)
    child.reply(encode_json(FRAMES))
    frames = decoder.poll(0.0)
    assert isinstance(frames, RenderedFrames)
    assert list(frames.pixels()) == [
        RenderedPixels(PixelBlock(3, 1, 1, b"GRE"), 30, 20, 5),
        RenderedPixels(PixelBlock(1, 2, 1, b"YG"), 30, 20, 9),
    ]
    decoder.start(DecodeJob(1, item, 7, "video/mp4", view=SoundView(0, 9)), now_s=0.0)
    os.pwrite(forker.children[1].arena, b"samples", 0)
    forker.children[1].reply(encode_json(SOUND))
    assert decoder.poll(0.0) == DecodedSound(8000, b"sample")


_LARGE = tuple(FramePlace(n, 1280, 1280) for n in range(64))
MEDIA_LIES = {
    "frames beyond the arena": encode_json(FramesReply(1, 3, 30, 20, _LARGE)),
    "no frames": encode_json(FramesReply(1, 1, 30, 20, ())),
    "too many frames": encode_json(FramesReply(1, 1, 30, 20, (*_LARGE, FramePlace(9, 1, 1)))),
    "a frame too wide": encode_json(FramesReply(1, 1, 30, 20, (FramePlace(0, 1281, 1),))),
    "another question": RENDERED,
    "too much sound": encode_json(SoundReply(1, 8000, 1_323_001)),
    "too many samples a second": encode_json(SoundReply(1, 22_051, 9)),
    "no sound": encode_json(SoundReply(1, 8000, 0)),
}


@pytest.mark.parametrize("lie", MEDIA_LIES)
def test_a_lie_about_frames_or_sound_costs_the_process_its_life(
    decoder: Decoder, forker: FakeForker, item: int, lie: str
) -> None:
    is_sound = "sound" in lie or "samples" in lie
    view = SoundView(0, 9) if is_sound else FramesView(0, 0, 1, 9)
    decoder.start(DecodeJob(1, item, 7, "video/mp4", view=view), now_s=0.0)
    forker.children[0].reply(MEDIA_LIES[lie])
    assert failure(decoder).code == "protocol"
    assert forker.children[0].closed


def test_a_rendered_picture_that_nobody_asked_for_is_a_lie(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(job(item), now_s=0.0)
    forker.children[0].reply(RENDERED)
    assert failure(decoder).code == "protocol"


def test_a_holder_that_was_not_opened_cannot_go_on(decoder: Decoder, item: int) -> None:
    decoder.start(job(item), now_s=0.0)
    with pytest.raises(SandboxError, match="no open holder"):
        decoder.go_on(now_s=0.0)


def test_a_holder_whose_process_ended_between_two_parts_crashed(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(DecodeJob(1, item, 7, "application/pdf", opens=True), now_s=0.0)
    forker.children[0].list_members(1, members=[MEMBER], is_complete=False)
    decoder.poll(0.0)
    forker.children[0].far.close()
    decoder.go_on(now_s=0.0)
    assert failure(decoder).code == "crash"


def test_a_descriptor_that_comes_along_is_thrown_away(
    decoder: Decoder, forker: FakeForker, item: int
) -> None:
    decoder.start(job(item), now_s=0.0)
    forker.children[0].put(FACTS)
    before = _open_descriptors()
    socket.send_fds(forker.children[0].far, [encode_json(still())], [item])
    assert isinstance(decoder.poll(0.0), DecodedMedia)
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
        assert isinstance(decoder.poll(0.0), DecodedMedia)
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
    assert isinstance(decoder.poll(0.0), DecodedMedia)


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
    monkeypatch.setattr("polit.sandbox.client.DecoderProcess.receive", lambda _: None)
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
