"""What an item of a review is, where it stands, and how its number is made. No Django here."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from uuid import UUID

from polit.base.errors import UsageError
from polit.web.matching.rules import Settled, Verdict

PLACE_BITS = 32
"""An item's number is its review set's number, then 32 bits for its place in it."""


MEDIA_MOST = 2
"""Kinds up to this number are pictures and videos."""
FIRST_GENERATION_LEAST = 60
"""From this score on, a device of the case may well have made an item: it comes early."""
LARGE_STACK_ITEMS = 10
"""A stack of so many items comes before single ones: one look says most."""
_BY_DIGEST = 2
"""How a running examination's alert by a digest is told, next to 1 for a likeness."""
NO_DAY = -(1 << 31)
"""In place of a day that nothing tells."""


class ItemState(IntEnum):
    """Where an item stands; its number is kept, and travels to the grid.

    What is settled never enters the queue: a digest settled it, not a person.
    """

    PENDING = 0
    GRADED = 1
    SETTLED = 2
    PROPOSED = 3
    UNSURE = 4
    DISPUTED = 5

    @property
    def label(self) -> str:
        """The state in words."""
        return self.name.capitalize()


class ItemMark(IntFlag):
    """What the grid draws beside a tile; one byte for each item."""

    VIDEO = 1
    STACK = 2
    ALERT = 4
    NEAR = 8
    NO_TILE = 16
    FIRST_GENERATION = 32
    FLAGGED = 64
    PROVISIONAL = 128


class Flag(IntFlag):
    """What a decision notes beside the category; its bit is kept."""

    VICTIM_VISIBLE = 1
    OFFENDER_VISIBLE = 2
    SELF_GENERATED = 4
    PSEUDO_PHOTOGRAPH = 8
    FIRST_GENERATION = 16
    DISTRIBUTION = 32


def place_of(item_id: int) -> int:
    """Return an item's place in its review set, from 1."""
    return item_id & ((1 << PLACE_BITS) - 1)


def item_number(set_number: int, place: int) -> int:
    """Return the number of the item at a place of a review set."""
    return (set_number << PLACE_BITS) | place


class Matter(IntEnum):
    """How much an item matters: the classes of the order of a review, the least number first."""

    ALERT = 1
    LIKE_ALERT = 2
    FIRST_GENERATION = 3
    LIKE_KNOWN = 4
    LARGE = 5
    PLAIN = 6
    UNSEEN = 7
    SETTLED = 8
    ABSENT = 9


@dataclass(frozen=True, slots=True)
class Weighed:
    """What decides how much an item matters.

    Args:
        verdict: A ``Verdict``'s number, 0 for none.
        is_settled: Whether a digest settled it.
        is_present: Whether a package of the case holds it.
        has_tile: Whether there is something of it to be seen.
        is_video: Whether it is a video.
        first_generation: Its score, 0 to 100.
        stack_items: How many items its stack holds.
    """

    verdict: int
    is_settled: bool
    is_present: bool
    has_tile: bool
    is_video: bool
    first_generation: int
    stack_items: int


def matter_of(one: Weighed) -> Matter:
    """Return how much an item matters.

    What alerts exactly comes first, then what resembles an alert, then what a device of the case
    seems to have made, then what resembles a known file, then videos and large stacks, whose one
    look says most; then all others, those without a tile after those with one; what is settled
    comes last, because nobody need look at it. The order says where to look first and never
    what a file is.
    """
    held = ((not one.is_present, Matter.ABSENT), (one.is_settled, Matter.SETTLED))
    told = (
        *held,
        (one.verdict == Verdict.ALERT, Matter.ALERT),
        (one.verdict == Verdict.NEAR_ALERT, Matter.LIKE_ALERT),
        (one.first_generation >= FIRST_GENERATION_LEAST, Matter.FIRST_GENERATION),
        (one.verdict == Verdict.NEAR, Matter.LIKE_KNOWN),
        (one.is_video or one.stack_items >= LARGE_STACK_ITEMS, Matter.LARGE),
        (one.has_tile, Matter.PLAIN),
    )
    return next((matter for is_so, matter in told if is_so), Matter.UNSEEN)


