"""What is served and disclosed, as it is given, and how versions differ. No Django here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import Access, Role, Scope
from polit.web.court.rules import DISCLOSERS

READERS = DISCLOSERS
"""Who reads schedules, the management document and the viewing log of their cases."""
WRITERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who schedules material, serves, and keeps the viewing log."""
SENSITIVE_READERS = WRITERS
"""Who reads sensitive material, and the report that may name it."""
OPINERS = frozenset({Role.EXAMINER})
"""Who says whether something was accessible: it is an examiner's opinion, in their own name."""
READING = Access(Scope.CASE, read=READERS)
LISTING = Access(Scope.ROLE, read=READERS)
WRITING = Access(Scope.CASE, read=WRITERS, write=WRITERS)
SENSITIVE = Access(Scope.CASE, read=SENSITIVE_READERS)
OPINING = Access(Scope.CASE, read=OPINERS, write=OPINERS)
MOST_LINES = 1_000_000
_RANGE = re.compile(r"([0-9]{1,7})(?:\s*-\s*([0-9]{1,7}))?", re.ASCII)

IMAGE_COLUMNS = (
    "Exhibits", "Copies", "SHA-256", "Kind", "Category", "Created", "Modified", "Downloaded",
    "Where found", "Live or deleted", "Accessible", "Opinion of", "Count",
)  # fmt: skip
ITEM_COLUMNS = ("Description", "Where held", "Exhibit", "Reviewed by", "Reviewed on", "Decision",
                "Reason")  # fmt: skip
REPORT_COLUMNS = ("Schedule", "Item", *ITEM_COLUMNS)
TEXT_COLUMNS = ("Text",)
COLUMN = {name: place for place, name in enumerate(IMAGE_COLUMNS)}
"""Where a cell of an image's line stands."""


