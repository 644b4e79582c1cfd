"""The matcher says what comparing by hand says: by digest, and by bits."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hash_sets import listed, written

from polit.base.digests import Digests
from polit.match.hashsets import HashSets
from polit.match.matcher import MOST_LISTED, HashedContent, Matcher, verdict
from polit.match.open_set import OpenSet, OpenSets
from polit.model.matching import Match, MatchTerms, SetStatus
from polit.model.media import PerceptualHash


def digests(data: bytes) -> Digests:
    """Return the digests of some bytes."""
    return Digests(
        len(data),
        hashlib.md5(data, usedforsecurity=False).digest(),
        hashlib.sha1(data, usedforsecurity=False).digest(),
        hashlib.sha256(data).digest(),
    )


CONTENTS = [b"file %d" % number for number in range(40)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with a set of each status and of each algorithm."""
    folder = tmp_path_factory.mktemp("sets") / "store"
    listed(folder, "good", CONTENTS[:10], status=SetStatus.KNOWN_GOOD)
    listed(folder, "good by sha1", CONTENTS[5:15], status=SetStatus.KNOWN_GOOD, algorithm="sha1")
    listed(folder, "good by md5", CONTENTS[10:20], status=SetStatus.KNOWN_GOOD, algorithm="md5")
    listed(folder, "alerts", CONTENTS[15:25], status=SetStatus.ALERT, algorithm="md5")
    listed(folder, "graded", CONTENTS[20:30], status=SetStatus.CATEGORISED)
    return folder


@pytest.fixture
def opened(store: Path) -> Iterator[OpenSets]:
    with HashSets(store).open_enabled() as sets:
        yield sets


def by_hand(sets: Sequence[OpenSet], content: Digests) -> list[tuple[str, int, str]]:
    """Return set, record and strongest digest of all that match, by looking at every record."""
    found = []
    for known in sorted(sets, key=lambda one: one.facts.sha256):
        for number in range(known.facts.records):
            stated = known.stated(number)
            agreeing = [name for name in ("md5", "sha1", "sha256")
                        if getattr(stated, name) == getattr(content, name)]  # fmt: skip
            if agreeing:
                found.append((known.facts.sha256, number, agreeing[-1]))
    return found


def test_exact_matches_are_those_that_looking_at_every_record_finds(opened: OpenSets) -> None:
    asked = [digests(data) for data in CONTENTS]

    found = Matcher(opened, MatchTerms()).exact(asked)

    for content, matches in zip(asked, found, strict=True):
        told = [(match.hash_set_sha256, match.record, match.algorithm) for match in matches]
        assert told == by_hand(opened, content)
        assert all(match.content_sha256 == content.sha256 for match in matches)


def test_known_good_settles_but_by_md5_alone_never(opened: OpenSets) -> None:
    strong, weak = (digests(CONTENTS[number]) for number in (0, 12))

    (by_sha256,), by_others = Matcher(opened, MatchTerms()).exact([strong, weak])

    assert by_sha256.settles
    assert {match.algorithm: match.settles for match in by_others} == {"md5": False, "sha1": True}


def test_a_digest_that_a_record_does_not_state_contradicts_nothing(opened: OpenSets) -> None:
    real = digests(CONTENTS[0])
    forged = Digests(1, real.md5, hashlib.sha1(b"another").digest(), real.sha256)

    (matches,) = Matcher(opened, MatchTerms()).exact([forged])

    assert [(match.settles, match.contradicted) for match in matches] == [(True, False)]


def test_a_record_whose_digests_disagree_is_contradicted(tmp_path: Path) -> None:
    one, other = digests(b"one"), digests(b"other")
    table = f"md5,sha1\n{one.md5.hex()},{other.sha1.hex()}\n"
    written(tmp_path / "store", "mixed", table, form="csv", status=SetStatus.KNOWN_GOOD)

    with HashSets(tmp_path / "store").open_enabled() as sets:
        by_md5, by_sha1 = Matcher(sets, MatchTerms()).exact([one, other])

    assert [(m.algorithm, m.contradicted, m.settles) for m in by_md5] == [("md5", True, False)]
    assert [(m.algorithm, m.contradicted, m.settles) for m in by_sha1] == [("sha1", True, False)]


def test_a_second_category_is_listed_however_many_copies_the_first_has(tmp_path: Path) -> None:
    graded = digests(b"graded")
    rows = [f"{graded.md5.hex()},{1 << number:064x},A" for number in range(MOST_LISTED + 2)]
    table = "\n".join(["md5,pdq,category", *rows, f"{graded.md5.hex()},,C"])
    written(tmp_path / "store", "graded", f"{table}\n", form="csv", status=SetStatus.CATEGORISED,
            scheme="uk-2014/1")  # fmt: skip

    with HashSets(tmp_path / "store").open_enabled() as sets:
        (matches,) = Matcher(sets, MatchTerms()).exact([graded])

    assert {match.asserted for match in matches} == {"uk-2014/1/A", "uk-2014/1/C"}
    assert (len(matches), {match.others for match in matches}) == (MOST_LISTED, {3})
    assert verdict(matches).settled == ""


def test_the_order_of_sets_changes_nothing(opened: OpenSets) -> None:
    asked = [digests(data) for data in CONTENTS]
    turned = list(reversed(opened))

    assert Matcher(turned, MatchTerms()).exact(asked) == Matcher(opened, MatchTerms()).exact(asked)


