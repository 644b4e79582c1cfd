"""The place in a text where a hit is, with what was asked for marked. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass

from polit.web.search.asking import Term
from polit.web.search.folding import Spelled, spelled

_BEFORE, _AFTER = 60, 180
_LOOKED = 20_000
"""Characters of a text in which the place is looked for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet.

    Args:
        text: As it stands in the record.
        is_hit: Whether it was asked for.
    """

    text: str
    is_hit: bool


def snippet(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """Return the first place of a text that matches a term; its beginning where none does.

    Args:
        text: What the reader may read, all of it.
        terms: What was asked for.
    """
    whole = " ".join(text[:_LOOKED].split())
    words = [(each, _matches(each, terms)) for each in spelled(whole)]
    first = next((each.begin for each, is_hit in words if is_hit), 0)
    begin = _begin(whole, first)
    end = min(len(whole), begin + _BEFORE + _AFTER)
    pieces = [Piece("…", False)] if begin else []
    at = begin
    for word, is_hit in words:
        if is_hit and begin <= word.begin and word.end <= end:
            pieces += [
                Piece(whole[at : word.begin], False),
                Piece(whole[word.begin : word.end], True),
            ]
            at = word.end
    pieces.append(Piece(whole[at:end] + ("…" if end < len(whole) else ""), False))
    return tuple(each for each in pieces if each.text)


def _begin(whole: str, first: int) -> int:
    """Return where the snippet begins: at a word, some characters before the hit."""
    if first <= _BEFORE:
        return 0
    space = whole.find(" ", first - _BEFORE, first)
    return space + 1 if space >= 0 else first


def _matches(word: Spelled, terms: Sequence[Term]) -> bool:
    for term in terms:
        for asked in term.words:
            may_go_on = term.is_prefix and asked == term.words[-1]
            if any(each == asked or (may_go_on and each.startswith(asked)) for each in word.words):
                return True
    return False
