"""Pages by key: the next page begins after the last row seen, however long the table is."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

Row = TypeVar("Row", bound=models.Model)

PAGE_SIZE = 50


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
        key: A unique column that the order follows, with an index on it.
        after: The key of the last row seen, as text; empty for the first page. One that does
            not fit the column is an empty page.
        size: Rows a page.
        newest_first: Whether the greatest key comes first.
    """
    if after:
        if "\x00" in after:
            return Page((), "")  # PostgreSQL cannot even be asked
        try:
            rows = rows.filter(**{f"{key}__{'lt' if newest_first else 'gt'}": after})
        except (ValueError, TypeError, ValidationError):
            return Page((), "")
    found = tuple(rows.order_by(f"-{key}" if newest_first else key)[: size + 1])
    shown = found[:size]
    last = str(getattr(shown[-1], key)) if len(found) > size else ""
    return Page(shown, last)
