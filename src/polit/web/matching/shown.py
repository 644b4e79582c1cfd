"""How matches and alerts are said on pages."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from polit.model import codes
from polit.model.matching import SetStatus
from polit.web.matching.models import Alert, ContentMatch, MatchSource
from polit.web.matching.queries import SourceMatches
from polit.web.matching.rules import LAST_DIGEST
from polit.web.media.models import Package


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """One match in words.

    Args:
        set_name: What the set is called, as stated.
        set_sha256: The set's own digest.
        provider: Who gave the set, as stated.
        status: What being in the set means.
        asserted: What the set says of this file, as stated.
        how: The digest, or the fingerprint and its variant.
        distance: How far it is, with the threshold.
        notes: What else must be known of it.
        is_exact: Whether a digest says so.
        alerts: Whether it alerts.
    """

    set_name: str
    set_sha256: str
    provider: str
    status: str
    asserted: str
    how: str
    distance: str
    notes: tuple[str, ...]
    is_exact: bool
    alerts: bool


@dataclass(frozen=True, slots=True)
class ShownSource:
    """What one source says of a content, in words."""

    source: MatchSource
    is_current: bool
    matches: tuple[ShownMatch, ...]

    @property
    def has_near(self) -> bool:
        """Whether a match is by likeness alone."""
        return any(not match.is_exact for match in self.matches)


@dataclass(frozen=True, slots=True)
class ShownOrigin:
    """A source of a package's matches in a list.

    Args:
        source: The package itself or a supplement.
        is_current: Whether its word on any set is what is known today.
        is_other_key: Whether another key signed it than the package.
        refused: What did not hold, where it was refused.
    """

    source: MatchSource
    is_current: bool
    is_other_key: bool
    refused: tuple[str, ...]


def shown_origins(
    sources: Sequence[MatchSource], package: Package, *, counting: frozenset[int]
) -> list[ShownOrigin]:
    """Return sources, the newest first, as a list shows them.

    Args:
        sources: Those of a package.
        package: The package.
        counting: The numbers of the sources whose word on any set is what is known today.
    """
    return [
        ShownOrigin(
            each,
            each.number in counting,
            each.signer_sha256 not in {"", package.signer_sha256},
            tuple(
                f"{check['name']}: {check['detail']}"
                for check in json.loads(each.checks)
                if each.state == "refused" and not check["holds"]
            ),
        )
        for each in sources
    ]


_STATUS_WORDS = {
    SetStatus.KNOWN_GOOD.value: "known good",
    SetStatus.ALERT.value: "alert",
    SetStatus.CATEGORISED.value: "categorised",
}


def shown_source(found: SourceMatches) -> ShownSource:
    """Return what a source says of a content in words."""
    return ShownSource(found.source, found.is_current, tuple(map(shown_match, found.matches)))


def shown_match(match: ContentMatch) -> ShownMatch:
    """Return a match in words."""
    is_exact = match.algorithm <= LAST_DIGEST
    algorithm = codes.MATCH_ALGORITHMS.value(match.algorithm).upper()
    variant = match.variant.word
    return ShownMatch(
        match.match_set.name,
        bytes(match.match_set.set_sha256).hex(),
        match.match_set.provider,
        status_words(match.match_set.status),
        match.asserted.word,
        f"{algorithm}, {variant}" if variant else algorithm,
        "exact" if is_exact else f"{match.distance_bits} of {match.threshold_bits} bits",
        _notes(match),
        is_exact,
        match.alerts,
    )


def status_words(status: int) -> str:
    """Return what being in a set means, in words; it may be one that this version knows not."""
    try:
        return _STATUS_WORDS[codes.SET_STATUSES.value(status)]
    except IndexError:
        return "unknown"


def alert_sets(alert: Alert) -> list[str]:
    """Return the names of the sets that alert to a content, as they state them."""
    return [str(name) for name in json.loads(alert.set_names)]


def _notes(match: ContentMatch) -> tuple[str, ...]:
    notes = []
    if match.contradicted:
        notes.append("another digest of the record differs from this file's")
    if match.others:
        notes.append(f"{match.others:,} more records of the set match")
    if match.covered_here_percent is not None:
        notes.append(
            f"{match.covered_here_percent} % of this video's frames,"
            f" {match.covered_known_percent} % of the known one's"
        )
    if match.algorithm <= LAST_DIGEST and not match.settles and not match.alerts:
        notes.append("settles nothing")
    return tuple(notes)
