"""The table of a review: what the grid shows, for assistive technology, print and no script."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

import numpy as np
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse

from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess, access, case_access_of
from polit.web.grading.category_schemes import categories_of
from polit.web.grading.queries import scheme_of
from polit.web.items.queries import review_set_of
from polit.web.items.queries.orders import Order, order_get
from polit.web.items.queries.rows import ItemRow, item_rows
from polit.web.items.queries.some import SomeItem
from polit.web.items.rules import ItemMark, ItemWanted, Queue
from polit.web.matching.rules import Settled, Verdict
from polit.web.review.filters import number_of, wanted_of
from polit.web.review.page_config import address_of
from polit.web.review.queues import among_of, blinded, order_blinded
from polit.web.review.rules import REVIEWING
from polit.web.review.scope import scope_of
from polit.web.victims.rules import READERS

PAGE_ITEMS = 50
_BLIND_WORDS = {Queue.SECOND: "Second review", Queue.SAMPLE: "Blind sample"}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row, in words.

    Args:
        position: In the order, from 1.
        row: The item.
        items: How many items of its stack are wanted.
        state: Where it stands.
        category: What it was graded as; empty for nothing.
        kind: Picture or video, and what stands beside its tile.
        verdict: What hash sets say of it.
        settled: Whether a digest settled it, in words; empty where none did.
    """

    position: int
    row: ItemRow
    items: int
    state: str
    category: str
    kind: str
    verdict: str
    settled: str


@access(REVIEWING)
def table(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a page of the wanted items as a table, in the order in which the grid has them."""
    granted = case_access_of(request)
    review_set = review_set_of(granted)
    scope = scope_of(request.GET)
    after = ""
    rows: list[TableRow] = []
    count = 0
    if review_set is not None:
        try:
            wanted = blinded(wanted_of(request.GET.dict(), user_id=user_of(request).pk))
            shown_after = number_of(request.GET.get("after") or "0")
        except UsageError:
            return HttpResponseBadRequest()
        among = among_of(granted, user_of(request), wanted)
        order = order_blinded(order_get(granted, review_set, wanted, among=among), wanted.queue)
        begin = _begin(order, shown_after)
        rows = _rows(granted, order, wanted, begin)
        count = len(order.places)
        if begin + len(rows) < count and rows:
            after = str(rows[-1].row.item.place)
    shown = {
        "case": granted.case,
        "is_built": review_set is not None,
        "rows": rows,
        "count": count,
        "words": scope.words,
        "after": after,
        "query": urlencode(dict(scope.parameters)),
        "decide_url": address_of("decide_form", case_id),
        "queue": scope.value("queue"),
        "series_url": _series_url(request, case_id),
    }
    return render(request, "review/table.html", shown)


def _series_url(request: HttpRequest, case_id: UUID) -> str:
    """Return where chosen items are linked to a series; empty for who reads no children."""
    if not user_of(request).roles & READERS:
        return ""
    return reverse("victims:link_items", args=[case_id])


def _begin(order: Order, after: int) -> int:
    """Return where a page begins: behind the item seen last, at the top where it is gone."""
    found = np.flatnonzero(order.places == after)
    return int(found[0]) + 1 if len(found) else 0


def _rows(granted: CaseAccess, order: Order, wanted: ItemWanted, begin: int) -> list[TableRow]:
    places = order.places[begin : begin + PAGE_ITEMS].tolist()
    labels = {each.number: each.label for each in categories_of(scheme_of(granted.case))}
    rows = []
    for number, found in enumerate(item_rows(granted, places), start=begin):
        item, blind = found.item, wanted.queue.is_blind
        rows.append(
            TableRow(
                number + 1,
                found,
                int(order.stacks[number]),
                _BLIND_WORDS[wanted.queue] if blind else item.state.label,
                "" if blind else labels.get(item.grade, ""),
                _kind(ItemMark(int(order.marks[number]))),
                *_known(item, wanted.queue),
            )
        )
    return rows


def _known(item: SomeItem, queue: Queue) -> tuple[str, str]:
    """Return what hash sets say of an item, and by what it is settled; of a sample nothing."""
    if queue.is_blind_to_sets:
        return "Not told", ""
    verdict = Verdict(item.verdict).label if item.verdict else "Unknown"
    return verdict, Settled(item.settled).label if item.settled else ""


def _kind(marks: ItemMark) -> str:
    words = ["Video" if marks & ItemMark.VIDEO else "Picture"]
    words += ["no tile"] if marks & ItemMark.NO_TILE else []
    words += ["may be of first generation"] if marks & ItemMark.FIRST_GENERATION else []
    words += ["flagged"] if marks & ItemMark.FLAGGED else []
    return ", ".join(words)