def known_of(sayings: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return what the packages of a case come to on one content: verdict and settled.

    Args:
        sayings: For each package that has a match, a ``Verdict``'s and a ``Settled``'s number.

    Returns:
        The most pressing verdict, 0 where no package has one. What alerts by a digest in one
        package is settled by none that does not alert itself; what matches and is not settled in
        one package is settled in none.
    """
    said = tuple(sayings)
    if not said:
        return 0, 0
    verdict = min(each for each, _ in said)
    heard = [(each, settled) for each, settled in said
             if verdict != Verdict.ALERT or each == Verdict.ALERT]  # fmt: skip
    settled = {settled for _, settled in heard}
    return verdict, 0 if Settled.NOT in settled else max(settled)


def enters_review(alerts: int, *, is_settled: bool) -> bool:
    """Tell whether what a running examination found is to be looked at before its seal.

    What a set settles is not, unless another alerts on the very same content.

    Args:
        alerts: 2 where it alerts by a digest, 1 where it resembles what alerts, else 0.
        is_settled: Whether a set settles it.
    """
    return alerts == _BY_DIGEST or not is_settled


def alert_verdict(alerts: int) -> int:
    """Return the number of the verdict of what alerts so, 0 for none."""
    return {_BY_DIGEST: int(Verdict.ALERT), 1: int(Verdict.NEAR_ALERT)}.get(alerts, 0)


def check_places(places: Iterable[int], *, most: int) -> tuple[int, ...]:
    """Return places of items, each once, in the order in which they came.

    Raises:
        UsageError: There are none, more than ``most``, or one is no place.
    """
    found = tuple(dict.fromkeys(places))
    if not 1 <= len(found) <= most:
        raise UsageError(f"choose from 1 to {most} items")
    if any(not 0 < place < 1 << PLACE_BITS for place in found):
        raise UsageError("an item's place is a number from 1")
    return found


class Queue(StrEnum):
    """What of a case somebody works through."""

    PENDING = "pending"
    UNSURE = "unsure"
    SECOND = "second"
    SAMPLE = "sample"
    PROPOSALS = "proposals"
    MINE = "mine"
    GRADED = "graded"
    ALL = "all"

    @property
    def label(self) -> str:
        """The queue in words."""
        return self.value.capitalize()

    @property
    def is_blind(self) -> bool:
        """Whether nothing may be told of what others decided."""
        return self in {Queue.SECOND, Queue.SAMPLE}

    @property
    def is_blind_to_sets(self) -> bool:
        """Whether nothing may be told of what hash sets say either: it is they who are checked."""
        return self is Queue.SAMPLE


class Sort(StrEnum):
    """By what items are sorted."""

    MATTERS = "matters"
    DATE = "date"
    FOLDER = "folder"
    SIZE = "size"
    LIKENESS = "likeness"

    @property
    def label(self) -> str:
        """The order in words."""
        return _SORT_LABELS[self]


_SORT_LABELS = {
    Sort.MATTERS: "What matters first",
    Sort.DATE: "Oldest first",
    Sort.FOLDER: "By folder",
    Sort.SIZE: "Largest first",
    Sort.LIKENESS: "Nearest to known first",
}


class Size(StrEnum):
    """How large files are, in classes."""

    TINY = "tiny"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    HUGE = "huge"

    @property
    def bounds(self) -> tuple[int, int]:
        """The least size in bytes, and the size that is too large."""
        return _SIZES[self]

    @property
    def label(self) -> str:
        """The class in words."""
        return _SIZE_LABELS[self]


_KB = 1_000
_SIZES = {
    Size.TINY: (0, 20 * _KB),
    Size.SMALL: (20 * _KB, 200 * _KB),
    Size.MEDIUM: (200 * _KB, 2_000 * _KB),
    Size.LARGE: (2_000 * _KB, 20_000 * _KB),
    Size.HUGE: (20_000 * _KB, 1 << 62),
}
_SIZE_LABELS = {
    Size.TINY: "below 20 kB",
    Size.SMALL: "20 to 200 kB",
    Size.MEDIUM: "200 kB to 2 MB",
    Size.LARGE: "2 to 20 MB",
    Size.HUGE: "20 MB and more",
}


@dataclass(frozen=True, slots=True)
class ItemWanted:
    """Which items are wanted, and how they are sorted; ``None`` wants all.

    Args:
        queue: What is worked through.
        exhibit: A package's number.
        kind: A kind's number.
        verdicts: ``Verdict``'s numbers, of which it has one; 0 where nothing matches it.
        state: An ``ItemState``.
        folder: A folder's number: what lies in it and below.
        from_day: The first day, in days since 1970.
        to_day: The last day.
        camera: A camera's number.
        size: A class of sizes.
        grade: The place of a category; 0 for none.
        flag: A flag.
        graded_by: Who decided last.
        is_disputed: Only what officers graded differently.
        lead: A place: all items of its stack alone, each by itself, whatever a drawn queue holds
            of it; 0 for all stacks.
        is_stacked: Whether a stack is shown once.
        sort: By what.
    """

    queue: Queue = Queue.PENDING
    exhibit: int | None = None
    kind: int | None = None
    verdicts: frozenset[int] | None = None
    state: ItemState | None = None
    folder: int | None = None
    from_day: int | None = None
    to_day: int | None = None
    camera: int | None = None
    size: Size | None = None
    grade: int | None = None
    flag: Flag | None = None
    graded_by: UUID | None = None
    is_disputed: bool = False
    lead: int = 0
    is_stacked: bool = True
    sort: Sort = Sort.MATTERS
