"""What may be chosen of unknown children: kinds of clue, results, a clock. No Django here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "victim-catalogue"


@dataclass(frozen=True, slots=True)
class Code:
    """One thing that can be chosen.

    Args:
        code: What is stored, never changed.
        label: What people read.
    """

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class DatabaseAnswer:
    """What a database of series says.

    Args:
        code: What is stored, never changed.
        label: What people read.
        has_reference: Whether a reference belongs to it.
    """

    code: str
    label: str
    has_reference: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The lists of one country or force, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        notice: What to know before relying on them.
        answer_days: Days in which an answer to an enquiry is expected.
        sexes: Of a child, as it appears.
        databases: What a national or international database says of a series.
        clue_kinds: What a clue is.
        reliabilities: How reliable a clue is.
        results: What an answer came to.
    """

    scheme: str
    version: int
    notice: str
    answer_days: int
    sexes: tuple[Code, ...]
    databases: tuple[DatabaseAnswer, ...]
    clue_kinds: tuple[Code, ...]
    reliabilities: tuple[Code, ...]
    results: tuple[Code, ...]

    @property
    def name(self) -> str:
        """As records name the version that they were kept under."""
        return f"{self.scheme}-{self.version}"

    def answer_due_at(self, sent_at: datetime) -> datetime:
        """Return by when an answer to what was sent is expected."""
        return sent_at + timedelta(days=self.answer_days)


@lru_cache(maxsize=32)
def catalogue(name: str) -> Catalogue:
    """Return the lists that a record was kept under."""
    return law_read(_KIND, name, Catalogue)


@lru_cache(maxsize=1)
def current_catalogue() -> Catalogue:
    """Return the lists of new records."""
    return catalogue(settings.text("POLIT_VICTIM_CATALOGUE", "england-wales-1"))


def label_of(codes: tuple[Code, ...] | tuple[DatabaseAnswer, ...], code: str) -> str:
    """Return the words of a code; an unknown one stands for itself."""
    return next((each.label for each in codes if each.code == code), code)


def check_code(codes: tuple[Code, ...] | tuple[DatabaseAnswer, ...], code: str, what: str) -> None:
    """Refuse a code that a list does not have.

    Raises:
        UsageError: There is none.
    """
    if all(each.code != code for each in codes):
        raise UsageError(f"{what}: there is no {code!r}: choose one of the list")
