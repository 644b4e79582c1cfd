"""What contents are, or resemble, of what hash sets name; and what follows from it.

A digest says what a content is; a fingerprint says what it resembles. So digests may settle a
content, and fingerprints order and suggest (invariant 9). Imported by what examines and by what
matches sealed packages again: both say the same of the same content.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from polit.base.digests import Digests
from polit.match.likeness import Likeness, NearSet
from polit.match.open_set import OpenSet
from polit.model.matching import (
    DIGEST_ALGORITHMS,
    HashSetFacts,
    Match,
    MatchTerms,
    SetStatus,
)
from polit.model.media import PerceptualHash

MOST_LISTED = 10
"""So many records of a set are listed for one content and one way of matching; more are counted."""


@dataclass(frozen=True, slots=True)
class HashedContent:
    """A content with its fingerprints.

    Args:
        sha256: The content, 32 bytes.
        hashes: Its fingerprints: of a still its variants, of a video its frames.
        is_video: Whether it is compared as a whole with known videos.
    """

    sha256: bytes
    hashes: tuple[PerceptualHash, ...]
    is_video: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from all the matches of one content.

    Args:
        alerts_exact: A digest matches a record that alerts.
        alerts_near: A fingerprint matches a record that alerts.
        settled: ``known_good`` or ``categorised`` where nobody need look, else empty.
    """

    alerts_exact: bool
    alerts_near: bool
    settled: str


class Matcher:
    """Looks contents up in open hash sets; the sets stay the caller's to close."""

    def __init__(self, sets: Sequence[OpenSet], terms: MatchTerms) -> None:
        """Make ready.

        Args:
            sets: The sets, each once; their order changes nothing.
            terms: Under what terms fingerprints match.
        """
        self._sets = tuple(sorted(sets, key=lambda known: known.facts.sha256))
        self._near = tuple(NearSet(known, terms) for known in self._sets)
        self._terms = terms

    @property
    def facts(self) -> tuple[HashSetFacts, ...]:
        """The sets, by their digests."""
        return tuple(known.facts for known in self._sets)

    @property
    def resembles(self) -> bool:
        """Whether any set has fingerprints, so that ``near`` can find anything."""
        return any(known.pdq is not None or known.frames is not None for known in self._sets)

    def exact(self, contents: Sequence[Digests]) -> list[tuple[Match, ...]]:
        """Return the matches by digest of each content, by set, then by record.

        Where more than ``MOST_LISTED`` records of a set match, the first record of each category
        is listed before its repetitions; among alike those that alert, those that settle, then the
        lowest numbers.
        """
        found: list[list[Match]] = [[] for _ in contents]
        for known in self._sets:
            for place, matches in _exact_in(known, contents).items():
                found[place] += _listed(matches)
        return [tuple(matches) for matches in found]

    def near(self, contents: Sequence[HashedContent]) -> list[tuple[Match, ...]]:
        """Return the matches by fingerprint of each content, by set, record, algorithm, variant.

        Of each set, algorithm and variant the ``MOST_LISTED`` nearest records are listed, the
        lower number first where two are equally near.
        """
        found: list[list[Match]] = [[] for _ in contents]
        hashes = [(content.hashes, content.is_video) for content in contents]
        for known, near in zip(self._sets, self._near, strict=True):
            for likeness in near.likenesses(hashes, most=MOST_LISTED):
                sha256 = contents[likeness.place].sha256
                found[likeness.place].append(self._near_match(known, sha256, likeness))
        return [tuple(sorted(matches, key=_order)) for matches in found]

    def _near_match(self, known: OpenSet, sha256: bytes, likeness: Likeness) -> Match:
        record = known.says(likeness.record)
        return Match(
            content_sha256=sha256,
            hash_set_sha256=known.facts.sha256,
            record=likeness.record,
            algorithm=likeness.algorithm,
            variant=likeness.variant,
            distance_bits=likeness.distance_bits,
            threshold_bits=self._terms.near_threshold_bits,
            asserted=record.asserted,
            alerts=record.alerts,
            settles=False,
            others=likeness.others,
            covered_here_percent=likeness.covered_here_percent,
            covered_known_percent=likeness.covered_known_percent,
        )


