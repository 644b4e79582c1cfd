"""Broken and hostile contents in free space: what is mended, what is refused, what it costs."""

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from evidence.carving_images import (
    BLOCK_BYTES,
    WHOLE,
    CarvingImage,
    ImageSpace,
    build,
    decoys,
    drawn_gif,
    drawn_jpeg,
    drawn_png,
    drawn_video,
    encoded,
)
from evidence.contents import landscape, noise, text

from polit.evidence.carve import find_candidates
from polit.evidence.carving import Carved, CarvingTally, TakenRanges

_MENDED = {
    "jpeg": ("gap_of_noise", "gap_of_zeros", "gap_of_picture", "out_of_order"),
    "png": ("gap_of_noise", "gap_of_zeros", "gap_of_picture", "three_fragments"),
}


@pytest.fixture(scope="module")
def image() -> CarvingImage:
    """Every way in which a JPEG and a PNG come apart, with decoys between them."""
    planted = {
        "jpeg": [drawn_jpeg(1), drawn_jpeg(2, progressive=True), drawn_jpeg(3, subsampling=0)],
        "png": [drawn_png(1), drawn_png(2)],
    }
    return build(3, planted, lambda case, form: case in _MENDED[form])


@pytest.fixture(scope="module")
def found(image: CarvingImage) -> list[Carved]:
    return list(find_candidates(ImageSpace(image.data)))


def _bytes_of(image: CarvingImage, one: Carved) -> bytes:
    return b"".join(image.data[at : at + length] for at, length in one.extents)


def test_fragments_are_joined_to_what_was_planted(image: CarvingImage, found: list[Carved]) -> None:
    complete = {_bytes_of(image, one) for one in found if one.is_proven}
    whole = [planted for planted in image.planted if planted.recoverable == WHOLE]
    missed = [(one.case, one.form) for one in whole if one.content not in complete]
    assert len(whole) > 20
    assert missed == []


def test_complete_candidates_are_planted_ones_and_never_overlap(
    image: CarvingImage, found: list[Carved]
) -> None:
    planted = {one.content for one in image.planted}
    assert all(_bytes_of(image, one) in planted for one in found if one.is_complete)
    ranges = sorted(extent for one in found if one.is_proven for extent in one.extents)
    assert all(a + n <= b for (a, n), (b, _) in pairwise(ranges))
    assert [one.start_bytes for one in found] == sorted(one.start_bytes for one in found)


