"""Kinds of offence, from a versioned file of law. No Django here."""

from dataclasses import dataclass
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "offence-types"


@dataclass(frozen=True, slots=True)
class OffenceType:
    """One kind of offence.

    Args:
        code: What is stored, never changed.
        label: What people read.
        statute: The act and section.
    """

    code: str
    label: str
    statute: str


@dataclass(frozen=True, slots=True)
class OffenceScheme:
    """The kinds of offence of one country, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        entries: The kinds, in the order in which they are offered.
    """

    scheme: str
    version: int
    entries: tuple[OffenceType, ...]

    def label_of(self, code: str) -> str:
        """Return the words of a code; an unknown code stands for itself."""
        return next((each.label for each in self.entries if each.code == code), code)


@lru_cache(maxsize=32)
def offence_scheme(scheme: str, version: int) -> OffenceScheme:
    """Return a scheme that a case was kept under."""
    return law_read(_KIND, f"{scheme}-{version}", OffenceScheme)


@lru_cache(maxsize=1)
def current_offences() -> OffenceScheme:
    """Return the scheme that new cases are kept under."""
    name = settings.text("POLIT_OFFENCE_TYPES", "england-wales-1")
    return law_read(_KIND, name, OffenceScheme)


def check_offences(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return kinds of offence once each, in the scheme's order.

    Raises:
        UsageError: One is not in the scheme that is in use.
    """
    known = [each.code for each in current_offences().entries]
    unknown = sorted(set(codes) - set(known))
    if unknown:
        raise UsageError(f"no kind of offence is called {unknown[0]!r}")
    return tuple(code for code in known if code in codes)
