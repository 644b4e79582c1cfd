"""Where referrals come from, from a versioned file of policy. No Django here."""

from dataclasses import dataclass
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "referral-sources"


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source.

    Args:
        code: What is stored, never changed.
        label: What people read.
        hint: Who that is; empty for nothing.
    """

    code: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class SourceScheme:
    """The sources of one force, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        notice: What to know before relying on it.
        entries: The sources, in the order in which they are offered.
    """

    scheme: str
    version: int
    notice: str
    entries: tuple[Source, ...]

    def label_of(self, code: str) -> str:
        """Return the words of a code; an unknown code stands for itself."""
        return next((each.label for each in self.entries if each.code == code), code)

    def check_source(self, code: str) -> str:
        """Return a source's code.

        Raises:
            UsageError: There is none of this code.
        """
        if code not in {each.code for each in self.entries}:
            raise UsageError(f"no source is called {code!r}: choose one of the list")
        return code


@lru_cache(maxsize=32)
def source_scheme(scheme: str, version: int) -> SourceScheme:
    """Return a scheme that a referral was kept under."""
    return law_read(_KIND, f"{scheme}-{version}", SourceScheme)


@lru_cache(maxsize=1)
def current_sources() -> SourceScheme:
    """Return the scheme that new referrals are kept under."""
    name = settings.text("POLIT_REFERRAL_SOURCES", "england-wales-1")
    return law_read(_KIND, name, SourceScheme)
