"""Holds the cases that decisions touch, so that no two decisions on a case cross."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from polit.base.errors import DecisionRefused, UsageError
from polit.web.cases.models import Case
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.grading.queries.histories import scheme_of
from polit.web.grading.rules import MOST_PLACES, Rung, check_not_frozen
from polit.web.items.models import Item, ReviewSet
from polit.web.items.queries.blocked import item_shown
from polit.web.items.rules import check_places, item_number, place_of
from polit.web.welfare.queries import rungs_seen


@dataclass(frozen=True, slots=True)
class Held:
    """What a decision holds.

    Args:
        review_set: The case's own set.
        scheme: The case's category scheme, as ``scheme/version``.
        copies: Exact copies in other cases, whose sets are held too.
    """

    review_set: ReviewSet
    scheme: str
    copies: tuple[Item, ...] = ()

    @property
    def case(self) -> CaseLike:
        """The case."""
        return self.review_set.case


def review_set_hold(case: CaseLike, contents: Sequence[bytes] = ()) -> Held:
    """Hold a case, and other cases that hold exact copies, and return what is held.

    It is the rows of the cases that are held, in the order of their identifiers, so that nobody
    waits in a circle; whoever takes a case to court holds that row too. So decisions on a case
    follow each other, and none is lost between a look at what stands and its writing.

    Args:
        case: The case.
        contents: SHA-256 of what is decided, where other cases are to be told of it.

    Raises:
        DecisionRefused: The case has nothing to review, or is frozen.
    """
    copies: tuple[Item, ...] = ()
    if contents:
        rows = Item.objects.filter(sha256__in=contents).exclude(review_set__case_id=case.id)
        copies = tuple(rows.select_related("review_set"))
    wanted = {case.id, *(each.review_set.case_id for each in copies)}
    cases = {each.pk: each for each in Case.objects.select_for_update().filter(
        pk__in=wanted).order_by("pk")}  # fmt: skip
    check_not_frozen(cases[case.id].status)
    for each in copies:
        each.review_set.case = cases[each.review_set.case_id]
    review_set = _set_of(case)
    review_set.case = cases[case.id]
    return Held(review_set, scheme_of(case), copies)


def items_at(case: CaseLike, places: Iterable[int]) -> list[Item]:
    """Return the items at places of a case's review, by place, each once.

    What no package holds any longer is none, nor is what is quarantined for legal privilege:
    nobody can look at it. What an examination that
    still runs has found is one already (``content_id`` 0).

    Raises:
        DecisionRefused: A place is none of this case's.
    """
    review_set = _set_of(case)
    try:
        wanted = check_places(places, most=MOST_PLACES)
    except UsageError as error:
        raise DecisionRefused("no_item", str(error)) from error
    numbers = [item_number(review_set.pk, place) for place in wanted]
    held = Q(is_present=True) | Q(content_id=0)
    found = list(Item.objects.filter(held, item_shown(), pk__in=numbers).order_by("pk"))
    if len(found) < len(wanted):
        raise DecisionRefused(
            "no_item", "an item is not, or no longer, in this case: load the page again"
        )
    return found


def _set_of(case: CaseLike) -> ReviewSet:
    review_set = ReviewSet.objects.filter(case_id=case.id).first()
    if review_set is None:
        raise DecisionRefused("nothing", "the case has nothing to review")
    return review_set


def with_stacks(leads: Sequence[Item]) -> list[Item]:
    """Return items and, behind them, all others of the stacks that they lead.

    Raises:
        DecisionRefused: They are too many.
    """
    by_set = {each.review_set_id for each in leads}
    places = [place_of(each.pk) for each in leads if each.stack_items > 1]
    rows = Item.objects.filter(
        item_shown(), review_set_id__in=by_set, lead_place__in=places, is_present=True
    )
    found = {each.pk: each for each in leads}
    for member in rows.order_by("pk")[: MOST_PLACES + 1] if places else ():
        found.setdefault(member.pk, member)
    if len(found) > MOST_PLACES:
        raise DecisionRefused(
            "too_many", f"the stacks hold more than {MOST_PLACES} items: choose fewer"
        )
    return list(found.values())


def rungs_of(actor: Actor, case: CaseLike, items: Sequence[Item]) -> Mapping[bytes, Rung]:
    """Return the highest rung on which an officer saw each of some items in a case.

    It is what was recorded when the pictures left, not what a page says of itself; what is not in
    it was seen as its safe tile alone.
    """
    officer = officer_id(actor.actor_id)
    if officer is None:
        return {}
    seen = rungs_seen(officer, case, [bytes(each.sha256) for each in items])
    return {content: Rung(rung.slug) for content, rung in seen.items()}


def officer_id(by: str) -> UUID | None:
    """Return an officer's identifier, ``None`` where polit itself or nobody decided."""
    try:
        return UUID(by)
    except ValueError:
        return None
