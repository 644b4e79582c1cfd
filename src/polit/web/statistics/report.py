"""What one run counted, as it is kept and shown again. No Django here."""

from dataclasses import dataclass, field

import msgspec

from polit.web.statistics.rules import Spread

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure.

    Args:
        key: Its code.
        label: Its words.
        value: The number.
        rule: By which rule.
        sql: The query whose rows are the records counted.
        parameters: What stands for its placeholders, as text.
    """

    key: str
    label: str
    value: int
    rule: str
    sql: str = ""
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Figures beside another one: by kind, by source.

    Args:
        key: Its code.
        title: What it is.
        rule: By which rule.
        rows: Words and numbers.
    """

    key: str
    title: str
    rule: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, and for how long.

    Args:
        key: Its code.
        label: What waits.
        rule: By which rule.
        count: How many.
        ages: Groups of ages with how many.
        oldest_days: Whole days that the oldest waits; ``None`` where none does.
    """

    key: str
    label: str
    rule: str
    count: int
    ages: tuple[tuple[str, int], ...]
    oldest_days: int | None


@dataclass(frozen=True, slots=True)
class StageDays:
    """How long cases took to reach a stage.

    Args:
        code: The stage.
        label: Its words.
        since: The words of the stages that the days count from.
        spread: How they are spread; ``None`` where no case reached it in the period.
        groups: Groups of lengths with how many.
    """

    code: str
    label: str
    since: str
    spread: Spread | None
    groups: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RoleLoad:
    """Open cases by what officers do.

    Args:
        role: The role in words.
        officers: How many hold it and are in an open case.
        cases: How many open cases have one of them; ``None`` where it is withheld.
    """

    role: str
    officers: int
    cases: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """All that one run counted."""

    version: int
    figures: tuple[Counted, ...]
    breakdowns: tuple[Breakdown, ...] = ()
    backlogs: tuple[Backlog, ...] = ()
    stages: tuple[StageDays, ...] = ()
    teams: tuple[tuple[str, int], ...] = ()
    roles: tuple[RoleLoad, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def value_of(self, key: str) -> int | None:
        """Return the number of a figure, ``None`` where the run did not count it."""
        return next((each.value for each in self.figures if each.key == key), None)


def report_text(report: Report) -> str:
    """Return a report as JSON."""
    return msgspec.json.encode(report).decode()


def report_read(text: str) -> Report:
    """Return the report that ``report_text`` wrote."""
    return msgspec.json.decode(text, type=Report)
