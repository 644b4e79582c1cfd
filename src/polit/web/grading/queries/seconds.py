"""Which items a second officer is to look at, blind to what the first one said."""

from typing import TYPE_CHECKING

from django.db.models import F, Q

from polit.web.core.access import CaseAccess, CaseLike
from polit.web.grading.models import Standing, Strategy
from polit.web.grading.rules import DRAWS
from polit.web.items.models import Item
from polit.web.items.rules import place_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from polit.web.accounts.models import User


def draws_below(case: CaseLike) -> int:
    """Return below which draw a graded item falls to a second review; 0 for none."""
    rows = Strategy.objects.filter(case_id=case.id).order_by("-version")
    percent = rows.values_list("second_percent", flat=True).first() or 0
    return percent * DRAWS // 100


def is_due_for_second(standing: Standing, officer_id: str) -> bool:
    """Tell whether somebody else than this officer had a say on a content, and they had none."""
    return standing.voters > 0 and officer_id not in standing.votes


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
    rows = seconds_due(access.case).exclude(votes__contains=str(user.pk)).order_by("draw", "pk")
    contents = [bytes(each) for each in rows.values_list("sha256", flat=True)]
    items = Item.objects.filter(
        review_set__case_id=access.case.id, sha256__in=contents, is_present=True
    )
    found = {bytes(each): pk for each, pk in items.values_list("sha256", F("pk"))}
    return [place_of(found[each]) for each in contents if each in found]
