"""Carries decisions and proposals onto items that are new to a case."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef

from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.grading.category_schemes import grade_number
from polit.web.grading.models import Standing
from polit.web.grading.queries.histories import scheme_of, standings_of, values_read
from polit.web.grading.rules import state_of
from polit.web.grading.services.held import officer_id
from polit.web.grading.services.proposing import Offer, proposals_offer
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import item_number, place_of
from polit.web.items.services import items_mark

_AT_ONCE = 1_000
_SOUGHT_AT_ONCE = 50_000
_REASON = "The case's items were built anew: what was decided of them stands"


def decisions_carry(review_set: ReviewSet, fresh_places: Iterable[int], **_sent: object) -> None:
    """Have new items of a case stand as decided, here or, as a proposal, in another case."""
    places = _decided(review_set, sorted(fresh_places))
    for first in range(0, len(places), _AT_ONCE):
        numbers = [item_number(review_set.pk, place) for place in places[first : first + _AT_ONCE]]
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=review_set.case_id)
            held = ReviewSet.objects.get(pk=review_set.pk)
            held.case = case
            items = {bytes(each.sha256): each for each in Item.objects.filter(pk__in=numbers)}
            _carry_own(held, items)
            _carry_others(held, items)


def _decided(review_set: ReviewSet, places: list[int]) -> list[int]:
    """Return those places whose content stands decided in any case: mostly few of many."""
    held = Standing.objects.filter(sha256=OuterRef("sha256"))
    found: list[int] = []
    for first in range(0, len(places), _SOUGHT_AT_ONCE):
        some = places[first : first + _SOUGHT_AT_ONCE]
        ends = (item_number(review_set.pk, some[0]), item_number(review_set.pk, some[-1]))
        rows = Item.objects.filter(Exists(held), pk__range=ends).order_by("pk")
        wanted = set(some)
        numbers = map(place_of, rows.values_list("pk", flat=True))
        found += [place for place in numbers if place in wanted]
    return found


def _carry_own(held: ReviewSet, items: dict[bytes, Item]) -> None:
    standings = standings_of(held.case, list(items))
    if not standings:
        return
    scheme = scheme_of(held.case)
    with act(SYSTEM, "grading.carry", reason=_REASON, case=held.case) as deed:
        for content, standing in standings.items():
            item, values = items[content], values_read(standing)
            items_mark(
                held, [place_of(item.pk)],
                state=state_of(values, is_settled=bool(item.settled), is_proposed=False),
                grade=grade_number(scheme, values.code), flags=values.flags,
                graded_by=officer_id(values.graded_by),
            )  # fmt: skip
        deed.about("items", str(len(standings)), items=len(standings))


def _carry_others(held: ReviewSet, items: dict[bytes, Item]) -> None:
    decided = Standing.objects.filter(sha256__in=list(items), is_disputed=False, unsure=False)
    decided = decided.exclude(case_id=held.case_id).exclude(code="")
    offers = [
        Offer(items[bytes(each.sha256)], each.case_id, each.code)
        for each in decided.order_by("sha256", "case_id")
    ]
    if offers:
        proposals_offer(held, offers)
