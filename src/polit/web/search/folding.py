"""Text in the form in which it is searched: words of letters and digits, no case, no accents.

Both databases get the folded words and split them at spaces alone, so that both find the same.
No Django here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from polit.web.people.identifiers import current_identifiers
from polit.web.search.rules import NUMBER_DIGITS, WORD_LENGTH

BREAK = "\ue000"
"""A word that nobody can ask for: no phrase reaches from one text into the next."""
_WORDS_MOST = 10_000
"""PostgreSQL numbers 16,383 words of one text."""
_BYTES_MOST = 256_000
"""PostgreSQL keeps no more than a megabyte of words in one row."""
_SPELLED = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_NUMBER = re.compile(r"[+(]?[0-9](?:[0-9]|[ ./()\-\u00a0\u2010-\u2013]{1,3}(?=[0-9(]))*")


@dataclass(frozen=True, slots=True)
class Spelled:
    """One word as it stands in a text.

    Args:
        begin: Its first character.
        end: After its last one.
        words: What it is searched by; mostly one.
    """

    begin: int
    end: int
    words: tuple[str, ...]


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded, in order."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    # Case folding may bring accents of its own: a dotted capital I.
    plain = unicodedata.normalize("NFKD", decomposed)
    kept = "".join(
        char if char.isalnum() else "" if unicodedata.category(char) in {"Mn", "Cf"} else " "
        for char in plain
    )
    return [word[:WORD_LENGTH] for word in kept.split()]


def numbers_of(text: str) -> list[str]:
    """Return what is written like a telephone number, as its digits, and with its country.

    ``07700 900123``, ``+44 (0)7700 900-123`` and ``00447700900123`` share a form.
    """
    scheme = current_identifiers()
    kind = next((each.code for each in scheme.entries if each.compared_as == "phone"), "")
    found: dict[str, None] = {}
    for match in _NUMBER.finditer(unicodedata.normalize("NFKC", text)):
        digits = "".join(char for char in match[0] if char.isdecimal())
        if len(digits) in NUMBER_DIGITS:
            found[digits] = None
            if kind:
                found[scheme.key(kind, match[0])] = None
    return list(found)


def folded(*texts: str) -> str:
    """Return texts as the index keeps them: words with one space between, no phrase across."""
    return " ".join(_limited(_all_words(texts)))


def spelled(text: str) -> Iterator[Spelled]:
    """Yield the words of a text where they stand."""
    for match in _SPELLED.finditer(text):
        yield Spelled(match.start(), match.end(), tuple(words_of(match[0])))


def _all_words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from words_of(text)
        yield BREAK
        for number in numbers_of(text):
            yield number
            yield BREAK


def _limited(words: Iterable[str]) -> Iterator[str]:
    size_bytes = 0
    for count, word in enumerate(words):
        size_bytes += len(word.encode()) + 1
        if count >= _WORDS_MOST or size_bytes > _BYTES_MOST:
            return
        yield word
