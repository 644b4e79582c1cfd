"""What the register of people knows of a person's days: when they came into a case, and left it."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from polit.web.cases.queries import cases_for
from polit.web.core.chronology import Happening
from polit.web.core.due import Waiting
from polit.web.people.models import CasePerson

if TYPE_CHECKING:
    from polit.web.accounts.models import User


def place_happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return when a person became what they are in the reader's cases, and when that ended.

    Where nobody said since when, it is when it was recorded. One query.
    """
    cases = cases_for(cast("User", user))
    rows = CasePerson.objects.filter(person__in=person_ids, case__in=cases).select_related("case")
    for place in rows:
        url = reverse("people:person", args=[place.case_id, place.person_id])
        began = _midnight(place) or place.recorded_at
        yield Happening(
            began, f"{place.label} in the case", place.case.reference, url, by=place.added_by
        )
        if place.ended_at is not None:
            yield Happening(
                place.ended_at,
                f"No longer {place.label} in the case",
                place.case.reference,
                url,
                by=place.ended_by,
            )


def _midnight(place: CasePerson) -> datetime | None:
    if place.since is None:
        return None
    return timezone.make_aware(datetime.combine(place.since, time()))
