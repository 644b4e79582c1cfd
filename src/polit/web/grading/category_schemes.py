"""Category schemes as a review uses them: codes, numbers from 1, keys. Everybody may import it."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from polit.base import settings as environment
from polit.base.errors import DecisionRefused
from polit.match.schemes import scheme_get, schemes_list

if TYPE_CHECKING:
    from polit.match.schemes import Scheme

_PRESET = "uk-2014/1"
_KEYS = "123456789"
"""Digits of a keyboard in the scheme's order; ``0`` clears."""


@dataclass(frozen=True, slots=True)
class Category:
    """A category as the gallery offers it.

    Args:
        number: Its place in the scheme, from 1: an item's ``grade``.
        code: What records keep, within the scheme.
        ref: The same with its scheme, as ``scheme/version/code``.
        label: What people read.
        key: The digit that gives it; empty where there are more categories than digits.
        counts: Whether totals for a charge count it, or people are told at once.
    """

    number: int
    code: str
    ref: str
    label: str
    key: str
    counts: bool


def scheme_preset() -> str:
    """Return the scheme of cases for which nothing else was agreed, as ``scheme/version``."""
    return environment.text("POLIT_CATEGORY_SCHEME", _PRESET)


def scheme_titles() -> list[tuple[str, str]]:
    """Return the schemes that a case can be graded by, with their titles."""
    return [(each.text, each.title) for each in schemes_list() if each.codes_of == each.text]


def categories_of(scheme: str) -> tuple[Category, ...]:
    """Return the categories of a scheme, in its order.

    Raises:
        UsageError: There is no such scheme.
    """
    return _categories(scheme, environment.data_folder())


def grade_number(scheme: str, ref: str) -> int:
    """Return a category's number in a scheme; 0 for none, and for one of another scheme."""
    return next((each.number for each in categories_of(scheme) if each.ref == ref), 0)


def category_ref(scheme: str, code: str) -> str:
    """Return the reference of a code of a scheme; empty for an empty code.

    Raises:
        DecisionRefused: The scheme has no such code.
    """
    if not code:
        return ""
    for each in categories_of(scheme):
        if each.code == code:
            return each.ref
    raise DecisionRefused("bad_code", f"the scheme {scheme} has no category of this code")


def category_label(ref: str) -> str:
    """Return a category in words, as its own scheme has them; empty for none."""
    if not ref:
        return ""
    scheme, _, _ = ref.rpartition("/")
    return next((each.label for each in categories_of(scheme) if each.ref == ref), ref)


def does_count(ref: str) -> bool:
    """Tell whether a category counts for a charge, or people are told at once of it."""
    scheme, _, _ = ref.rpartition("/")
    return any(each.counts for each in categories_of(scheme) if each.ref == ref)


def counts_for_charge(ref: str) -> bool:
    """Tell whether totals for a charge count a category: not what alerts alone."""
    scheme, _, code = ref.rpartition("/")
    found = _scheme(scheme, environment.data_folder())
    return any(each.code == code and each.counts_for_charge for each in found.codes)


@lru_cache(maxsize=64)
def _scheme(text: str, folder: Path) -> "Scheme":
    return scheme_get(text, folder / "category-schemes")


@lru_cache(maxsize=64)
def _categories(text: str, folder: Path) -> tuple[Category, ...]:
    # What a version of a scheme says never changes, so it is read once.
    scheme = _scheme(text, folder)
    return tuple(
        Category(
            number, each.code, f"{scheme.text}/{each.code}", each.label,
            _KEYS[number - 1] if number <= len(_KEYS) else "",
            each.counts_for_charge or each.alerts,
        )
        for number, each in enumerate(scheme.codes, start=1)
    )  # fmt: skip
