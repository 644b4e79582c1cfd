"""Pages by key: the next page begins after the last row seen, however long the table is."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

Row = TypeVar("Row", bound=models.Model)

PAGE_SIZE = 50
_TIE = "~"
"""Between the key and the primary key of the last row seen, where the key alone is not unique."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows.

    Args:
        rows: At most the page's size, in order.
        after: The key to go on after, empty on the last page.
    """

    rows: tuple[Row, ...]
    after: str


def page_of(
    rows: models.QuerySet[Row],
    *,
    key: str = "pk",
    after: str = "",
    size: int = PAGE_SIZE,
    newest_first: bool = False,
) -> Page[Row]:
    """Return the page that follows a key.

    Args:
        rows: What is listed, not ordered yet.
        key: The column that the order follows, with an index on it; rows in which it is equal
            follow their primary key.
        after: The key of the last row seen, as text; empty for the first page. One that does
            not fit the column is an empty page.
        size: Rows a page.
        newest_first: Whether the greatest key comes first.
    """
    sign = "-" if newest_first else ""
    is_unique = key == "pk" or _is_unique(rows.model, key)
    if "\x00" in after:
        return Page((), "")  # PostgreSQL cannot even be asked
    order = [f"{sign}{key}"] if is_unique else [f"{sign}{key}", f"{sign}pk"]
    try:
        if after:
            beyond = _beyond(key, after, newest_first=newest_first, is_unique=is_unique)
            rows = rows.filter(beyond)
        found = tuple(rows.order_by(*order)[: size + 1])
    except (ValueError, TypeError, OverflowError, ValidationError):
        if not after:
            raise
        return Page((), "")
    shown = found[:size]
    if len(found) <= size:
        return Page(shown, "")
    last = str(getattr(shown[-1], key))
    return Page(shown, last if is_unique else f"{last}{_TIE}{shown[-1].pk}")


def _is_unique(model: type[models.Model], key: str) -> bool:
    found = model._meta.get_field(key)  # noqa: SLF001 - Django documents it
    return bool(getattr(found, "unique", False))


def _beyond(key: str, after: str, *, newest_first: bool, is_unique: bool) -> models.Q:
    """Return which rows follow: by the key alone, or by key and primary key."""
    beyond = "lt" if newest_first else "gt"
    if is_unique:
        return models.Q(**{f"{key}__{beyond}": after})
    value, _, pk = after.rpartition(_TIE)
    tied = models.Q(**{key: value, f"pk__{beyond}": pk})
    return models.Q(**{f"{key}__{beyond}": value}) | tied