def test_no_sets_match_nothing() -> None:
    matcher = Matcher((), MatchTerms())

    assert matcher.exact([digests(b"x")]) == [()]
    assert not matcher.resembles


# Fingerprints: a base, and neighbours at known distances from it.

RNG = np.random.default_rng(20261126)
BASE = RNG.integers(0, 256, 32, dtype=np.uint8)


def at_distance(bits: int, seed: int = 0) -> bytes:
    """Return the base with so many bits turned over."""
    flat = np.unpackbits(BASE)
    flat[np.random.default_rng(bits * 1000 + seed).choice(256, bits, replace=False)] ^= 1
    return np.packbits(flat).tobytes()


@dataclass(frozen=True, slots=True)
class Listed:
    """A fingerprint of a list."""

    value: bytes
    quality: int


LIST = [
    *(Listed(at_distance(bits), 100) for bits in range(0, 41, 2)),
    Listed(at_distance(1), 49),
    Listed(at_distance(3), 50),
    Listed(BASE.tobytes(), 100),
]


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSets]:
    folder = tmp_path_factory.mktemp("near") / "store"
    lines = "\n".join(f"{one.value.hex()},{one.quality}" for one in LIST)
    written(folder, "pictures", f"{lines}\n", form="pdq", status=SetStatus.ALERT)
    with HashSets(folder).open_enabled() as sets:
        yield sets


def hashed(value: bytes, **more: object) -> HashedContent:
    """Return a still with one fingerprint."""
    values: dict[str, object] = {"algorithm": "pdq", "variant": "full", "quality": 100, **more}
    return HashedContent(b"c" * 32, (PerceptualHash(value=value, **values),), False)  # type: ignore[arg-type]


def expected(threshold_bits: int, least_quality: int) -> list[tuple[int, int]]:
    """Return record and distance of what lies near the base, nearest first."""
    found = [
        (int(np.unpackbits(np.frombuffer(one.value, np.uint8) ^ BASE).sum()), record)
        for record, one in enumerate(LIST) if one.quality >= least_quality
    ]  # fmt: skip
    return [(record, bits) for bits, record in sorted(found) if bits <= threshold_bits]


@pytest.mark.parametrize("threshold_bits", [0, 3, 17, 31])
@pytest.mark.parametrize("least_quality", [0, 50, 100])
def test_near_matches_are_the_nearest_that_counting_bits_finds(
    near: OpenSets, threshold_bits: int, least_quality: int
) -> None:
    matcher = Matcher(near, MatchTerms(threshold_bits, least_quality))

    (matches,) = matcher.near([hashed(BASE.tobytes())])

    wanted = expected(threshold_bits, least_quality)
    assert sorted((m.record, m.distance_bits) for m in matches) == sorted(wanted[:MOST_LISTED])
    assert {m.others for m in matches} == {max(0, len(wanted) - MOST_LISTED)}
    assert all(m.alerts and not m.settles and m.threshold_bits == threshold_bits for m in matches)


def test_a_fingerprint_of_low_quality_matches_nothing(near: OpenSets) -> None:
    assert Matcher(near, MatchTerms()).near([hashed(BASE.tobytes(), quality=49)]) == [()]


def test_turned_fingerprints_count_only_where_the_plan_asks_for_them(near: OpenSets) -> None:
    elsewhere = bytes(255 - value for value in BASE)
    turned = hashed(elsewhere, dihedral=elsewhere * 2 + BASE.tobytes() + elsewhere * 4)

    straight, asked = (
        Matcher(near, MatchTerms(5, dihedral=on)).near([turned])[0] for on in (False, True)
    )

    assert straight == ()
    assert {match.variant for match in asked} == {"full+rotate270"}


def test_each_content_keeps_its_own_matches(near: OpenSets) -> None:
    far = bytes(255 - value for value in BASE)
    contents = [hashed(far), hashed(BASE.tobytes()), hashed(far)]

    found = Matcher(near, MatchTerms()).near(contents)

    assert [bool(matches) for matches in found] == [False, True, False]
    assert found == [Matcher(near, MatchTerms()).near([one])[0] for one in contents]


def test_a_still_is_a_frame_of_a_known_video_and_a_video_covers_it(tmp_path: Path) -> None:
    frames = [RNG.integers(0, 256, 32, dtype=np.uint8).tobytes() for _ in range(5)]
    lines = "\n".join(f"{n},100,{frame.hex()},{n}.0" for n, frame in enumerate(frames))
    written(tmp_path / "store", "video", f"{lines}\n", form="vpdq", status=SetStatus.ALERT)
    video = HashedContent(
        b"v" * 32,
        tuple(PerceptualHash("pdq", "frame", value, 100, n, n * 1000)
              for n, value in enumerate(frames[:4])),
        is_video=True,
    )  # fmt: skip

    with HashSets(tmp_path / "store").open_enabled() as sets:
        (still,), (clip,) = Matcher(sets, MatchTerms()).near([hashed(frames[2]), video])

    assert (still.algorithm, still.variant, still.covered_known_percent) == ("vpdq", "full", None)
    assert (clip.algorithm, clip.variant) == ("vpdq", "frame")
    assert (clip.covered_here_percent, clip.covered_known_percent) == (100, 80)
    assert isinstance(clip, Match)
