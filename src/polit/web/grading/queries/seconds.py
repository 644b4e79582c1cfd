"""Which items a second officer is to look at, blind to what the first one said."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import F, Q

from polit.web.core.access import CaseAccess, CaseLike
from polit.web.grading.models import Standing, Strategy
from polit.web.grading.rules import DRAWS
from polit.web.items.models import Item
from polit.web.items.queries.blocked import item_shown
from polit.web.items.rules import place_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from polit.web.accounts.models import User


def draws_below(case: CaseLike) -> int:
    """Return below which draw a graded item falls to a second review; 0 for none."""
    rows = Strategy.objects.filter(case_id=case.id).order_by("-version")
    percent = rows.values_list("second_percent", flat=True).first() or 0
    return percent * DRAWS // 100


def seconds_among(
    case: CaseLike, officer_id: str, standings: Mapping[bytes, Standing]
) -> frozenset[bytes]:
    """Return which of some contents an officer is to review blind, as ``second_queue`` does."""
    below = draws_below(case)
    return frozenset(
        content for content, each in standings.items()
        if officer_id not in each.votes
        and (each.is_disputed or each.unsure
             or (each.code and each.voters == 1 and each.draw < below))
    )  # fmt: skip


def seconds_due(case: CaseLike) -> "QuerySet[Standing]":
    """Return what needs a second look: disputed, unsure, or drawn and seen by one officer."""
    drawn = Q(draw__lt=draws_below(case), voters=1) & ~Q(code="")
    return Standing.objects.filter(case_id=case.id).filter(
        Q(is_disputed=True) | Q(unsure=True) | drawn
    )


def second_queue(access: CaseAccess, user: "User") -> list[int]:
    """Return the places of a case that a person is to review blind, in no telling order.

    They are ordered by their draw: whether an item is disputed, unsure or drawn is not told.
    What the person had a say in already is not among them.
    """
    rows = seconds_due(access.case).exclude(votes__contains=str(user.pk))
    ordered = rows.order_by("draw", "pk").values_list("sha256", flat=True)
    contents = [bytes(each) for each in ordered]
    # Of a large case these are more than a statement takes parameters.
    items = Item.objects.filter(
        item_shown(),
        review_set__case_id=access.case.id,
        sha256__in=rows.values("sha256"),
        is_present=True,
    )
    found = {bytes(each): pk for each, pk in items.values_list("sha256", F("pk"))}
    return [place_of(found[each]) for each in contents if each in found]
