"""Kinds of identifiers, from a versioned file of law, and when two are the same. No Django here."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "identifier-kinds"


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind of identifier.

    Args:
        code: What is stored, never changed.
        label: What people read.
        compared_as: How two are compared: digits of a telephone number, letters and digits of a
            code, or text without regard to case.
        has_service: Whether it means something at a named service alone.
    """

    code: str
    label: str
    compared_as: Literal["phone", "code", "text"]
    has_service: bool


@dataclass(frozen=True, slots=True)
class IdentifierScheme:
    """The kinds of one country, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        country_calling_code: What a telephone number with one leading zero belongs to.
        entries: The kinds, in the order in which they are offered.
    """

    scheme: str
    version: int
    country_calling_code: str
    entries: tuple[IdentifierKind, ...]

    def kind(self, code: str) -> IdentifierKind:
        """Return a kind.

        Raises:
            UsageError: There is none of this code.
        """
        found = next((each for each in self.entries if each.code == code), None)
        if found is None:
            raise UsageError(f"no kind of identifier is called {code!r}")
        return found

    def label_of(self, code: str) -> str:
        """Return the words of a code; an unknown code stands for itself."""
        return next((each.label for each in self.entries if each.code == code), code)

    def key(self, code: str, value: str) -> str:
        """Return the form of a value in which two that mean the same are equal.

        Raises:
            UsageError: There is no such kind.
        """
        compared_as = self.kind(code).compared_as
        text = unicodedata.normalize("NFKC", value).casefold().strip()
        if compared_as == "phone":
            return _phone_key(text, self.country_calling_code)
        if compared_as == "code":
            return "".join(char for char in text if char.isalnum())
        return text


def service_key(service: str) -> str:
    """Return the form of a service's name in which two that mean the same are equal."""
    return unicodedata.normalize("NFKC", service).casefold().strip()


@lru_cache(maxsize=32)
def identifier_scheme(scheme: str, version: int) -> IdentifierScheme:
    """Return a scheme that an identifier was kept under."""
    return law_read(_KIND, f"{scheme}-{version}", IdentifierScheme)


@lru_cache(maxsize=1)
def current_identifiers() -> IdentifierScheme:
    """Return the scheme that new identifiers are kept under."""
    name = settings.text("POLIT_IDENTIFIER_KINDS", "england-wales-1")
    return law_read(_KIND, name, IdentifierScheme)


def _phone_key(text: str, calling_code: str) -> str:
    """Return a number's digits with its country: ``+44 (0)7700…`` is ``07700…``."""
    is_international = text.startswith(("+", "00"))
    # The zero in brackets is dialled at home alone.
    digits = "".join(char for char in text.replace("(0)", "") if char.isdecimal())
    if is_international:
        return digits.removeprefix("00")
    if digits.startswith("0"):
        return calling_code + digits[1:]
    return digits
