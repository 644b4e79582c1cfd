"""What somebody types, as terms that must all match, and as each database asks for them.

Whatever is typed is a question or none: quotes, stars and the words of a database's own query
language are text. No Django here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from polit.web.search.folding import numbers_of, words_of
from polit.web.search.rules import PREFIX_LENGTH, QUERY_LENGTH, WORDS_MOST

_QUOTES = str.maketrans(dict.fromkeys("“”„«»‟″", '"'))
_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_TYPED_NUMBER = re.compile(r"[0-9+() ./\-\u00a0\u2010-\u2013]+")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand next to each other.

    Args:
        words: Folded.
        is_prefix: Whether the last may go on.
    """

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """Ways in which one part of a question can match: all terms of one of them do."""

    ways: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked.

    Args:
        parts: All must match; none where there is nothing to ask for.
        problem: Why nothing is asked, in words; empty where it is.
    """

    parts: tuple[Alternative, ...]
    problem: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, for what is marked in a hit."""
        return tuple(term for part in self.parts for way in part.ways for term in way)


def question_of(text: str) -> Question:
    """Return what a text asks for: words, ``"phrases"``, ``begin*``; numbers however grouped."""
    if len(text) > QUERY_LENGTH:
        return Question((), f"Search for at most {QUERY_LENGTH} characters.")
    typed = text.replace("\x00", " ").translate(_QUOTES)
    runs = _runs(typed)
    parts = tuple(part for run in runs for part in _parts(run))
    if sum(len(way) for part in parts for way in part.ways) > WORDS_MOST * 2:
        return Question((), f"Search for at most {WORDS_MOST} words.")
    return Question(parts)


def reference_of(text: str) -> tuple[str, ...]:
    """Return the words of what may be a record's whole reference; none where it cannot be one."""
    if "*" in text or not any(char.isdigit() for char in text):
        return ()
    words = tuple(words_of(text))
    return words if len(words) <= WORDS_MOST else ()


def begun_for_sqlite(beginnings: Sequence[Sequence[str]]) -> str:
    """Return what FTS5 is asked for texts that begin with one of some runs of words."""
    return " OR ".join(f'^ "{" ".join(words)}"' for words in beginnings)


def for_sqlite(question: Question) -> str:
    """Return a question for FTS5; every word stands in quotes and holds no quote."""
    return " AND ".join(_joined(part, _sqlite_term, " OR ", " AND ") for part in question.parts)


def for_postgresql(question: Question) -> str:
    """Return a question as a ``tsquery``; every word stands in quotes and holds no quote."""
    return " & ".join(_joined(part, _postgresql_term, " | ", " & ") for part in question.parts)


def _joined(part: Alternative, spell: Callable[[Term], str], either: str, both: str) -> str:
    ways = (both.join(map(spell, way)) for way in part.ways)
    return "(" + either.join(f"({way})" for way in ways) + ")"


def _sqlite_term(term: Term) -> str:
    star = " *" if term.is_prefix else ""
    return f'"{" ".join(term.words)}"{star}'


def _postgresql_term(term: Term) -> str:
    *first, last = (f"'{word}'" for word in term.words)
    return "(" + " <-> ".join([*first, f"{last}:*" if term.is_prefix else last]) + ")"


def _runs(typed: str) -> list[str]:
    """Return what was typed in parts: phrases, words, and words of digits side by side as one."""
    runs: list[str] = []
    for match in _PARTS.finditer(typed):
        part = match[0]
        is_number = bool(_TYPED_NUMBER.fullmatch(part))
        if is_number and runs and _TYPED_NUMBER.fullmatch(runs[-1]):
            runs[-1] = f"{runs[-1]} {part}"
        else:
            runs.append(part)
    return runs


def _parts(run: str) -> list[Alternative]:
    if run.startswith('"'):
        return _alone(_term(run.strip('"')))
    if not _TYPED_NUMBER.fullmatch(run):
        return _alone(_term(run))
    terms = [term for word in run.split() for term in _term(word)]
    numbers = tuple((Term((number,)),) for number in numbers_of(run))
    if numbers and terms:
        return [Alternative((*numbers, tuple(terms)))]
    return _alone(terms)


def _alone(terms: Sequence[Term]) -> list[Alternative]:
    return [Alternative(((term,),)) for term in terms]


def _term(text: str) -> list[Term]:
    words = tuple(words_of(text))
    if not words:
        return []
    is_prefix = text.rstrip().endswith("*") and len(words[-1]) >= PREFIX_LENGTH
    return [Term(words, is_prefix)]
