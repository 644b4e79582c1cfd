"""Who quarantines and who decides, and how terms are matched. No Django here.

Terms are literal and folded: no pattern language, so that a list means what it says and takes time
linear in the text. What differs only in case, in accents, in signs that cannot be seen or in how
its words are joined ("Roe_and-Partners") matches: too much quarantined is put right by counsel,
too little by nobody.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from polit.base.errors import UsageError
from polit.web.core.rules import CASE_ROLES, Access, Role, Scope
from polit.web.media.rules import PrivilegeState

HOLDERS = CASE_ROLES
"""Whoever comes upon it quarantines it at once; nobody is asked first."""
TERM_WRITERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR, Role.EXAMINER})
COUNSELS = frozenset({Role.COUNSEL})

READING = Access(Scope.CASE, read=CASE_ROLES)
HOLDING = Access(Scope.CASE, read=HOLDERS, write=HOLDERS)
PRESSING = Access(Scope.CASE, write=HOLDERS, consults=False)
"""One press of a button; the act has an audit row of its own."""
WRITING_TERMS = Access(Scope.CASE, read=TERM_WRITERS, write=TERM_WRITERS)
COUNSELLING = Access(Scope.CASE, read=COUNSELS, write=COUNSELS)
ALL_COUNSELLING = Access(Scope.ROLE, read=COUNSELS)

OUTCOMES = (PrivilegeState.PRIVILEGED, PrivilegeState.PARTLY, PrivilegeState.RELEASED)
"""What counsel may decide."""
PRESSED = "May be subject to legal privilege: come upon while working on the case"
"""The reason of one press of the button."""
MOST_TERMS = 200
MOST_TERM_LENGTH = 200
LEAST_TERM_LENGTH = 3
"""Of letters and figures, folded: "law" is the shortest that says anything."""
MOST_DECIDED = 10_000
"""Entries that are chosen, or wait, in one decision; what waits beyond is decided by the next."""
MOST_TOGETHER = 100_000
"""Those with their copies and what lies inside: a large archive is decided on as one."""
_JOINS = re.compile(r"[\s_\-.,+/\\]+")
_END = "\x00"


class HoldKind(StrEnum):
    """How something was quarantined."""

    TERMS = "terms"
    ENTRY = "entry"
    CONTENT = "content"
    EXHIBIT = "exhibit"
    FOLDER = "folder"
    IMPORT = "import"

    @property
    def label(self) -> str:
        """The way in words."""
        return _HOLD_LABELS[self]


_HOLD_LABELS = {
    HoldKind.TERMS: "By the list of terms",
    HoldKind.ENTRY: "An entry, by hand",
    HoldKind.CONTENT: "A content, by hand",
    HoldKind.EXHIBIT: "A whole exhibit, by hand",
    HoldKind.FOLDER: "A folder, by hand",
    HoldKind.IMPORT: "When a package arrived",
}


def fold(text: str) -> str:
    """Return text as it is compared: without case, accents, unseen signs and joins of words."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(
            sign for sign in parts if unicodedata.category(sign) not in {"Mn", "Me", "Cf"}
        )
        text = unicodedata.normalize("NFKC", text.casefold())
    return _JOINS.sub(" ", text.casefold()).replace(_END, " ")


def terms_of(text: str) -> tuple[str, ...]:
    """Return the terms of a list, one a line, each once, in their order.

    Raises:
        UsageError: There are none or too many, or one is too short or too long.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        term = line.strip()
        if term:
            found.setdefault(_checked(term), term)
    if not 1 <= len(found) <= MOST_TERMS:
        raise UsageError(f"terms: enter from 1 to {MOST_TERMS}, one a line")
    return tuple(found.values())


def _checked(term: str) -> str:
    if len(term) > MOST_TERM_LENGTH:
        raise UsageError(f"terms: a term has at most {MOST_TERM_LENGTH} characters")
    folded = fold(term).strip()
    if sum(sign.isalnum() for sign in folded) < LEAST_TERM_LENGTH:
        raise UsageError(
            f"terms: a term has at least {LEAST_TERM_LENGTH} letters or figures, or it would match"
            " everything"
        )
    return folded


@dataclass(frozen=True, slots=True)
class Matcher:
    """Finds terms in many texts at once.

    Args:
        folded: The terms, folded.
    """

    folded: tuple[str, ...]

    def found(self, texts: Sequence[str]) -> list[tuple[int, int]]:
        """Return which texts hold which terms, as pairs of their indexes.

        The texts are searched as one: a term costs one pass, however many texts there are.
        """
        parts = [fold(text) for text in texts]
        whole = _END.join(parts)
        begins = list(accumulate((len(part) + 1 for part in parts), initial=0))
        pairs: list[tuple[int, int]] = []
        for number, term in enumerate(self.folded):
            at = whole.find(term)
            while at >= 0:
                index = bisect_right(begins, at) - 1
                pairs.append((index, number))
                at = whole.find(term, begins[index + 1])
        return pairs


def matcher_of(terms: Iterable[str]) -> Matcher:
    """Return what finds terms."""
    return Matcher(tuple(fold(term).strip() for term in terms))
