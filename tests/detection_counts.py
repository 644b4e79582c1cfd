"""Counts which copies of pictures are found, through polit's own hash sets and matcher."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from altered_pictures import decoded
from hash_sets import written
from numpy.typing import NDArray
from PIL import Image

from polit.decode.pdq import hash_picture
from polit.match.hashsets import HashSets
from polit.match.matcher import HashedContent, Matcher
from polit.match.near import NearIndex, write_index
from polit.match.near_hits import MAX_THRESHOLD_BITS, words_of
from polit.model.matching import MatchTerms, SetStatus
from polit.model.media import PerceptualHash

MAKERS = ("full", "nearest512")
"""Whose program a list was made with: the one that hashes all pixels, or the one that reduces."""

MIN_QUALITY = MatchTerms().min_quality

Values = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a known picture.

    Args:
        original: The number of the picture that it is a copy of.
        made: How it was made.
        content: Its digest and fingerprints.
    """

    original: int
    made: str
    content: HashedContent

    @property
    def quality(self) -> int:
        """The quality of the fingerprint of all pixels."""
        return self.content.hashes[0].quality


@dataclass(frozen=True, slots=True)
class Found:
    """How one copy was found.

    Args:
        ways: By whose fingerprint in whose list, such as ``("nearest512", "full")``. A picture
            not over 512 px has one fingerprint, which both programs give.
        turned: Whether only a turned fingerprint found it.
        others: How many pictures it was taken for and is no copy of.
    """

    ways: frozenset[tuple[str, str]]
    turned: bool
    others: int


def content_of(file: bytes) -> HashedContent:
    """Decode a file and hash it."""
    hashes = hash_picture(decoded(file))
    return HashedContent(hashlib.sha256(file).digest(), hashes, is_video=False)


def listed_hash(hashes: Sequence[PerceptualHash], maker: str) -> PerceptualHash:
    """Return the fingerprint that a program gives: a small picture has one for both."""
    return hashes[0] if maker == "full" else hashes[-1]


def write_lists(store: Path, known: Sequence[tuple[PerceptualHash, ...]]) -> None:
    """Import two lists of the same pictures, by each of the two programs."""
    for maker in MAKERS:
        hashes = [listed_hash(each, maker) for each in known]
        rows = [f"{one.value.hex()},{one.quality},{number}" for number, one in enumerate(hashes)]
        text = "\n".join(["hash,quality,name", *rows]) + "\n"
        written(store, maker, text, form="pdq", status=SetStatus.ALERT)


class Lists:
    """The two lists, open."""

    def __init__(self, store: Path, terms: MatchTerms) -> None:
        """Open them; ``close`` closes them."""
        self.sets = HashSets(store).open_enabled(MAKERS)
        self.matcher = Matcher(self.sets, terms)
        self._maker = {each.facts.sha256: each.facts.name for each in self.sets}
        self._numbers = {
            (each.facts.sha256, record): int(each.record(record).fields["name"])
            for each in self.sets
            for record in range(each.facts.records)
        }

    def look_up(self, copies: Sequence[Copy]) -> list[Found]:
        """Match copies, in their order."""
        matches = self.matcher.near([copy.content for copy in copies])
        return [
            self._found(copy, [
                (match.variant, self._maker[match.hash_set_sha256],
                 self._numbers[match.hash_set_sha256, match.record]) for match in each
            ])
            for copy, each in zip(copies, matches, strict=True)
        ]  # fmt: skip

    def _found(self, copy: Copy, hits: list[tuple[str, str, int]]) -> Found:
        right = {(variant, maker) for variant, maker, number in hits if number == copy.original}
        straight = {way for way in right if "+" not in way[0]}
        if len(copy.content.hashes) == 1:
            straight |= {("nearest512", maker) for _, maker in straight}
        return Found(
            ways=frozenset(straight),
            turned=bool(right) and not straight,
            others=len({number for _, _, number in hits} - {copy.original}),
        )


@contextmanager
def lists_of(store: Path, terms: MatchTerms) -> Iterator[Lists]:
    """Open the lists of a store."""
    lists = Lists(store, terms)
    try:
        yield lists
    finally:
        lists.sets.close()


@dataclass(frozen=True, slots=True)
class Asked:
    """Copies of one way of making them, and how each was found under several terms."""

    copies: list[Copy]
    found: list[Found]
    turned: list[Found]
    whatever_quality: list[Found]


def look_up(store: Path, copies: list[Copy]) -> Asked:
    """Match copies as polit does by itself, with turns, and without the quality rule."""
    answers = []
    for terms in (MatchTerms(), MatchTerms(dihedral=True), MatchTerms(min_quality=0)):
        with lists_of(store, terms) as lists:
            answers.append(lists.look_up(copies))
    return Asked(copies, *answers)


def bits_between(one: PerceptualHash, other: PerceptualHash) -> int:
    """Return in how many bits two fingerprints differ."""
    return (int.from_bytes(one.value) ^ int.from_bytes(other.value)).bit_count()


