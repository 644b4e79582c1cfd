"""What the register of exhibits knows of a person's days: what of theirs was seized."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.urls import reverse

from polit.web.cases.queries import cases_for
from polit.web.core.chronology import Happening
from polit.web.core.due import Waiting
from polit.web.exhibits.models import Exhibit

if TYPE_CHECKING:
    from polit.web.accounts.models import User


def exhibit_happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return the seizing of what a person owns, in the reader's cases; parts are not told again.

    One query.
    """
    cases = cases_for(cast("User", user))
    rows = Exhibit.objects.filter(owner__person__in=person_ids, case__in=cases, parent=None)
    for each in rows.select_related("case"):
        yield Happening(
            each.seized_at,
            f"Exhibit {each.reference} seized",
            each.case.reference,
            reverse("exhibits:page", args=[each.case_id, each.pk]),
            text=each.short_description,
            by=each.producer,
        )
