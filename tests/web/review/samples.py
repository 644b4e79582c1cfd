"""Values for the addresses of a review, made for one case."""

from collections.abc import Callable

from web.examinations.samples import examination_id

from polit.web.cases.models import Case
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import item_number, place_of


def place(case: Case) -> int:
    """Return an item of the case; the places of two cases differ."""
    review_set, _ = ReviewSet.objects.get_or_create(case=case)
    wanted = 7 + review_set.pk
    found = Item.objects.filter(pk=item_number(review_set.pk, wanted)).first()
    if found is None:
        found = Item.objects.create(
            id=item_number(review_set.pk, wanted), review_set=review_set, sha256=bytes(32),
            content_id=0, kind=1, occurrences=1, size_bytes=1, lead_place=wanted,
        )  # fmt: skip
    return place_of(found.pk)


SAMPLES: dict[str, Callable[[Case], object]] = {"place": place, "examination_id": examination_id}
