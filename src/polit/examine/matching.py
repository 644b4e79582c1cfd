"""What is known of contents already: looked up before decoding, compared after it, counted.

Counts alone leave this module towards people: neither a name nor a digest is ever announced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from polit.base.digests import Digests
from polit.match.matcher import HashedContent, Matcher, verdict
from polit.model.matching import Match


@dataclass(frozen=True, slots=True)
class Known:
    """What the hash sets say of one content by its digests.

    Args:
        matches: What matched, to be kept.
        is_urgent: It alerts: it is decoded before others.
        is_set_aside: It is known-good, and nothing says otherwise: it is not decoded or opened.
    """

    matches: tuple[Match, ...] = ()
    is_urgent: bool = False
    is_set_aside: bool = False


UNKNOWN = Known()


@dataclass(slots=True)
class Alerts:
    """How many contents alert: a front end shows these figures as they grow.

    Args:
        exact: Contents with a digest that a set alerts on.
        categorised: Those among them that a set puts into a category.
        near: Contents that resemble what a set alerts on, and are not among the exact ones.
    """

    exact: int = 0
    categorised: int = 0
    near: int = 0

    @property
    def total(self) -> int:
        """How many contents alert, by a digest or by a fingerprint."""
        return self.exact + self.near

    def text(self) -> str:
        """Return the announcement, empty where there is nothing to announce."""
        if not self.total:
            return ""
        if not self.exact:
            said = "content resembles" if self.near == 1 else "contents resemble"
            return f"ALERT: {self.near} {said} what hash sets hold"
        said = "content matches" if self.exact == 1 else "contents match"
        text = f"ALERT: {self.exact} {said} hash sets ({self.categorised} of them categorised)"
        if self.near:
            text += f", {self.near} more resemble{'s' if self.near == 1 else ''} what they hold"
        return text


@dataclass(slots=True)
class _Alerting:
    exact: set[bytes] = field(default_factory=set)
    categorised: set[bytes] = field(default_factory=set)
    near: set[bytes] = field(default_factory=set)


class Matching:
    """The hash sets of a run, asked in batches."""

    def __init__(self, matcher: Matcher | None, *, decode_known_good: bool) -> None:
        """Make ready.

        Args:
            matcher: The hash sets; ``None`` where none are in use.
            decode_known_good: Whether known-good contents are decoded like any other.
        """
        self._matcher, self._decodes_good = matcher, decode_known_good
        self._alerting = _Alerting()
        self.alerts = Alerts()

    @property
    def resembles(self) -> bool:
        """Whether fingerprints are to be given to ``near``."""
        return self._matcher is not None and self._matcher.resembles

    def exact(self, contents: Sequence[Digests]) -> list[Known]:
        """Look contents up by their digests, in one go."""
        if self._matcher is None or not contents:
            return [UNKNOWN] * len(contents)
        return [self._known(found) if found else UNKNOWN for found in self._matcher.exact(contents)]

    def near(self, contents: Sequence[HashedContent]) -> list[Match]:
        """Compare contents by their fingerprints, in one go."""
        if self._matcher is None or not contents:
            return []
        matches = [match for found in self._matcher.near(contents) for match in found]
        self.count(matches)
        return matches

    def count(self, matches: Iterable[Match]) -> None:
        """Count the contents that alert; those of an earlier session are given first."""
        alerting = self._alerting
        for match in matches:
            sha256 = match.content_sha256
            if match.alerts:
                (alerting.exact if match.is_exact else alerting.near).add(sha256)
            if match.is_exact and match.is_category:
                alerting.categorised.add(sha256)
        self.alerts.exact = len(alerting.exact)
        self.alerts.categorised = len(alerting.exact & alerting.categorised)
        self.alerts.near = len(alerting.near - alerting.exact)

    def _known(self, matches: tuple[Match, ...]) -> Known:
        said = verdict(matches)
        if said.alerts_exact:
            self.count(matches)
        is_good = said.settled == "known_good" and not self._decodes_good
        return Known(matches, is_urgent=said.alerts_exact, is_set_aside=is_good)
