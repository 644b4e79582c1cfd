"""What matching spared: how many of the media files were settled, grouped, and are left to view.

Every file of an exhibit that is a picture or a video is counted in exactly one place, so that the
places add up to all of them. Imported by the rooms above.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from polit.match.matcher import Verdict
from polit.match.near_hits import MAX_THRESHOLD_BITS
from polit.match.stacks import Stack, Stackable, stacks_of

PER = 1000
KNOWN_GOOD, CATEGORISED = "known_good", "categorised"


@dataclass(frozen=True, slots=True)
class Effect:
    """Counts of files, each file once: the first six add up to ``media_files``.

    Args:
        media_files: Pictures and videos by their names on the exhibit, copies included.
        known_good: Settled by a digest that is known to be harmless.
        categorised: Settled by a digest whose category others have decided.
        exact_copies: The second, third … of a content that is not settled.
        near_copies: Alike enough to stand in a stack behind another content.
        alerts_to_view: Contents that alert and are not settled; none stands behind another.
        others_to_view: Stacks, and contents that nothing is like.
        not_decoded: How many of those to view could not be decoded, or were not.
        alerts_exact: How many contents a digest alerts of, settled or not.
        alerts_near: How many contents a fingerprint alone alerts of.
    """

    media_files: int
    known_good: int
    categorised: int
    exact_copies: int
    near_copies: int
    alerts_to_view: int
    others_to_view: int
    not_decoded: int
    alerts_exact: int
    alerts_near: int

    @property
    def left_to_view(self) -> int:
        """What is left for people to look at."""
        return self.alerts_to_view + self.others_to_view

    @property
    def settled(self) -> int:
        """Files that nobody need look at."""
        return self.known_good + self.categorised

    @property
    def accounted(self) -> int:
        """The sum of all places; it equals ``media_files``."""
        return self.settled + self.exact_copies + self.near_copies + self.left_to_view

    @property
    def views_per_1000(self) -> int:
        """What is left to view of 1,000 media files, rounded up; 1,000 without matching."""
        return -(-PER * self.left_to_view // self.media_files) if self.media_files else 0


@dataclass(frozen=True, slots=True)
class Report:
    """The effect, and the stacks that are left to view beside what alerts."""

    effect: Effect
    stacks: tuple[Stack, ...]


@dataclass(slots=True)
class _Counts:
    """What is gathered on the way through the contents."""

    media_files: int = 0
    known_good: int = 0
    categorised: int = 0
    exact_copies: int = 0
    alerts_to_view: int = 0
    not_decoded: int = 0
    alerts_exact: int = 0
    alerts_near: int = 0
    stacked: int = 0

    def passed(
        self, media: Iterable[Stackable], verdicts: Mapping[bytes, Verdict]
    ) -> Iterator[Stackable]:
        """Yield what is to be stacked, counting all on the way: nothing is held."""
        for one in media:
            if self._add(one, verdicts.get(one.sha256)):
                self.stacked += 1
                yield one

    def _add(self, one: Stackable, verdict: Verdict | None) -> bool:
        """Count a content in its one place, with its copies; tell whether it may stack."""
        self.media_files += one.occurrences
        alerts = verdict is not None and (verdict.alerts_exact or verdict.alerts_near)
        if verdict is not None and alerts:
            self.alerts_exact += verdict.alerts_exact
            self.alerts_near += not verdict.alerts_exact
        if verdict is not None and verdict.settled == KNOWN_GOOD:
            self.known_good += one.occurrences
            return False
        if verdict is not None and verdict.settled == CATEGORISED:
            self.categorised += one.occurrences
            return False
        self.exact_copies += one.occurrences - 1
        self.not_decoded += not one.is_decoded
        self.alerts_to_view += alerts
        return not alerts


def effect_of(
    media: Iterable[Stackable],
    verdicts: Mapping[bytes, Verdict],
    *,
    unread: int = 0,
    threshold_bits: int = MAX_THRESHOLD_BITS,
) -> Report:
    """Count what was settled and grouped, and what is left.

    What alerts and is not settled is never behind another content: it is viewed by itself.

    Args:
        media: The contents that are pictures or videos, each once, with their occurrences.
        verdicts: What follows from their matches, by SHA-256; what is missing matches nothing.
        unread: Files that are pictures or videos but have no digest: left to view, each.
        threshold_bits: How alike pictures of one stack are, 0 to 31.

    Returns:
        The counts, and the stacks of what neither alerts nor is settled.
    """
    counts = _Counts()
    passed = counts.passed(media, verdicts)
    stacks = tuple(stacks_of(passed, threshold_bits=threshold_bits))
    effect = Effect(
        media_files=counts.media_files + unread,
        known_good=counts.known_good,
        categorised=counts.categorised,
        exact_copies=counts.exact_copies,
        near_copies=counts.stacked - len(stacks),
        alerts_to_view=counts.alerts_to_view,
        others_to_view=len(stacks) + unread,
        not_decoded=counts.not_decoded + unread,
        alerts_exact=counts.alerts_exact,
        alerts_near=counts.alerts_near,
    )
    return Report(effect, stacks)
