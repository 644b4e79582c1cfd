"""Values for the addresses of disclosure, made for one case."""

from collections.abc import Callable
from uuid import UUID

from web.arrests.samples import access_to, suspect_of
from web.disclosure.disclosed import service, unused, viewing

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.court.models import Charge
from polit.web.disclosure.models import Served, UnusedItem, Viewing
from polit.web.disclosure.services import (
    management_write,
    schedule_serve,
    unused_record,
    viewing_record,
)

_WORD = "a sample"


def defendant_id(case: Case) -> UUID:
    """Return the defendant of the case."""
    found = Charge.objects.filter(case=case).first()
    return found.place_id if found else suspect_of(case).pk


def _served(case: Case, kind: str) -> UUID:
    found = Served.objects.filter(case=case, kind=kind).first()
    if found is None:
        found = schedule_serve(SYSTEM, reason=_WORD, access=access_to(case), kind=kind,
                               place_id=defendant_id(case), given=service())  # fmt: skip
    return found.pk


def unused_id(case: Case) -> UUID:
    """Return an item of sensitive unused material."""
    found = UnusedItem.objects.filter(case=case).first()
    if found is None:
        management_write(
            SYSTEM, reason=_WORD, access=access_to(case), place_id=defendant_id(case),
            text="What is sought.\nWhat is held.",
        )  # fmt: skip
        found = unused_record(SYSTEM, reason=_WORD, access=access_to(case),
                              place_id=defendant_id(case),
                              given=unused(schedule="mg6d"))  # fmt: skip
    return found.first_id


def served_id(case: Case) -> UUID:
    """Return a served version of the schedule of images."""
    return _served(case, "images")


def sensitive_served_id(case: Case) -> UUID:
    """Return a served version of the sensitive schedule."""
    unused_id(case)
    return _served(case, "mg6d")


def viewing_id(case: Case) -> UUID:
    """Return a viewing."""
    found = Viewing.objects.filter(case=case).first()
    if found is None:
        found = viewing_record(SYSTEM, reason=_WORD, access=access_to(case),
                               place_id=defendant_id(case),
                               given=viewing(served_id=served_id(case)))  # fmt: skip
    return found.first_id


def schedule_kind(case: Case) -> str:
    """Name a kind of schedule."""
    del case
    return "mg6c"


def served_paper(case: Case) -> str:
    """Name a paper."""
    del case
    return "csv"


SAMPLES: dict[str, Callable[[Case], object]] = {
    "defendant_id": defendant_id,
    "schedule_kind": schedule_kind,
    "sensitive_served_id": sensitive_served_id,
    "served_id": served_id,
    "served_paper": served_paper,
    "unused_id": unused_id,
    "viewing_id": viewing_id,
}
