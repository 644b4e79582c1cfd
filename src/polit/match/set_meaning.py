"""What the records of a set mean to those who match them, counted; and what to look at first.

Imported by ``polit.match`` and the rooms above it. An import takes effect at once, so what it
will do is told with it: which category alerts, which settles, and what was not understood.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from polit.base.errors import HashSetDamaged, UsageError
from polit.match.exact import mapped
from polit.match.schemes import UNCATEGORISED, Meaning, Scheme, meaning, scheme_get
from polit.match.set_document import SetDocument
from polit.model.matching import SetStatus

_CATEGORIES = "categories.json"
_CODES = "category.codes"
_CHUNK = 1 << 20
_SHOWN_NAMES = 10
_UNKNOWN = ("number:", "words:")
_REFUSED_SHARE = 10
"""One record in so many refused is no slip of single lines."""


@dataclass(frozen=True, slots=True)
class Category:
    """A category as a file gives it: a number, a text, or neither."""

    number: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class CategoryMeaning:
    """A category that records of a set state, and what follows from it.

    Args:
        category: As the file gives it.
        records: How many records state it.
        means: What a match with one of them asserts, and whether it alerts and settles.
    """

    category: Category
    records: int
    means: Meaning


def scheme_of(document: SetDocument) -> Scheme | None:
    """Return a set's category scheme, ``None`` where it has none.

    Raises:
        HashSetDamaged: It is gone, or says something else than when the set was imported.
    """
    if not document.scheme:
        return None
    try:
        scheme = scheme_get(document.scheme)
    except UsageError as error:
        raise HashSetDamaged(f"the hash set {document.name!r} needs its scheme: {error}") from error
    if scheme.sha256 != document.scheme_sha256:
        raise HashSetDamaged(
            f"the category scheme {document.scheme} says something else than when "
            f"{document.name!r} was imported: give it a new version, and import again"
        )
    return scheme


def category_meaning(status: SetStatus, scheme: Scheme | None, category: Category) -> Meaning:
    """Tell what a record says by its set's status and its category.

    In a known-good set a category that alerts still alerts: whoever graded the file knew more of
    it than whoever imported the list.
    """
    stated = meaning(scheme, category.number, category.text)
    if status is SetStatus.KNOWN_GOOD:
        if stated.alerts:
            return Meaning(stated.asserted, alerts=True, settles=False)
        return Meaning(status.value, alerts=False, settles=True)
    if status is SetStatus.ALERT:
        is_bare = category == Category()
        return Meaning(status.value if is_bare else stated.asserted, alerts=True, settles=False)
    return stated


def categories_read(folder: Path) -> list[Category]:
    """Return the categories in a set's folder, by their codes.

    Raises:
        HashSetDamaged: They are not what an import wrote.
    """
    try:
        return msgspec.json.decode((folder / _CATEGORIES).read_bytes(), type=list[Category])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HashSetDamaged(f"{folder / _CATEGORIES} cannot be read: {error}") from error


def categories_counted(folder: Path, document: SetDocument) -> tuple[CategoryMeaning, ...]:
    """Return the categories that records of a set state, in the order of the file.

    Raises:
        HashSetDamaged: The parts are not what an import wrote, or the scheme is another.
    """
    categories, scheme = categories_read(folder), scheme_of(document)
    counts = np.zeros(1 << 16, dtype=np.int64)
    if any(part.name == _CODES for part in document.parts):
        codes = mapped(folder / _CODES, "<u2")
        for at in range(0, len(codes), _CHUNK):
            counts += np.bincount(codes[at : at + _CHUNK], minlength=len(counts))
    else:
        counts[0] = document.records
    return tuple(
        CategoryMeaning(each, int(count), category_meaning(document.status, scheme, each))
        for each, count in zip(categories, counts, strict=False)
        if count
    )


def warnings_of(document: SetDocument, categories: tuple[CategoryMeaning, ...]) -> tuple[str, ...]:
    """Return what somebody should look at before relying on a set, the gravest first."""
    report = document.report
    refused = sum(report.rejected.values())
    found = []
    if refused * _REFUSED_SHARE >= report.read > 0:
        found.append(
            f"{refused:,} of {report.read:,} records were refused: compare with what the provider "
            "says it holds"
        )
    if report.overlooked:
        names = ", ".join(report.overlooked[:_SHOWN_NAMES])
        found.append(f"what is called {names} looks like hashes, and is not compared")
    return (*found, *_category_warnings(document, categories))


def _category_warnings(document: SetDocument, categories: tuple[CategoryMeaning, ...]) -> list[str]:
    stating = [each for each in categories if each.category != Category()]
    if document.status is SetStatus.KNOWN_GOOD:
        graded = sum(each.records for each in stating if each.category.number is not None)
        said = (
            f"{graded:,} records state a category and count as known-good all the same, but for "
            "those that alert by the set's scheme"
        )
        return [said] if graded else []
    if document.status is SetStatus.ALERT:
        return []
    found = []
    unknown = sum(each.records for each in stating if each.means.asserted.startswith(_UNKNOWN))
    if unknown:
        why = f"by {document.scheme}" if document.scheme else "without a scheme"
        found.append(f"{unknown:,} records state a category that means nothing {why}")
    without = sum(each.records for each in categories if each.means.asserted == UNCATEGORISED)
    if without == document.records:
        found.append("no record states a category")
    if not any(each.means.alerts or each.means.settles for each in categories):
        found.append("so nothing in this set alerts, and nothing settles")
    return found
