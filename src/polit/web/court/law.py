"""Pleas, hearings, verdicts and sentences, from a versioned file. No Django here."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Term:
    """A plea or a kind of hearing: what is stored, and what people read."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a charge ended; ``convicts`` where the defendant is guilty by it."""

    code: str
    label: str
    convicts: bool


@dataclass(frozen=True, slots=True)
class SentenceKind:
    """A part of a sentence; ``unit`` is what it is counted in, empty for none."""

    code: str
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class CourtTerms:
    """The terms of the courts of one country, in one version."""

    scheme: str
    version: int
    notice: str
    pleas: tuple[Term, ...]
    hearings: tuple[Term, ...]
    verdicts: tuple[Verdict, ...]
    sentences: tuple[SentenceKind, ...]

    @property
    def name(self) -> str:
        """As rows name the version that they were recorded under."""
        return f"{self.scheme}-{self.version}"

    def plea(self, code: str) -> Term:
        """Return a plea.

        Raises:
            UsageError: There is none of that code.
        """
        return _found({each.code: each for each in self.pleas}, code, "plea")

    def hearing(self, code: str) -> Term:
        """Return a kind of hearing.

        Raises:
            UsageError: There is none of that code.
        """
        return _found({each.code: each for each in self.hearings}, code, "hearing")

    def verdict(self, code: str) -> Verdict:
        """Return a verdict.

        Raises:
            UsageError: There is none of that code.
        """
        return _found({each.code: each for each in self.verdicts}, code, "verdict")

    def sentence(self, code: str) -> SentenceKind:
        """Return a kind of sentence.

        Raises:
            UsageError: There is none of that code.
        """
        return _found({each.code: each for each in self.sentences}, code, "sentence")


@lru_cache(maxsize=32)
def court_terms(name: str) -> CourtTerms:
    """Return the terms that something was recorded under."""
    return law_read("court", name, CourtTerms)


@lru_cache(maxsize=1)
def current_terms() -> CourtTerms:
    """Return the terms that are in use."""
    return court_terms(settings.text("POLIT_COURT_TERMS", "england-wales-1"))


def _found(entries: dict[str, Entry], code: str, word: str) -> Entry:
    if code not in entries:
        raise UsageError(f"no {word} is called {code!r}: choose one of the list")
    return entries[code]