class Accessible(StrEnum):
    """What an examiner thinks of whether the user of a device could get at something.

    Not the same as live or deleted: a live file may lie where nobody looks, and a deleted one be
    within reach of who has the tool.
    """

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"

    @property
    def label(self) -> str:
        """The opinion in words."""
        return {"yes": "Accessible", "no": "Not accessible", "unclear": "Cannot be said"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a schedule.

    Args:
        number: From 1; it stays with its key in later versions, and is never given again.
        key: What the line is about, once in a schedule.
        cells: In the order of the schedule's columns.
    """

    number: int
    key: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that stands otherwise; ``columns`` are the places of the cells that differ."""

    number: int
    before: int
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """What a version has otherwise than the one before it.

    Args:
        added: Numbers of its lines that the earlier one has not.
        removed: Numbers of the earlier one's lines that it has not.
        changed: Lines of both that differ.
    """

    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    changed: tuple[Changed, ...] = ()

    @property
    def are_none(self) -> bool:
        """Whether both versions say the same."""
        return not (self.added or self.removed or self.changed)


def differences(before: Sequence[Line], after: Sequence[Line]) -> Differences:
    """Return what a later version has otherwise, by the lines' keys."""
    old = {line.key: line for line in before}
    new = {line.key: line for line in after}
    both = (key for key in new if key in old)
    changed = (
        Changed(new[key].number, old[key].number, _columns(old[key], new[key])) for key in both
    )
    return Differences(
        tuple(sorted(line.number for key, line in new.items() if key not in old)),
        tuple(sorted(line.number for key, line in old.items() if key not in new)),
        tuple(sorted((each for each in changed if each.columns), key=lambda each: each.number)),
    )


def _columns(old: Line, new: Line) -> tuple[int, ...]:
    if len(old.cells) != len(new.cells):
        return tuple(range(len(new.cells)))
    pairs = enumerate(zip(old.cells, new.cells, strict=True))
    return tuple(place for place, (was, now) in pairs if was != now)


def numbered(
    keyed: Iterable[tuple[str, tuple[str, ...]]], known: Mapping[str, int], last: int
) -> tuple[Line, ...]:
    """Return lines with their numbers, sorted by them.

    Args:
        keyed: Keys, each once, and cells in the order in which new lines get numbers.
        known: The numbers that earlier versions gave to keys.
        last: The greatest number that any version gave.
    """
    found = []
    for key, cells in keyed:
        number = known.get(key, 0)
        if not number:
            last += 1
            number = last
        found.append(Line(number, key, cells))
    return tuple(sorted(found, key=lambda line: line.number))


def summary(lines: Iterable[Line]) -> list[tuple[str, str, str, int]]:
    """Return how many images there are by category, kind and exhibits, sorted."""
    counts: dict[tuple[str, str, str], int] = {}
    for line in lines:
        cells = line.cells
        exhibits = re.sub(r" \([0-9]+\)(?=\n|$)", "", cells[COLUMN["Exhibits"]])
        where = ", ".join(exhibits.split("\n"))
        key = (cells[COLUMN["Category"]], cells[COLUMN["Kind"]], where)
        counts[key] = counts.get(key, 0) + 1
    return [(*key, counts[key]) for key in sorted(counts)]


def numbers_of(text: str) -> list[tuple[int, int]]:
    """Return the ranges that a text such as ``1-40, 57`` names, both ends included.

    Raises:
        UsageError: It is none.
    """
    found = []
    for part in (each.strip() for each in text.replace("\n", ",").split(",")):
        if not part:
            continue
        match = _RANGE.fullmatch(part)
        if match is None:
            raise UsageError("write numbers of lines and ranges of them: 1-40, 57")
        first = int(match[1])
        last = int(match[2] or match[1])
        if not 1 <= first <= last:
            raise UsageError(f"{part}: a range goes from a number to one that is not smaller")
        found.append((first, last))
    if not found:
        raise UsageError("write numbers of lines and ranges of them: 1-40, 57")
    return found


def lines_chosen(lines: Sequence[Line], text: str) -> tuple[Line, ...]:
    """Return the lines that a text names.

    Raises:
        UsageError: It names none, or a number at the end of a range that no line has.
    """
    ranges = numbers_of(text)
    there = {line.number for line in lines}
    missing = [end for pair in ranges for end in pair if end not in there]
    if missing:
        raise UsageError(f"the draft has no line {missing[0]}: look at its numbers")
    return tuple(
        line for line in lines if any(first <= line.number <= last for first, last in ranges)
    )


@dataclass(frozen=True, slots=True)
class GivenService:
    """How a schedule is served.

    Args:
        served_to: Whom.
        served_at: When.
        means: A code of the means.
        seen: The mark of the draft that was looked at; ``None`` where nobody looked.
    """

    served_to: str
    served_at: datetime
    means: str
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class GivenOpinion:
    """What an examiner thinks of lines of a draft.

    Args:
        lines: Their numbers, as ``1-40, 57``.
        accessible: Whether the user could get at it.
        why: The grounds.
        opined_on: The day of the opinion.
        downloaded_on: The day on which it was downloaded, where the examiner says so: no file
            system keeps it.
        seen: The mark of the draft that was looked at.
    """

    lines: str
    accessible: Accessible
    why: str
    opined_on: date
    downloaded_on: date | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class GivenSupport:
    """Which count of the indictment lines of a draft support; ``charge_id`` of ``None`` none."""

    lines: str
    charge_id: UUID | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class GivenUnused:
    """An item of unused material.

    Args:
        schedule: A code of a schedule that lists items.
        description: What it is, in words that name no child.
        held_where: Where it is held.
        exhibit_id: An exhibit of the case that it is, or lies in.
        reviewed_by: Who reviewed it; empty for nobody yet.
        reviewed_on: On which day.
        decision: A code of the decisions; empty for none yet.
        why: The reason of the decision.
    """

    schedule: str
    description: str
    held_where: str
    exhibit_id: UUID | None = None
    reviewed_by: str = ""
    reviewed_on: date | None = None
    decision: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class GivenViewing:
    """A supervised viewing by the defence.

    Args:
        viewer: Who viewed.
        role: As what, such as defence expert.
        firm: Of which firm.
        instructed_by: On whose instruction.
        supervised_by: The officer who was there.
        where: The place.
        from_at: When it began.
        to_at: When it ended.
        conditions: Such as no copies.
        undertaken_on: The day on which the undertaking was signed.
        served_id: The version of a schedule that was viewed.
        exhibits: Exhibits of the case that were viewed.
        noted: What was noted.
    """

    viewer: str
    role: str
    firm: str
    instructed_by: str
    supervised_by: str
    where: str
    from_at: datetime
    to_at: datetime
    conditions: str
    undertaken_on: date
    served_id: UUID | None = None
    exhibits: tuple[UUID, ...] = field(default=())
    noted: str = ""


def check_writes(roles: frozenset[Role]) -> None:
    """Refuse whoever may not schedule, serve and log.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & WRITERS:
        raise AuthorityError("your roles do not allow to keep disclosure: ask an investigator")


def check_opines(roles: frozenset[Role]) -> None:
    """Refuse whoever is no examiner.

    Raises:
        AuthorityError: They are none.
    """
    if not roles & OPINERS:
        raise AuthorityError("whether something was accessible is an examiner's opinion")


def check_said(**texts: str) -> None:
    """Refuse texts that say nothing.

    Raises:
        UsageError: One does.
    """
    for name, text in texts.items():
        if not text.strip():
            raise UsageError(f"say {name.replace('_', ' ')}")


def check_opinion_days(given: GivenOpinion, today: date) -> None:
    """Refuse days that are not in order.

    Raises:
        UsageError: The opinion lies ahead, or before the download that it speaks of.
    """
    if given.opined_on > today:
        raise UsageError("an opinion that lies ahead was not given: check the day")
    if given.downloaded_on is not None and given.downloaded_on > given.opined_on:
        raise UsageError("the opinion lies before the download: check the two days")


def check_unused(given: GivenUnused, today: date) -> None:
    """Refuse an item whose facts do not go together.

    Raises:
        UsageError: It is not described, a decision has no reviewer, day or reason, or the day
            lies ahead.
    """
    check_said(what_it_is=given.description, where_it_is_held=given.held_where)
    reviewed = (given.reviewed_by.strip(), given.reviewed_on, given.decision)
    if any(reviewed) and not all(reviewed):
        raise UsageError("a review has who, when and the decision: give all three, or none")
    if given.decision and not given.why.strip():
        raise UsageError("say why it was decided so")
    if given.reviewed_on is not None and given.reviewed_on > today:
        raise UsageError("a review that lies ahead was not made: check the day")


def check_viewing(given: GivenViewing, now: datetime, undertaken_by: date) -> None:
    """Refuse a viewing whose facts do not go together.

    Args:
        given: The viewing.
        now: The present.
        undertaken_by: The day of its beginning, in the force's zone.

    Raises:
        UsageError: It names nobody or nothing, ends before it begins or lies ahead, or the
            undertaking was signed after it began.
    """
    check_said(
        who_viewed=given.viewer, as_what=given.role, of_which_firm=given.firm,
        on_whose_instruction=given.instructed_by, who_supervised=given.supervised_by,
        where=given.where, the_conditions=given.conditions,
    )  # fmt: skip
    if given.to_at <= given.from_at:
        raise UsageError("a viewing ends after it begins: check the two times")
    if given.to_at > now:
        raise UsageError("a viewing is logged once it is over: check the times")
    if given.undertaken_on > undertaken_by:
        raise UsageError("the undertaking is signed before the viewing: check the day")
    if given.served_id is None and not given.exhibits:
        raise UsageError("say what was viewed: the version of a schedule, or exhibits")
