"""Tools that assess risk, and times to respond by level, from versioned files. No Django here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read
from polit.web.risk.rules import RiskLevel

_TOOLS, _CLOCKS = "risk-tools", "response-clocks"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool whose results are kept.

    Args:
        code: What is stored, never changed.
        label: What people read.
    """

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class ToolScheme:
    """The tools of one force, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        notice: What to know before relying on it.
        entries: In the order in which they are offered.
    """

    scheme: str
    version: int
    notice: str
    entries: tuple[Tool, ...]

    @property
    def name(self) -> str:
        """As assessments name the scheme that they were kept under."""
        return f"{self.scheme}-{self.version}"

    def label_of(self, code: str) -> str:
        """Return the words of a code; an unknown code stands for itself."""
        return next((each.label for each in self.entries if each.code == code), code)

    def check_code(self, code: str) -> str:
        """Return a tool's code.

        Raises:
            UsageError: The file has none of this code.
        """
        if code not in {each.code for each in self.entries}:
            raise UsageError(f"tool: none is called {code!r}: choose one of the list")
        return code


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """How long a response may take at one level.

    Args:
        level: The level.
        days: From the referral until the first warrant's execution or arrest, 24 hours each.
    """

    level: RiskLevel
    days: int


@dataclass(frozen=True, slots=True)
class ResponseScheme:
    """The times of one force, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        notice: What to know before relying on its figures.
        entries: One for each level.
    """

    scheme: str
    version: int
    notice: str
    entries: tuple[ResponseTime, ...]

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.scheme}-{self.version}"

    def days(self, level: RiskLevel) -> int:
        """Return the days of a level.

        Raises:
            UsageError: The file has none.
        """
        for each in self.entries:
            if each.level is level:
                return each.days
        raise UsageError(f"{_CLOCKS}/{self.name}.json has no time for {level.value!r}: add it")

    def due_at(self, level: RiskLevel, since: datetime) -> datetime:
        """Return by when to respond to what waits since an instant."""
        return since + timedelta(days=self.days(level))


@lru_cache(maxsize=32)
def tool_scheme(name: str) -> ToolScheme:
    """Return the scheme that an assessment was kept under."""
    return law_read(_TOOLS, name, ToolScheme)


@lru_cache(maxsize=1)
def current_tools() -> ToolScheme:
    """Return the tools that new assessments name."""
    return tool_scheme(settings.text("POLIT_RISK_TOOLS", "england-wales-1"))


@lru_cache(maxsize=1)
def response_times() -> ResponseScheme:
    """Return the times in use."""
    name = settings.text("POLIT_RESPONSE_CLOCKS", "england-wales-1")
    return law_read(_CLOCKS, name, ResponseScheme)
