"""Values for the addresses of examinations, made for one case: what the matrix asks with."""

from collections.abc import Callable

from web.imported import examination_of
from web.seized import seized_exhibit

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.examinations.models import Examination
from polit.web.examinations.services import note_add
from polit.web.exhibits.models import Exhibit


def examination_id(case: Case) -> str:
    """Return the case's examination."""
    return str(_examination(case).id)


def examination_note_id(case: Case) -> str:
    """Make a note of that examination."""
    note = note_add(
        SYSTEM, reason="a sample", examination=_examination(case), text="a sample",
        occurred_at=now_utc(),
    )  # fmt: skip
    return str(note.id)


def examination_action(case: Case) -> str:
    """Name an action."""
    del case
    return "cancel"


def _examination(case: Case) -> Examination:
    found = Examination.objects.filter(case=case).first()
    if found is not None:
        return found
    exhibit = Exhibit.objects.filter(case=case).first() or seized_exhibit(case, "S/1")
    return examination_of(exhibit, "root/sample.E01", kind="queued", state="asked", package="")


SAMPLES: dict[str, Callable[[Case], object]] = {
    "examination_id": examination_id,
    "examination_note_id": examination_note_id,
    "examination_action": examination_action,
}
