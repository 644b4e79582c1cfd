"""What happens in the synthetic force: an exact plan, the same each time. No Django here.

Three stretches of time carry the figures. The year from 1 June 2018 to 31 May 2019 is the first
and the second, calendar 2019 the second and the third; so the figures of both hold by making.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
FIRST_DAY, LAST_DAY = date(2018, 6, 1), date(2019, 12, 31)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time and what is counted in it.

    Args:
        code: A letter, which begins the references of its cases.
        begins: Its first local day.
        ends: Its last local day.
        warrants: Warrants first executed in it.
        arrests: Arrests.
        children: Children first protected in it.
        devices: Computers, phones and storage devices seized in it.
    """

    code: str
    begins: date
    ends: date
    warrants: int
    arrests: int
    children: int
    devices: int

    def instant(self, share: float, hour: int, minute: int) -> datetime:
        """Return an instant at a share (0 to 1) of the stretch, at a local time of day, in UTC."""
        days = (self.ends - self.begins).days
        return local(self.begins + timedelta(days=int(share * days)), hour, minute)


STRETCHES = (
    Stretch("A", FIRST_DAY, date(2018, 12, 31), 109, 44, 110, 757),
    Stretch("B", date(2019, 1, 1), date(2019, 5, 31), 95, 40, 100, 680),
    Stretch("C", date(2019, 6, 1), LAST_DAY, 145, 64, 212, 1003),
)
"""Together 204 and 240 warrants, 84 and 104 arrests, 210 and 312 children; 1,437 devices."""


@dataclass(frozen=True, slots=True)
class PlannedChild:
    """A child of a case.

    Args:
        key: Names the child throughout the plan; the same key in two cases is the same child.
        acted_at: When the first protective action is taken in this case.
        again_at: When a second one is, ``None`` for none.
        is_identified: Whether it is an identified victim.
        is_counted: Whether this action is the child's first of all.
    """

    key: str
    acted_at: datetime
    again_at: datetime | None
    is_identified: bool
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case with one warrant that is executed.

    Args:
        number: Counts from 1 within its stretch.
        stretch: When its warrant is first executed.
        executed_at: When the warrant is executed, the first time.
        executed_again: Further executions of the same warrant.
        corrected_from: The instant that the execution was first written down with, where that
            was wrong.
        has_failed_first: Whether nobody could get in at a first attempt.
        arrested_at: When the suspect is arrested, ``None`` for not.
        has_withdrawn_arrest: Whether an arrest was recorded that never happened.
        devices: How many devices are seized.
        children: Who is protected.
    """

    number: int
    stretch: Stretch
    executed_at: datetime
    executed_again: tuple[datetime, ...]
    corrected_from: datetime | None
    has_failed_first: bool
    arrested_at: datetime | None
    has_withdrawn_arrest: bool
    devices: int
    children: tuple[PlannedChild, ...]

    @property
    def reference(self) -> str:
        """Its reference, such as ``SYN-A-001``."""
        return f"SYN-{self.stretch.code}-{self.number:03d}"


def local(day: date, hour: int, minute: int) -> datetime:
    """Return a local time of a day as an instant in UTC."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def pick(salt: str, number: int, count: int) -> int:
    """Return a number below ``count`` that looks like chance and is the same each time."""
    digest = hashlib.sha256(f"{salt}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % count


def planned_cases() -> Iterator[PlannedCase]:
    """Return all cases of the plan in the order of their warrants."""
    for stretch in STRETCHES:
        yield from _cases_of(stretch)


def _cases_of(stretch: Stretch) -> Iterator[PlannedCase]:
    children = _children_of(stretch)
    for index in range(stretch.warrants):
        executed_at = _executed_at(stretch, index)
        arrests = _share(stretch.arrests, stretch.warrants, index)
        yield PlannedCase(
            number=index + 1,
            stretch=stretch,
            executed_at=executed_at,
            executed_again=_AGAIN if (stretch.code, index) == _ALL_PREMISES else (),
            corrected_from=_WRONG if (stretch.code, index) == _CORRECTED else None,
            has_failed_first=index % 17 == 5,
            arrested_at=executed_at if arrests else None,
            has_withdrawn_arrest=(stretch.code, index) == _WITHDRAWN,
            devices=_share(stretch.devices, stretch.warrants, index),
            children=children[index],
        )


_ALL_PREMISES, _CORRECTED, _WITHDRAWN = ("A", 100), ("A", 105), ("B", 10)
_AGAIN = (local(date(2019, 1, 9), 7, 5), local(date(2019, 2, 20), 6, 50))
"""The second and third premises of one warrant: executions, and no further warrants executed."""
_WRONG = local(date(2019, 1, 2), 7, 30)
"""Written down for January, corrected to December: the warrant belongs to the stretch before."""
_MERGED, _IN_TWO_CASES = "merged-child", "child-of-two-cases"


def _executed_at(stretch: Stretch, index: int) -> datetime:
    """Return when a warrant is executed: the first and last at the edges of their stretch."""
    if index == 0:
        return local(stretch.begins, 0, 0)
    if index == stretch.warrants - 1:
        return local(stretch.ends, 23, 59)
    share = index / (stretch.warrants - 1)
    return stretch.instant(share, 6 + pick("hour", index, 4), pick("minute", index, 60))


def _children_of(stretch: Stretch) -> list[tuple[PlannedChild, ...]]:
    """Return the children of each case of a stretch; its own number of them is counted."""
    guests = _GUESTS.get(stretch.code, ())
    hosts = dict(guests)
    own = stretch.children - sum(child.is_counted for _index, child in guests)
    found = []
    for index in range(stretch.warrants):
        count = _share(own, stretch.warrants, index)
        mine = [_child(stretch, index, number) for number in range(count)]
        found.append((*mine, *([hosts[index]] if index in hosts else [])))
    return found


def _child(stretch: Stretch, index: int, number: int) -> PlannedChild:
    executed_at = _executed_at(stretch, index)
    # Never after the stretch: it is counted in it.
    last = local(stretch.ends, 23, 59)
    acted_at = min(executed_at + timedelta(hours=3 + 20 * number), last)
    key = f"{stretch.code}-{index + 1}-{number + 1}"
    is_again = pick("again", index * 7 + number, 3) == 0
    again_at = acted_at + timedelta(days=40) if is_again else None
    if again_at is not None and again_at > local(LAST_DAY, 23, 0):
        again_at = None
    return PlannedChild(key, acted_at, again_at, pick("identified", index * 7 + number, 5) == 0)


def _guest(key: str, day: date, *, is_counted: bool) -> PlannedChild:
    return PlannedChild(key, local(day, 15, 30), None, is_identified=False, is_counted=is_counted)


_GUESTS = {
    "A": (
        (20, _guest(_IN_TWO_CASES, date(2018, 7, 20), is_counted=True)),
        (70, _guest(_MERGED + "-first", date(2018, 10, 30), is_counted=True)),
    ),
    "B": ((50, _guest(_MERGED + "-second", date(2019, 4, 2), is_counted=False)),),
    "C": ((60, _guest(_IN_TWO_CASES, date(2019, 9, 12), is_counted=False)),),
}
"""A child of two cases; and a child recorded twice, whose two records are merged in the end."""
MERGED_KEYS = (_MERGED + "-first", _MERGED + "-second")


def _share(total: int, parts: int, index: int) -> int:
    """Return how much of a total falls to a part, so that all parts make the total."""
    return total * (index + 1) // parts - total * index // parts