def verdict(matches: Iterable[Match]) -> Verdict:
    """Return what follows from all the matches of one content.

    An exact alert beats known-good, and so does a category: who says that a content is something
    in particular knows more of it. Categories of one scheme that differ settle nothing, and
    neither does a category that would not alert where another record does.
    """
    listed = tuple(matches)
    exact = [match for match in listed if match.is_exact]
    return Verdict(
        alerts_exact=any(match.alerts for match in exact),
        alerts_near=any(match.alerts for match in listed if not match.is_exact),
        settled=_settled(exact),
    )


def _settled(exact: list[Match]) -> str:
    good = SetStatus.KNOWN_GOOD.value
    says_more = any(match.alerts or match.asserted != good for match in exact)
    deciding = [match for match in exact if match.settles and match.asserted != good]
    if deciding:
        # One that settles nothing by itself, such as age-difficult, differs from an A all the same.
        categories = {match.asserted for match in exact if _is_category(match.asserted)}
        schemes = {category.rpartition("/")[0] for category in categories}
        is_agreed = len(schemes) == len(categories)
        is_heard = all(match.alerts for match in deciding) or not any(m.alerts for m in exact)
        return "categorised" if is_agreed and is_heard else ""
    is_good = not says_more and any(match.settles for match in exact)
    return "known_good" if is_good else ""


def _is_category(asserted: str) -> bool:
    """Tell ``scheme/version/code`` from numbers and words without a meaning, and from statuses."""
    return "/" in asserted and ":" not in asserted


def _exact_in(known: OpenSet, contents: Sequence[Digests]) -> dict[int, list[Match]]:
    """Return the matches of one set by the places of the contents."""
    strongest: dict[tuple[int, int], str] = {}
    for algorithm in DIGEST_ALGORITHMS:
        if known.facts.keys.get(algorithm):
            digests = [getattr(content, algorithm) for content in contents]
            strongest.update(dict.fromkeys(known.find(algorithm, digests), algorithm))
    found: dict[int, list[Match]] = {}
    for (place, record), algorithm in sorted(strongest.items()):
        match = _exact_match(known, contents[place], record, algorithm)
        found.setdefault(place, []).append(match)
    return found


def _exact_match(known: OpenSet, content: Digests, number: int, algorithm: str) -> Match:
    record, stated = known.says(number), known.stated(number)
    contradicted = any(
        getattr(stated, name) not in {b"", getattr(content, name)} for name in DIGEST_ALGORITHMS
    )
    is_weak = algorithm == "md5" and known.facts.status is SetStatus.KNOWN_GOOD
    return Match(
        content_sha256=content.sha256,
        hash_set_sha256=known.facts.sha256,
        record=number,
        algorithm=algorithm,
        variant="",
        distance_bits=0,
        threshold_bits=0,
        asserted=record.asserted,
        alerts=record.alerts,
        settles=record.settles and not contradicted and not is_weak,
        contradicted=contradicted,
    )


def _listed(matches: list[Match]) -> list[Match]:
    if len(matches) <= MOST_LISTED:
        return matches
    # A second category must not go under in copies of the first: it decides what is settled.
    firsts = {(m.asserted, m.settles): m.record for m in reversed(matches)}

    def weight(match: Match) -> tuple[bool, bool, bool, int]:
        is_first = firsts[match.asserted, match.settles] == match.record
        return not is_first, not match.alerts, not match.settles, match.record

    matches.sort(key=weight)
    others = len(matches) - MOST_LISTED
    return sorted((replace(m, others=others) for m in matches[:MOST_LISTED]), key=_order)


def _order(match: Match) -> tuple[str, int, str, str]:
    return match.hash_set_sha256, match.record, match.algorithm, match.variant
