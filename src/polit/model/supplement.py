"""The manifest of a supplement: what matching a sealed package again says of itself."""

from dataclasses import dataclass

from polit.model.manifest import Host, Part, Signature
from polit.model.matching import HashSetFacts, MatchCounts, MatchTerms


@dataclass(frozen=True, slots=True)
class MatchTally:
    """What matching a package's contents came to.

    Args:
        contents: Contents of the package that were looked up.
        matched: Those with at least one match.
        counts: Those that alert, are categorised, are known good, resemble something; as a
            package's own manifest counts them.
        matches: Rows of matches.
        without_fingerprints: Pictures and videos of the package that could be looked up by their
            digests alone: nothing was decoded of them, or they were known good.
    """

    contents: int
    matched: int
    counts: MatchCounts
    matches: int
    without_fingerprints: int

    @property
    def alerts(self) -> int:
        """Contents that alert, by a digest or by a fingerprint."""
        return self.counts.alert + self.counts.near_alert


@dataclass(frozen=True, slots=True)
class SupplementManifest:
    """Everything a reader needs to know of a supplement, and to check it without any key.

    Args:
        format: The number of the supplement's own layout.
        number: Its place among the package's supplements, from 1.
        package_id: The package that it belongs to.
        package_rows_sha256: That package's ``rows_sha256``: what was matched.
        previous_sha256: SHA-256 of the manifest of the supplement before it, empty for the first.
        created_at: When it was sealed.
        examiner: Who had the package matched, as stated.
        host: The machine.
        versions: Of polit and of the libraries that matching uses.
        terms: Under what terms fingerprints matched.
        disabled_sha256: Digest of the hashes that were disabled in the store of sets, empty for
            none.
        all_sets: Whether all sets that were enabled were asked, so that this replaces what was
            said before; else it adds to that, and is the latest word on the sets it asked.
        package_verified: Whether the package was verified in full before it was matched.
        faults_planted: Whether a test planted faults in the run.
        sets: The hash sets, by their digests.
        tally: What it came to.
        new_alerts: Contents that alert by a digest and did not before, or that alert by a
            fingerprint and did not alert at all before: in the package and earlier supplements.
        rows_sha256: SHA-256 over the canonical rows of sets and matches.
        parts: The other files, with size and SHA-256.
        signature: Over the canonical form of everything else.
    """

    format: int
    number: int
    package_id: str
    package_rows_sha256: str
    previous_sha256: str
    created_at: str
    examiner: str
    host: Host
    versions: dict[str, str]
    terms: MatchTerms
    disabled_sha256: str
    all_sets: bool
    package_verified: bool
    faults_planted: bool
    sets: tuple[HashSetFacts, ...]
    tally: MatchTally
    new_alerts: int
    rows_sha256: str
    parts: tuple[Part, ...]
    signature: Signature | None = None
