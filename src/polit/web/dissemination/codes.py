"""What an exchange may name: authorities, handling codes, means, results. No Django here."""

from dataclasses import dataclass
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "exchange-codes"


@dataclass(frozen=True, slots=True)
class Code:
    """One thing that can be chosen.

    Args:
        code: What is stored, never changed.
        label: What people read.
        needs_conditions: Of a handling code, whether conditions in words belong to it.
    """

    code: str
    label: str
    needs_conditions: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeCodes:
    """The codes of one country or force, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        notice: What to know before relying on them.
        authorities: By which authority, or on which legal basis, something is exchanged.
        handling: How it may be handled by whoever receives it.
        means: By what it travels.
        results: What an answer came to.
    """

    scheme: str
    version: int
    notice: str
    authorities: tuple[Code, ...]
    handling: tuple[Code, ...]
    means: tuple[Code, ...]
    results: tuple[Code, ...]

    @property
    def name(self) -> str:
        """As exchanges name the scheme that they were kept under."""
        return f"{self.scheme}-{self.version}"


@lru_cache(maxsize=32)
def exchange_codes(name: str) -> ExchangeCodes:
    """Return the codes that an exchange was kept under."""
    return law_read(_KIND, name, ExchangeCodes)


@lru_cache(maxsize=1)
def current_codes() -> ExchangeCodes:
    """Return the codes of new exchanges."""
    return exchange_codes(settings.text("POLIT_EXCHANGE_CODES", "england-wales-1"))


def label_of(codes: tuple[Code, ...], code: str) -> str:
    """Return the words of a code; an unknown one stands for itself."""
    return next((each.label for each in codes if each.code == code), code)


def code_of(codes: tuple[Code, ...], code: str, *, what: str) -> Code:
    """Return a code.

    Raises:
        UsageError: There is none of that name.
    """
    for each in codes:
        if each.code == code:
            return each
    raise UsageError(f"{what}: there is no {code!r}: choose one of the list")
