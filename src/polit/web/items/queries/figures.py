"""Figures of a few items: what tells one member of a stack from the others, without a name."""

from dataclasses import dataclass

from polit.web.items.models import Item, ReviewSet
from polit.web.items.queries.blocked import item_shown
from polit.web.items.rules import item_number, place_of
from polit.web.matching.models import StackMember
from polit.web.media.rules import rows_of

MOST_FIGURES = 500


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Figures of an item.

    Args:
        place: Its place in the review set.
        size_bytes: Of the file.
        pixels: Width times height; 0 where nobody knows.
        taken_day: Days since 1970 of when it says it was taken, else modified.
        duration_ms: How long a video is.
        distance_bits: From the best copy of its stack, of 256; ``None`` where it is in none.
    """

    place: int
    size_bytes: int
    pixels: int
    taken_day: int | None
    duration_ms: int | None
    distance_bits: int | None


def figures_list(review_set: ReviewSet, places: tuple[int, ...]) -> list[ItemFigures]:
    """Return the figures of those items that the set holds, in the order of the places.

    Args:
        review_set: The case's.
        places: At most ``MOST_FIGURES``, each once.
    """
    items = Item.objects.filter(item_shown()).in_bulk(
        [item_number(review_set.pk, each) for each in places]
    )
    found = {place_of(pk): item for pk, item in items.items() if item.is_present}
    distances = _distances(review_set.run, [each.content_id for each in found.values()])
    return [
        ItemFigures(
            place, item.size_bytes, item.pixels, item.taken_day, item.duration_ms,
            distances.get(item.content_id),
        )
        for place in places
        if (item := found.get(place)) is not None
    ]  # fmt: skip


def _distances(run: int, contents: list[int]) -> dict[int, int]:
    if not run:
        return {}
    members = StackMember.objects.filter(id__range=rows_of(run), content_id__in=contents)
    return dict(members.values_list("content_id", "distance_bits"))
