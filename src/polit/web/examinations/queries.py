"""What is asked of examinations."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from polit.base import settings
from polit.broker.client import BrokerClient
from polit.web.core.access import CaseAccess
from polit.web.core.paging import Page, page_of
from polit.web.examinations.models import Examination, Note
from polit.web.exhibits.models import Exhibit

if TYPE_CHECKING:
    from django.db.models import QuerySet


def broker_client() -> BrokerClient:
    """Return the way to the broker."""
    return BrokerClient(settings.data_folder() / "run" / "broker.sock")


def _of_case(access: CaseAccess) -> "QuerySet[Examination]":
    rows = Examination.objects.filter(case_id=access.case.id)
    return rows.select_related("case", "exhibit", "progress")


def examination_list(access: CaseAccess, *, after: str = "") -> Page[Examination]:
    """Return a page of the case's examinations, the newest first."""
    rows, key = _of_case(access), "recorded_at"
    return page_of(rows, key=key, after=after, newest_first=True)


def examination_latest(access: CaseAccess, count: int) -> tuple[Examination, ...]:
    """Return the case's newest examinations."""
    return tuple(_of_case(access).order_by("-recorded_at")[:count])


def examinations_of_exhibit(
    access: CaseAccess, exhibit_id: UUID, count: int
) -> tuple[Examination, ...]:
    """Return an exhibit's newest examinations."""
    rows = _of_case(access).filter(exhibit_id=exhibit_id)
    return tuple(rows.order_by("-recorded_at")[:count])


def examination_get(access: CaseAccess, examination_id: UUID) -> Examination:
    """Return an examination of the case.

    Raises:
        Examination.DoesNotExist: The case has none of that identifier.
    """
    return _of_case(access).get(pk=examination_id)


def exhibit_get(access: CaseAccess, exhibit_id: UUID) -> Exhibit:
    """Return an exhibit of the case.

    Raises:
        Exhibit.DoesNotExist: The case has none of that identifier.
    """
    return Exhibit.objects.select_related("case").get(pk=exhibit_id, case_id=access.case.id)


def exhibit_list(access: CaseAccess) -> tuple[Exhibit, ...]:
    """Return the exhibits of the case by their references, the first thousand."""
    return tuple(Exhibit.objects.filter(case_id=access.case.id).order_by("reference")[:1000])


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note as it is read.

    Args:
        note: The note.
        is_corrected: Whether a later note corrects it; it stays readable.
        title: What it is, for its head.
    """

    note: Note
    is_corrected: bool
    title: str


def note_list(examination: Examination) -> tuple[ShownNote, ...]:
    """Return an examination's notes in the order in which they were written."""
    notes = list(Note.objects.filter(examination=examination).order_by("recorded_at", "id"))
    corrected = {note.corrects_id for note in notes}
    return tuple(
        ShownNote(note, note.pk in corrected, "Correction" if note.corrects_id else "Note")
        for note in notes
    )


def note_get(access: CaseAccess, examination_id: UUID, note_id: UUID) -> Note:
    """Return a note of an examination of the case.

    Raises:
        Note.DoesNotExist: There is none.
    """
    return Note.objects.select_related("examination__case").get(
        pk=note_id, examination_id=examination_id, examination__case_id=access.case.id
    )
