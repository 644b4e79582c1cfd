"""Lists that people filter, sort and search: one form of plain GET, pages by key.

A view says which columns; ``components/listing.html`` shows the form::

    listed = listing_of(request, warrants_for(user), WARRANTS)
    return render(request, "warrants/list.html", {"listed": listed})

    {% include "components/listing.html" %} … {% pager listed.page.after "Next" "First" %}
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from polit.web.core.paging import PAGE_SIZE, Page, page_of

Row = TypeVar("Row", bound=Model)
_SEARCH_LENGTH = 200
"""Longer than anything that is searched; SQLite refuses patterns of 50,000 bytes."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice by which a list is narrowed.

    Args:
        name: Its name in the address.
        label: What people read.
        options: Codes and words; "All" comes first by itself.
        condition: The condition of a code.
        usual: What is chosen where nobody chose; empty for all.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    condition: Callable[[str], Q]
    usual: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """One order of a list.

    Args:
        code: Its code in the address.
        label: What people read: "Newest first".
        key: The column; an index follows it.
        newest_first: Whether the greatest comes first.
    """

    code: str
    label: str
    key: str
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list can be narrowed and ordered.

    Args:
        search: The columns that are searched; none for no search.
        search_label: What stands above the search.
        filters: The choices.
        sorts: The orders, the usual one first.
    """

    sorts: tuple[Sort, ...]
    search: tuple[str, ...] = ()
    search_label: str = "Search"
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterShown:
    """A choice as the page shows it."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """A page of a list, and what was asked for.

    Args:
        page: The rows.
        text: What was searched.
        filters: The choices as they stand, the order as the last one.
        search_label: What stands above the search; empty for none.
        is_narrowed: Whether anything but the order was asked for.
    """

    page: Page[Row]
    text: str
    filters: tuple[FilterShown, ...]
    search_label: str
    is_narrowed: bool


def listing_of(
    request: HttpRequest, rows: QuerySet[Row], listing: Listing, *, size: int = PAGE_SIZE
) -> Listed[Row]:
    """Return the page of a list that a request asks for; what it misspells is left out."""
    text = request.GET.get("q", "").replace("\x00", "").strip() if listing.search else ""
    if len(text) > _SEARCH_LENGTH:
        rows = rows.none()
    elif text:
        rows = rows.filter(
            reduce(or_, (Q(**{f"{each}__icontains": text}) for each in listing.search))
        )
    shown = []
    for each in listing.filters:
        codes = [code for code, _words in each.options]
        chosen = _chosen(request, each.name, codes, usual=each.usual)
        if chosen:
            rows = rows.filter(each.condition(chosen))
        shown.append(FilterShown(each.name, each.label, (("", "All"), *each.options), chosen))
    is_narrowed = bool(text) or any(each.chosen for each in shown)
    code = _chosen(request, "sort", [each.code for each in listing.sorts])
    sort = next((each for each in listing.sorts if each.code == code), listing.sorts[0])
    orders = tuple((each.code, each.label) for each in listing.sorts)
    if len(orders) > 1:
        shown.append(FilterShown("sort", "Order", orders, sort.code))
    page = page_of(
        rows, key=sort.key, after=request.GET.get("after", ""), size=size,
        newest_first=sort.newest_first,
    )  # fmt: skip
    label = listing.search_label if listing.search else ""
    return Listed(page, text, tuple(shown), label, is_narrowed)


def equal_to(column: str) -> Callable[[str], Q]:
    """Return the condition that a column equals the chosen code."""
    return lambda code: Q(**{column: code})


def _chosen(request: HttpRequest, name: str, codes: list[Any], *, usual: str = "") -> str:
    chosen = request.GET.get(name, usual)
    return chosen if chosen in codes else ""
