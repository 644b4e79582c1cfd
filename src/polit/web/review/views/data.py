"""What the gallery fetches: the order of items, safe tiles, counts, folders, facts of one item."""

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.found import or_404
from polit.web.items.queries import items_by_places, review_set_get
from polit.web.items.queries.changes import changes_get
from polit.web.items.queries.counting import facets_get, timeline_get
from polit.web.items.queries.folders import MOST_FOLDERS, folder_nodes
from polit.web.items.queries.orders import Order, order_get
from polit.web.items.queries.tiles import MOST_TILES, tiles_open
from polit.web.items.rules import ItemWanted
from polit.web.review.filters import number_of, places_of, wanted_of
from polit.web.review.queues import among_of, blinded, order_blinded
from polit.web.review.rules import PART_OF_PAGE, REVIEWING
from polit.web.review.told_items import item_told
from polit.web.review.views.answers import answer_packed

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
    return packed(header, order_blinded(found, wanted.queue))


@access(PART_OF_PAGE)
@told
def tiles(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return safe tiles of some items: a table of places and lengths, then their bytes."""
    del case_id
    granted = case_access_of(request)
    review_set = or_404(lambda: review_set_get(granted))
    places = places_of(request.GET.get("places", ""), most=MOST_TILES)
    return packed_tiles(places, tiles_open(granted, review_set, places))


def packed_tiles(places: Sequence[int], opened: Mapping[int, bytes]) -> HttpResponse:
    """Answer with tiles by their places; a place without one has length 0."""
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


def packed(header: dict[str, object], found: Order) -> HttpResponse:
    """Answer with a header and an order in one piece."""
    parts = (found.places, found.stacks, found.states, found.grades, found.marks)
    return answer_packed(header, [each.tobytes() for each in parts])


@access(PART_OF_PAGE)
@told
def facets(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return how many of the wanted items share each value that they can be filtered by."""
    del case_id
    granted = case_access_of(request)
    review_set = or_404(lambda: review_set_get(granted))
    wanted = wanted_asked(request)
    among = among_of(granted, user_of(request), wanted)
    found = facets_get(granted, review_set, wanted, among=among)
    shown = {
        name: [[each.value, each.label, each.items] for each in values]
        for name, values in found.items()
    }
    return JsonResponse({"facets": shown, "revision": review_set.revision})


@access(PART_OF_PAGE)
@told
def timeline(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return how many of the wanted items were made in each month, or on each day."""
    del case_id
    granted = case_access_of(request)
    review_set = or_404(lambda: review_set_get(granted))
    unit = "day" if request.GET.get("by") == "day" else "month"
    wanted = wanted_asked(request)
    among = among_of(granted, user_of(request), wanted)
    found = timeline_get(granted, review_set, wanted, by_day=unit == "day", among=among)
    counts = [
        [on.isoformat() if unit == "day" else on.isoformat()[:7], items]
        for on, items in found.counts
    ]
    return JsonResponse({"unit": unit, "counts": counts, "unknown": found.unknown})


@access(PART_OF_PAGE)
@told
def changes(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return what changed since a revision; of a blind queue that something did, and no more."""
    del case_id
    granted = case_access_of(request)
    review_set = or_404(lambda: review_set_get(granted))
    found = changes_get(review_set, number_asked(request, "since") or 0)
    is_blind = wanted_asked(request).queue.is_blind
    return JsonResponse({
        "revision": found.revision,
        "stamp": review_set.stamp,
        "items": [] if is_blind else found.items,
        "more": found.has_more,
    })  # fmt: skip


@access(REVIEWING)
@told
def folders(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return the exhibits, or the folders below one, with how many items each holds."""
    del case_id
    package, parent = number_asked(request, "package"), number_asked(request, "parent")
    nodes = folder_nodes(case_access_of(request), package=package, parent=parent)
    shown = [
        {"number": each.number, "package": each.package, "name": each.name, "items": each.items,
         "has_folders": each.has_folders}
        for each in nodes
    ]  # fmt: skip
    return JsonResponse({"folders": shown, "most": MOST_FOLDERS})


@access(REVIEWING)
@told
def item(request: HttpRequest, case_id: UUID, place: int) -> HttpResponse:
    """Return the facts of one item: names, exhibits, what it says of itself, matches, decisions."""
    del case_id
    granted = case_access_of(request)
    review_set = or_404(lambda: review_set_get(granted))
    try:
        (found,) = items_by_places(granted, (place,))
    except UsageError as error:
        raise Http404 from error
    queue = wanted_asked(request).queue
    return JsonResponse(or_404(lambda: item_told(granted, review_set, found, queue=queue)))


def number_asked(request: HttpRequest, name: str) -> int | None:
    """Return a number of the address, ``None`` where it has none of that name.

    Raises:
        UsageError: It is no number.
    """
    text = request.GET.get(name, "")
    return number_of(text) if text else None
