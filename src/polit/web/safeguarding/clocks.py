"""How long safeguarding tasks may take, from a versioned file of law. No Django here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "clocks"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way in which a task may end.

    Args:
        code: What is stored, never changed.
        label: What people read.
    """

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind of task and its time.

    Args:
        code: The kind, never changed.
        label: What people read.
        hours: From when it is raised to when it is due.
        outcomes: How it may end, in the order in which they are offered.
    """

    code: str
    label: str
    hours: int
    outcomes: tuple[Outcome, ...]

    def due_at(self, raised_at: datetime) -> datetime:
        """Return when a task that was raised at an instant is due."""
        return raised_at + timedelta(hours=self.hours)

    def outcome_label(self, code: str) -> str:
        """Return the words of an outcome; an unknown one stands for itself."""
        return next((each.label for each in self.outcomes if each.code == code), code)

    def check_outcome(self, code: str) -> str:
        """Return an outcome's code.

        Raises:
            UsageError: No task of this kind ends so.
        """
        if code not in {each.code for each in self.outcomes}:
            raise UsageError(f"{self.label}: no outcome is called {code!r}: choose one of the list")
        return code


@dataclass(frozen=True, slots=True)
class ClockScheme:
    """The clocks of one country or force, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        notice: What to know before relying on its figures.
        entries: One for each kind of task.
    """

    scheme: str
    version: int
    notice: str
    entries: tuple[Clock, ...]

    @property
    def name(self) -> str:
        """As tasks name the scheme that they run by."""
        return f"{self.scheme}-{self.version}"

    def clock(self, code: str) -> Clock:
        """Return the clock of a kind of task.

        Raises:
            UsageError: The file has none.
        """
        for each in self.entries:
            if each.code == code:
                return each
        raise UsageError(f"{_KIND}/{self.name}.json has no clock for {code!r}: add it")


@lru_cache(maxsize=32)
def clock_scheme(name: str) -> ClockScheme:
    """Return the scheme that a task was raised under."""
    return law_read(_KIND, name, ClockScheme)


@lru_cache(maxsize=1)
def current_clocks() -> ClockScheme:
    """Return the scheme that new tasks run by."""
    return clock_scheme(settings.text("POLIT_CLOCKS", "england-wales-1"))
