"""Stacks: star linkage around the best copy, whatever the order."""

import random
from dataclasses import replace

import numpy as np
import pytest

from polit.base.errors import UsageError
from polit.match.stack_columns import MIN_QUALITY
from polit.match.stacks import Stack, Stackable, stacks_of
from polit.model.media import PerceptualHash

SEED = 20_261_126


def flipped(value: bytes, bits: int, draw: random.Random) -> bytes:
    """Return a fingerprint that differs in so many bits."""
    whole = int.from_bytes(value, "big")
    for place in draw.sample(range(256), bits):
        whole ^= 1 << place
    return whole.to_bytes(32, "big")


def pdq(value: bytes, *, quality: int = 90, variant: str = "full") -> PerceptualHash:
    """Return a fingerprint of a still."""
    return PerceptualHash("pdq", variant, value, quality)


def picture(
    name: str, *hashes: PerceptualHash, width_px: int = 400, frames: int = 1, occurrences: int = 1
) -> Stackable:
    """Return a picture of 100 px height whose digest begins with its name."""
    digest = name.encode().ljust(32, b"-")
    return Stackable(digest, 10, width_px, 100, hashes, occurrences, frames)


def names(stack: Stack) -> list[str]:
    """Return the names of a stack's members."""
    return [member.sha256.rstrip(b"-").decode() for member in stack.members]


