"""What the gallery fetches: the order of items, safe tiles, counts, folders, facts of one item."""

import json
import struct
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.found import or_404
from polit.web.items.queries import review_set_get
from polit.web.items.queries.orders import Order, order_get
from polit.web.items.queries.tiles import MOST_TILES, tiles_open
from polit.web.items.rules import ItemMark, ItemState, ItemWanted
from polit.web.review.filters import places_of, wanted_of
from polit.web.review.queues import among_of, blinded
from polit.web.review.rules import PART_OF_PAGE

_BINARY = "application/octet-stream"
View = Callable[..., HttpResponse]


def told(view: View) -> View:
    """Answer what was asked for wrongly in JSON, and let nobody keep an answer."""

    @wraps(view)
    def answer(request: HttpRequest, **named: object) -> HttpResponse:
        try:
            response = view(request, **named)
        except UsageError as error:
            response = JsonResponse({"error": "usage", "message": str(error)}, status=400)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


@access(PART_OF_PAGE)
@told
def order(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return which items are wanted, in their order, as packed arrays."""
    del case_id
    granted = case_access_of(request)
    review_set = or_404(lambda: review_set_get(granted))
    wanted = wanted_asked(request)
    among = among_of(granted, user_of(request), wanted)
    found = order_get(granted, review_set, wanted, among=among)
    header = {
        "count": len(found.places),
        "revision": found.revision,
        "media_files": review_set.media_files,
        "stamp": review_set.stamp,
    }
    return HttpResponse(packed(header, found, wanted), content_type=_BINARY)


@access(PART_OF_PAGE)
@told
def tiles(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return safe tiles of some items: a table of places and lengths, then their bytes."""
    del case_id
    granted = case_access_of(request)
    review_set = or_404(lambda: review_set_get(granted))
    places = places_of(request.GET.get("places", ""), most=MOST_TILES)
    opened = tiles_open(granted, review_set, places)
    table = [number for place in places for number in (place, len(opened.get(place, b"")))]
    head = struct.pack(f"<{len(table) + 1}I", len(places), *table)
    return HttpResponse(
        b"".join((head, *(opened.get(place, b"") for place in places))), content_type=_BINARY
    )


def wanted_asked(request: HttpRequest) -> ItemWanted:
    """Return which items an address asks for.

    Raises:
        UsageError: A value has not its form.
    """
    return blinded(wanted_of(request.GET.dict(), user_id=user_of(request).pk))


def packed(header: dict[str, object], found: Order, wanted: ItemWanted) -> bytes:
    """Return a header and an order as one piece; a blind queue tells nothing of decisions."""
    states, grades, marks = found.states, found.grades, found.marks
    if wanted.queue.is_blind:
        states, grades = states * 0 + int(ItemState.PENDING), grades * 0
        marks = marks & (0xFF ^ int(ItemMark.FLAGGED))
    text = json.dumps(header, separators=(",", ":")).encode()
    head = struct.pack("<I", len(text)) + text
    parts = (found.places, found.stacks, states, grades, marks)
    return b"".join((head, bytes(-len(head) % 4), *(each.tobytes() for each in parts)))
