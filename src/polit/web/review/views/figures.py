"""Figures of a few items, which the views of a stack and of a video fetch by themselves."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from polit.web.core.access import access, case_access_of
from polit.web.core.found import or_404
from polit.web.items.queries import review_set_get
from polit.web.items.queries.figures import MOST_FIGURES, figures_list
from polit.web.review.filters import places_of
from polit.web.review.rules import PART_OF_PAGE
from polit.web.review.views.data import told


@access(PART_OF_PAGE)
@told
def figures(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return sizes, days, lengths and distances of some items; no names, no decisions."""
    del case_id
    granted = case_access_of(request)
    review_set = or_404(lambda: review_set_get(granted))
    places = places_of(request.GET.get("places", ""), most=MOST_FIGURES)
    shown = [
        {"place": each.place, "size_bytes": each.size_bytes, "pixels": each.pixels,
         "day": each.taken_day, "duration_ms": each.duration_ms, "distance": each.distance_bits}
        for each in figures_list(review_set, places)
    ]  # fmt: skip
    return JsonResponse({"figures": shown})