def bits_apart(one: bytes, other: bytes) -> int:
    """Return the Hamming distance."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def least(one: Stackable, other: Stackable) -> int:
    """Return how far two pictures lie apart by the nearer of their two fingerprints."""
    return min(
        (
            bits_apart(a.value, b.value)
            for a, b in zip(one.fingerprints, other.fingerprints, strict=True)
            if a is not None and b is not None
        ),
        default=256,
    )


def plain(contents: list[Stackable], threshold_bits: int) -> list[tuple[bytes, frozenset[bytes]]]:
    """Stack by the rule as it is written, comparing each with each: the oracle."""

    def best(one: Stackable) -> tuple[int, int, int, bytes]:
        quality = max((found.quality for found in one.hashes), default=0)
        return -one.width_px * one.height_px, -quality, -one.size_bytes, one.sha256

    leaders: list[Stackable] = []
    for one in sorted(contents, key=best):
        if all(least(one, leader) > threshold_bits for leader in leaders):
            leaders.append(one)
    stacks: dict[bytes, set[bytes]] = {leader.sha256: {leader.sha256} for leader in leaders}
    for one in contents:
        if one.sha256 not in stacks:
            nearest = min(leaders, key=lambda leader: (least(one, leader), leader.sha256))
            stacks[nearest.sha256].add(one.sha256)
    return sorted((leader, frozenset(found)) for leader, found in stacks.items())


def drawn_contents(count: int, draw: random.Random) -> list[Stackable]:
    """Return pictures around a few centres, some flat, some small, at every distance."""
    centres = [draw.randbytes(32) for _ in range(max(2, count // 12))]
    made = []
    for number in range(count):
        centre = draw.choice(centres)
        hashes = [pdq(flipped(centre, draw.randrange(40), draw), quality=draw.choice((20, 60, 90)))]
        if draw.random() < 0.5:
            near = flipped(centre, draw.randrange(40), draw)
            hashes.append(pdq(near, quality=draw.choice((20, 90)), variant="nearest512"))
        made.append(
            Stackable(draw.randbytes(32), draw.randrange(3), draw.randrange(1, 4), 1,
                      tuple(hashes), occurrences=1 + number % 2)
        )  # fmt: skip
    return made


@pytest.mark.parametrize("threshold_bits", [0, 8, 16, 31])
def test_stacks_are_those_of_the_plain_rule(threshold_bits: int) -> None:
    draw = random.Random(SEED + threshold_bits)
    for count in (1, 2, 40, 300):
        contents = drawn_contents(count, draw)

        found = stacks_of(contents, threshold_bits=threshold_bits)

        made = sorted((s.leader, frozenset(m.sha256 for m in s.members)) for s in found)
        assert made == plain(contents, threshold_bits)


def test_the_order_of_contents_changes_nothing() -> None:
    draw = random.Random(SEED)
    contents = drawn_contents(200, draw)
    wanted = stacks_of(contents)

    for _ in range(3):
        draw.shuffle(contents)

        assert stacks_of(iter(contents)) == wanted


def test_every_member_lies_within_the_threshold_of_its_leader() -> None:
    contents = {one.sha256: one for one in drawn_contents(300, random.Random(SEED))}

    found = stacks_of(contents.values(), threshold_bits=20)

    assert sorted(m.sha256 for s in found for m in s.members) == sorted(contents)
    for stack in found:
        for member in stack.members:
            if member.sha256 == stack.leader:
                assert (member.distance_bits, member.variant) == (0, "")
                continue
            apart = least(contents[stack.leader], contents[member.sha256])
            assert member.distance_bits == apart <= 20
            assert member.variant in {"full", "nearest512"}


def test_pictures_alike_by_steps_are_not_chained() -> None:
    draw = random.Random(SEED)
    order = draw.sample(range(256), 240)

    def step(number: int) -> bytes:
        whole = sum(1 << place for place in order[: 24 * number])
        return whole.to_bytes(32, "big")

    chain = [picture(f"{n:02}", pdq(step(n)), width_px=100 - n) for n in range(10)]

    found = stacks_of(chain)

    assert max(len(stack.members) for stack in found) <= 3
    ends = [names(stack) for stack in found if {"00", "09"} & set(names(stack))]
    assert len(ends) == 2


def test_the_best_copy_comes_first() -> None:
    value = random.Random(SEED).randbytes(32)
    copies = [
        picture("small", pdq(value, quality=99), width_px=40),
        picture("large", pdq(value, quality=60), width_px=800),
        picture("clear", pdq(value, quality=99), width_px=400),
        picture("dull", pdq(value, quality=70), width_px=400),
    ]

    (stack,) = stacks_of(copies)

    assert names(stack) == ["large", "clear", "dull", "small"]
    assert stack.leader == copies[1].sha256


def test_a_content_joins_the_nearest_leader_though_a_better_copy_is_near() -> None:
    draw = random.Random(SEED)
    order = draw.sample(range(256), 60)
    at = {n: sum(1 << p for p in order[:n]).to_bytes(32, "big") for n in (0, 30, 40)}
    best = picture("best", pdq(at[0]), width_px=900)
    between = picture("between", pdq(at[30]), width_px=800)
    other = picture("other", pdq(at[40]), width_px=700)

    found = stacks_of([best, between, other])

    assert sorted(map(names, found)) == [["best"], ["between", "other"]]


def test_flat_pictures_never_stack() -> None:
    value = random.Random(SEED).randbytes(32)
    flat = [picture(str(n), pdq(value, quality=MIN_QUALITY - 1)) for n in range(5)]

    assert len(stacks_of([*flat, picture("clear", pdq(value, quality=MIN_QUALITY))])) == 6


def test_several_frames_stand_alone() -> None:
    value = random.Random(SEED).randbytes(32)
    still, animation = picture("still", pdq(value)), picture("moves", pdq(value), frames=2)

    assert len(stacks_of([still, animation])) == 2


def test_a_small_picture_is_compared_with_both_fingerprints_of_a_large_one() -> None:
    draw = random.Random(SEED)
    full, reduced = draw.randbytes(32), draw.randbytes(32)
    large = picture("large", pdq(full), pdq(reduced, variant="nearest512"), width_px=2000)
    small = picture("small", pdq(flipped(reduced, 5, draw)), width_px=300)

    (stack,) = stacks_of([large, small])

    assert (stack.members[1].distance_bits, stack.members[1].variant) == (5, "nearest512")


def test_a_flat_reduced_picture_does_not_borrow_the_other_fingerprint() -> None:
    draw = random.Random(SEED)
    full, reduced = draw.randbytes(32), draw.randbytes(32)
    one = picture("one", pdq(full), pdq(reduced, quality=10, variant="nearest512"), width_px=900)
    other = picture("other", pdq(reduced), pdq(full, variant="nearest512"), width_px=800)

    assert len(stacks_of([one, other])) == 2


def test_occurrences_of_several_packages_add_up() -> None:
    value = random.Random(SEED).randbytes(32)
    one = picture("one", pdq(value), occurrences=2)
    again = picture("one", pdq(value), occurrences=3)

    (stack,) = stacks_of([one, again])

    assert (len(stack.members), stack.occurrences) == (1, 5)


def test_nothing_has_no_stacks() -> None:
    assert stacks_of([]) == []


@pytest.mark.parametrize("threshold_bits", [-1, 32])
def test_a_threshold_beyond_the_search_is_refused(threshold_bits: int) -> None:
    with pytest.raises(UsageError):
        stacks_of([picture("a", pdq(bytes(32)))], threshold_bits=threshold_bits)


def test_the_digests_that_end_in_zeros_stay_apart() -> None:
    contents = [
        Stackable(bytes([1, *[0] * 31]), 1, 1, 1),
        Stackable(bytes([1, 0, 0, 0, 1, *[0] * 27]), 1, 1, 1),
        Stackable(bytes(32), 1, 1, 1),
    ]

    found = stacks_of(contents)

    assert len(found) == 3
    assert np.all([len(stack.leader) == 32 for stack in found])


def test_how_large_the_batches_are_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = drawn_contents(300, random.Random(SEED))
    wanted = stacks_of(contents)

    for size in (1, 7, 100):
        monkeypatch.setattr("polit.match.stacks._BATCH", size)

        assert stacks_of(contents) == wanted


def film(name: str, values: list[bytes], *, width_px: int = 400, occurrences: int = 1) -> Stackable:
    """Return a video with a fingerprint a second."""
    frames = tuple(
        PerceptualHash("pdq", "frame", value, 90, number, 1000 * number)
        for number, value in enumerate(values)
    )
    digest = name.encode().ljust(32, b"-")
    return Stackable(digest, 10, width_px, 100, frames, occurrences, len(values), is_video=True)


def test_videos_that_cover_each_other_stack_around_the_best() -> None:
    draw = random.Random(SEED)
    seconds = [draw.randbytes(32) for _ in range(20)]
    changed = [flipped(value, 6, draw) for value in seconds]
    films = [
        film("best", seconds, width_px=800, occurrences=2),
        film("copy", [*changed[:19], draw.randbytes(32)]),
        film("other end", [*changed[:18], *(draw.randbytes(32) for _ in range(2))]),
        film("clip", changed[5:10]),
        film("longer", [*changed, *(draw.randbytes(32) for _ in range(20))]),
        film("other", [draw.randbytes(32) for _ in range(20)]),
    ]

    found = stacks_of([*films, film("best", seconds, width_px=800)])

    assert sorted(map(names, found)) == [
        ["best", "copy"], ["clip"], ["longer"], ["other"], ["other end"]
    ]  # fmt: skip
    assert (found[0].members[1].distance_bits, found[0].members[1].variant) == (6, "frame")
    assert found[0].occurrences == 4
    draw.shuffle(films)
    assert sorted(map(names, stacks_of(films))) == sorted(map(names, found))


def test_a_video_joins_the_leader_with_which_it_shares_most() -> None:
    draw = random.Random(SEED)
    one = [draw.randbytes(32) for _ in range(40)]
    other = [*one[:37], *(draw.randbytes(32) for _ in range(3))]
    between = [*one[:38], *other[38:]]
    films = [film("one", one, width_px=900), film("other", other, width_px=800),
             film("between", between)]  # fmt: skip

    found = stacks_of(films)

    assert sorted(map(names, found)) == [["one"], ["other", "between"]]


def test_dark_frames_of_a_video_do_not_hide_behind_a_copy_of_the_rest() -> None:
    draw = random.Random(SEED)
    seconds = [draw.randbytes(32) for _ in range(20)]
    dark = [
        PerceptualHash("pdq", "frame", draw.randbytes(32), 20, number, 1000 * number)
        for number in range(20, 24)
    ]
    best = film("best", seconds, width_px=800)
    copy, some = film("copy", seconds), film("some", seconds)

    found = stacks_of([
        best,
        replace(copy, hashes=(*copy.hashes, *dark[:1])),
        replace(some, hashes=(*some.hashes, *dark)),
    ])  # fmt: skip

    assert sorted(map(names, found)) == [["best", "copy"], ["some"]]


def test_nothing_else_stands_behind_a_video_of_one_picture() -> None:
    draw = random.Random(SEED)
    still = draw.randbytes(32)
    films = [
        film("still", [still] * 40, width_px=800),
        film("again", [flipped(still, 3, draw)] * 38),
        film("more", [*[still] * 39, draw.randbytes(32)]),
    ]

    assert sorted(map(names, stacks_of(films))) == [["more"], ["still", "again"]]


def test_a_video_that_was_not_looked_at_whole_stands_alone() -> None:
    draw = random.Random(SEED)
    seconds = [draw.randbytes(32) for _ in range(20)]
    films = [film("one", seconds), film("two", seconds), film("cut", seconds, width_px=800)]

    found = stacks_of([*films[:2], replace(films[2], is_cut_off=True)])

    assert sorted(map(names, found)) == [["cut"], ["one", "two"]]


def test_a_still_and_a_video_never_stand_together() -> None:
    value = random.Random(SEED).randbytes(32)

    assert len(stacks_of([picture("still", pdq(value)), film("film", [value] * 5)])) == 2