def test_resumed_run_gives_what_a_single_run_gives(
    image: CarvingImage, found: list[Carved]
) -> None:
    before = found[: len(found) // 2]
    rest = find_candidates(
        ImageSpace(image.data),
        start_bytes=before[-1].start_bytes + 1,
        found_before=[one for one in before if one.is_complete],
    )
    assert before + list(rest) == found


def test_decoys_are_no_candidates() -> None:
    data = b"".join(decoys(1, drawn_jpeg(4))) + noise(9, 50_000)
    tally = CarvingTally()
    assert [one for one in find_candidates(ImageSpace(data), tally=tally) if one.is_complete] == []
    assert tally.senseless > 10


def test_overwritten_end_leaves_what_can_be_seen() -> None:
    content = encoded(landscape(6, 800, 600), "JPEG", quality=90)
    cut = len(content) // 2 // BLOCK_BYTES * BLOCK_BYTES
    data = content[:cut] + text(1, 40_000)
    (one,) = find_candidates(ImageSpace(data))
    assert not one.is_complete
    assert one.is_verified
    ((start, length),) = one.extents
    assert start == 0
    assert cut - BLOCK_BYTES <= length <= cut


def test_small_picture_is_a_candidate_only_if_its_holder_is_broken() -> None:
    small = encoded(landscape(7, 120, 90), "JPEG")
    holder = drawn_jpeg(8)
    segment = b"\xff\xe1" + (len(small) + 8).to_bytes(2, "big") + b"Exif\0\0" + small
    content = holder[:2] + segment + holder[2:]
    (one,) = find_candidates(ImageSpace(content))
    assert one.size_bytes == len(content)
    broken = content[: len(segment) + 300] + noise(1, 20_000)
    assert [one.size_bytes for one in find_candidates(ImageSpace(broken))] == [len(small)]


def test_picture_that_a_video_came_apart_around_is_found() -> None:
    inner = drawn_jpeg(9)
    chunk = bytes(BLOCK_BYTES - 20) + inner + bytes(-len(inner) % BLOCK_BYTES)
    data = b"WEBPVP8L" + len(chunk).to_bytes(4, "little") + b"\x2f\0\0\0\0" + chunk[5:]
    data = b"RIFF" + len(data).to_bytes(4, "little") + data
    held = list(find_candidates(ImageSpace(data)))
    assert [(one.mime, one.is_proven) for one in held] == [
        ("image/webp", False),
        ("image/jpeg", True),
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0",
        drawn_jpeg(1)[:700],
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02",
        b"RIFF\xff\xff\0\0AVI LIST\xff\0\0\0hdrl",
        b"\0\0\0\x10ftypmp42\0\0\0\0",
    ],
)
def test_space_full_of_beginnings_costs_a_bounded_time(pattern: bytes) -> None:
    size = 96 << 10
    data = (pattern * (size // len(pattern) + 1))[:size]
    tally = CarvingTally()
    began_s = time.process_time()
    list(find_candidates(ImageSpace(data, 512), tally=tally))
    assert time.process_time() - began_s < 10
    assert tally.hits > 100


def test_taken_ranges_hold_what_was_admitted() -> None:
    held = TakenRanges()
    one = Carved("png", "image/png", ((10, 5), (30, 5)), is_complete=True, is_verified=True)
    assert held.admit(one) is one
    assert [held.holds(at) for at in (9, 10, 14, 15, 30, 35)] == [
        False,
        True,
        True,
        False,
        True,
        False,
    ]
    other = held.admit(Carved("gif", "image/gif", ((12, 9),), is_complete=True, is_verified=True))
    assert (other.is_complete, other.reason) == (False, "overlaps_another")


@pytest.mark.parametrize("make", [lambda: drawn_gif(3), lambda: drawn_video(3, "mp4")])
def test_file_that_came_apart_around_whole_ones_is_joined(make: Callable[[], bytes]) -> None:
    content, other = make(), drawn_jpeg(5)
    cut = len(content) // 2 // BLOCK_BYTES * BLOCK_BYTES
    inner = other + bytes(-len(other) % BLOCK_BYTES)
    data = content[:cut] + inner + content[cut:] + bytes(500)
    found = list(find_candidates(ImageSpace(data)))
    assert [one.extents for one in found if one.is_complete] == [
        ((0, cut), (cut + len(inner), len(content) - cut)),
        ((cut, len(other)),),
    ]


def _atom(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _claiming_pngs() -> bytes:
    png = drawn_png(1)[:33] + (2 << 20).to_bytes(4, "big") + b"IDAT"
    return png * 2000 + noise(1, 3 << 20)


def _tables() -> bytes:
    empty = bytes(17) * 3800
    table = b"\xff\xc4" + (len(empty) + 2).to_bytes(2, "big") + empty
    return b"\xff\xd8" + table * 40


def _indexes() -> bytes:
    track = _atom(b"trak", _atom(b"free", b"") * 4000)
    movie = _atom(b"moov", _atom(b"mvhd", b"") + track * 20)
    heads = [
        _atom(b"ftyp", b"qt  \0\0\0\0") + (8 + 24 * left).to_bytes(4, "big") + b"free"
        for left in reversed(range(500))
    ]
    return b"".join(heads) + movie


@pytest.mark.parametrize(
    "make", [lambda: b"\xff\xfe\x00\x04\xff\xd8" * 40_000, _claiming_pngs, _tables, _indexes]
)
def test_beginnings_that_share_what_follows_exhaust_their_budget(make: Callable[[], bytes]) -> None:
    tally = CarvingTally()
    began_s = time.process_time()
    list(find_candidates(ImageSpace(make()), tally=tally))
    assert time.process_time() - began_s < 10


def test_what_ends_before_a_part_of_the_space_is_forgotten() -> None:
    held = TakenRanges()
    held.admit(Carved("png", "", ((10, 5), (30, 5)), is_complete=True, is_verified=True))
    held.forget_before(15)
    assert (held.holds(12), held.holds(30)) == (False, True)
