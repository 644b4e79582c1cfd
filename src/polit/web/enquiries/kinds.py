"""Kinds of enquiries and their usual answer times, from a versioned file of policy. No Django."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "enquiry-kinds"


@dataclass(frozen=True, slots=True)
class EnquiryKind:
    """One kind of enquiry.

    Args:
        code: What is stored, never changed.
        label: What people read.
        answer_days: After how many days an answer is usually there.
    """

    code: str
    label: str
    answer_days: int

    def due_at(self, sent_at: datetime) -> datetime:
        """Return when an answer to what was sent at an instant is usually there."""
        return sent_at + timedelta(days=self.answer_days)


@dataclass(frozen=True, slots=True)
class EnquiryScheme:
    """The kinds of one force, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        notice: What to know before relying on its figures.
        entries: The kinds, in the order in which they are offered.
    """

    scheme: str
    version: int
    notice: str
    entries: tuple[EnquiryKind, ...]

    def kind(self, code: str) -> EnquiryKind:
        """Return a kind.

        Raises:
            UsageError: There is none of this code.
        """
        found = next((each for each in self.entries if each.code == code), None)
        if found is None:
            raise UsageError(f"no kind of enquiry is called {code!r}: choose one of the list")
        return found

    def label_of(self, code: str) -> str:
        """Return the words of a code; an unknown code stands for itself."""
        return next((each.label for each in self.entries if each.code == code), code)


@lru_cache(maxsize=32)
def enquiry_scheme(scheme: str, version: int) -> EnquiryScheme:
    """Return a scheme that an enquiry was kept under."""
    return law_read(_KIND, f"{scheme}-{version}", EnquiryScheme)


@lru_cache(maxsize=1)
def current_enquiry_kinds() -> EnquiryScheme:
    """Return the scheme that new enquiries are kept under."""
    name = settings.text("POLIT_ENQUIRY_KINDS", "england-wales-1")
    return law_read(_KIND, name, EnquiryScheme)
