"""What matching knows and says: hash sets with their provenance, and matches by content."""

from dataclasses import dataclass, field
from enum import StrEnum


class SetStatus(StrEnum):
    """What it means for a content to be in a hash set."""

    KNOWN_GOOD = "known-good"
    ALERT = "alert"
    CATEGORISED = "categorised"


@dataclass(frozen=True, slots=True)
class CategoryRef:
    """A category of one scheme in one version; a bare number never stands for a category."""

    scheme: str
    version: str
    code: str

    @property
    def text(self) -> str:
        """The form that rows keep, ``scheme/version/code``."""
        return f"{self.scheme}/{self.version}/{self.code}"


@dataclass(frozen=True, slots=True)
class HashSetFacts:
    """A hash set as a package, a supplement and the record name it.

    Args:
        sha256: The set's own digest, lower-case hex: over what its matches mean (status,
            scheme) and its keys and records, whatever it is called and whenever it was imported.
        name: What people call it.
        status: What a match means.
        scheme: The category scheme as ``scheme/version``, empty where it has none.
        provider: Who gave it, as stated.
        jurisdiction: Where it comes from, as stated.
        version: Its version, as stated.
        format: The format that it was imported from, such as ``vics``.
        file_sha256: The digest of the file that it was imported from, lower-case hex.
        records: How many records it holds.
        keys: How many keys it holds, by ``md5``, ``sha1``, ``sha256``, ``pdq``, ``vpdq`` (frames).
    """

    sha256: str
    name: str
    status: SetStatus
    scheme: str
    provider: str
    jurisdiction: str
    version: str
    format: str
    file_sha256: str
    records: int
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchTerms:
    """Under what terms fingerprints match; part of the plan, and of every supplement.

    Args:
        near_threshold_bits: The greatest Hamming distance of a near match, 0 to 31.
        min_quality: Fingerprints of a lower PDQ quality match nothing, 0 to 100. Source: Meta's
            PDQ paper, which discards qualities below 50.
        dihedral: Ask for the seven turned and mirrored fingerprints as well.
        video_coverage_percent: A video matches when at least so much of its frames, or of the
            known video's frames, match. Source: vPDQ's published threshold of 80.
    """

    near_threshold_bits: int = 31
    min_quality: int = 50
    dihedral: bool = False
    video_coverage_percent: int = 80


@dataclass(frozen=True, slots=True)
class Match:
    """That a content is, or resembles, what one record of a hash set names.

    Args:
        content_sha256: The content, 32 bytes.
        hash_set_sha256: The hash set's own digest, lower-case hex.
        record: The record's number in the set, from 0.
        algorithm: ``md5``, ``sha1``, ``sha256`` (the strongest digest that agrees), ``pdq`` or
            ``vpdq``.
        variant: Empty for a digest; else which fingerprint of the content matched: ``full``,
            ``nearest512``, ``frame``, with ``+rotate90`` and the like for a turned one.
        distance_bits: 0 for a digest; of a video the median over its frames that match.
        threshold_bits: 0 for a digest, else the greatest distance that counted.
        asserted: What the set says: ``known-good``, ``alert``, a category as ``CategoryRef.text``
            has it, ``number:N`` for a number without a configured meaning, ``uncategorised``.
        alerts: Whether people are told at once.
        settles: Whether nobody need look because of it. Never true of a fingerprint, of a
            contradicted record, or of known-good by MD5 alone.
        contradicted: The record states another digest that differs from the content's.
        others: How many more records of the set match by this variant and are not listed.
        covered_here_percent: Of a video: how much of the content's frames match, else ``None``.
        covered_known_percent: Of a video: how much of the known video's frames match.
    """

    content_sha256: bytes
    hash_set_sha256: str
    record: int
    algorithm: str
    variant: str
    distance_bits: int
    threshold_bits: int
    asserted: str
    alerts: bool
    settles: bool
    contradicted: bool = False
    others: int = 0
    covered_here_percent: int | None = None
    covered_known_percent: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether a digest matched, not a fingerprint."""
        return self.algorithm in DIGEST_ALGORITHMS

    @property
    def is_category(self) -> bool:
        """Whether the set says what the content is, not only that it is known."""
        return self.asserted not in NO_CATEGORY


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """How many contents matched; a content counts once in each line, however many entries hold it.

    Args:
        alert: Contents with a digest that a set alerts on.
        alert_categorised: Those among them that a set puts into a category or a number.
        categorised: Contents with a digest that a set puts into a category or a number.
        known_good: Contents with a digest that a known-good set names.
        near: Contents that resemble a record, and have no digest that a set knows.
        near_alert: Contents that resemble a record that alerts, and are not among ``alert``.
    """

    alert: int = 0
    alert_categorised: int = 0
    categorised: int = 0
    known_good: int = 0
    near: int = 0
    near_alert: int = 0


NO_CATEGORY = ("known-good", "alert", "uncategorised")
"""What sets assert that know a content and say no more of it; all else is a category."""
DIGEST_ALGORITHMS = ("md5", "sha1", "sha256")
"""From the weakest to the strongest."""