def table_row(asked: Asked, known: Sequence[tuple[PerceptualHash, ...]]) -> dict[str, int]:
    """Count how the copies of one kind were found.

    Args:
        asked: The copies.
        known: The fingerprints of the originals.

    Returns:
        ``of`` counts the copies that have the quality, and whose originals have it; of them, what
        polit finds in both lists, what a tool with one fingerprint finds in a list of its own
        program and of the other, and what polit alone finds.
    """
    clear = [hashes[0].quality >= MIN_QUALITY for hashes in known]
    counted = [
        number
        for number, copy in enumerate(asked.copies)
        if copy.quality >= MIN_QUALITY and clear[copy.original]
    ]
    flat = sorted(set(range(len(asked.copies))) - set(counted))
    turned = [asked.turned[number] for number in counted]
    copies = [asked.copies[number] for number in counted]
    bits = [bits_between(copy.content.hashes[0], known[copy.original][0]) for copy in copies]
    return {
        "of": len(counted),
        **_by_ways([asked.found[number].ways for number in counted]),
        "turned": sum(bool(each.ways) or each.turned for each in turned),
        "median_bits": int(np.median(bits)) if bits else 0,
        "taken_for_others": sum(each.others for each in asked.found),
        "taken_for_others_turned": sum(each.others for each in asked.turned),
        "low_quality": len(flat),
        "low_quality_within": sum(bool(asked.whatever_quality[n].ways) for n in flat),
    }


def _by_ways(found: list[frozenset[tuple[str, str]]]) -> dict[str, int]:
    """Count by whose fingerprint in whose list; ``only_second``: never by that of all pixels."""
    row = {"polit": sum(map(bool, found))}
    for maker in MAKERS:
        for asks in MAKERS:
            row[f"{asks}_in_{maker}"] = sum((asks, maker) in ways for ways in found)
        row[f"polit_in_{maker}"] = sum(maker in {way[1] for way in ways} for ways in found)
    row["only_second"] = sum({way[0] for way in ways} == {"nearest512"} for ways in found)
    row["beyond_full_in_full"] = sum(bool(ways) and ("full", "full") not in ways for ways in found)
    return row


@dataclass(frozen=True, slots=True)
class Unlike:
    """Fingerprints of pictures of which those with another label show something else.

    Args:
        values: ``(n, 32) uint8``.
        qualities: ``(n,) uint8``.
        labels: ``(n,) int64``.
    """

    values: Values
    qualities: NDArray[np.uint8]
    labels: NDArray[np.int64]


def unlike(pictures: Iterable[tuple[int, Image.Image]], maker: str = "full") -> Unlike:
    """Hash pictures with their labels."""
    labels, hashes = [], []
    for label, picture in pictures:
        labels.append(label)
        hashes.append(listed_hash(hash_picture(picture), maker))
    return unlike_of(labels, hashes)


def unlike_of(labels: Sequence[int], hashes: Sequence[PerceptualHash]) -> Unlike:
    """Put fingerprints side by side."""
    packed = b"".join(one.value for one in hashes)
    values = np.frombuffer(packed, dtype=np.uint8).reshape(-1, 32)
    qualities = np.array([one.quality for one in hashes], dtype=np.uint8)
    return Unlike(values, qualities, np.array(labels, dtype=np.int64))


def false_matches(them: Unlike, folder: Path) -> dict[str, object]:
    """Compare every two pictures with different labels, by polit's index and one by one."""
    histogram, clear = np.zeros(257, dtype=np.int64), np.zeros(257, dtype=np.int64)
    words, is_clear = words_of(them.values), them.qualities >= MIN_QUALITY
    for number in range(1, len(words)):
        bits = np.bitwise_count(words[:number] ^ words[number]).sum(axis=1, dtype=np.int64)
        other = them.labels[:number] != them.labels[number]
        histogram += np.bincount(bits[other], minlength=257)
        if is_clear[number]:
            clear += np.bincount(bits[other & is_clear[:number]], minlength=257)
    within = _within(them, folder)
    assert within == int(histogram[: MAX_THRESHOLD_BITS + 1].sum())
    return {
        "pictures": len(words),
        "of_low_quality": int((~is_clear).sum()),
        "pairs": int(histogram.sum()),
        "within_31": within,
        "pairs_of_quality": int(clear.sum()),
        "within_31_of_quality": int(clear[: MAX_THRESHOLD_BITS + 1].sum()),
        "nearest_of_quality": int(np.flatnonzero(clear)[0]) if clear.any() else None,
        "by_bits_of_quality": {
            f"{first}-{first + 15}": int(clear[first : first + 16].sum())
            for first in range(0, 256, 16)
        },
    }


def _within(them: Unlike, folder: Path) -> int:
    """Count the pairs within the threshold that polit's index finds."""
    write_index(folder, them.values)
    with NearIndex.open(folder) as index:
        hits = index.search(them.values, threshold_bits=MAX_THRESHOLD_BITS)
    is_other = them.labels[hits.query] != them.labels[hits.place]
    return int(is_other.sum()) // 2
