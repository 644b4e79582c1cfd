"""What of cases and their notes can be found."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast
from uuid import UUID

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from polit.web.cases.models import Case, CaseNote
from polit.web.core.rules import CASE_ROLES
from polit.web.core.searching import Entry, Searchable


def _case_entries(records: Sequence[Model]) -> Iterator[Entry]:
    for case in cast("Sequence[Case]", records):
        url = reverse("cases:page", args=[case.pk])
        title = f"{case.reference}: {case.title}"
        yield Entry(case.pk, case.pk, title, case.operation, url, CASE_ROLES)


def _note_entries(records: Sequence[Model]) -> Iterator[Entry]:
    """Return the notes that hold; of a corrected one the correction is found."""
    notes = cast("Sequence[CaseNote]", records)
    corrected = CaseNote.objects.filter(corrects__in=[each.pk for each in notes])
    gone = frozenset(corrected.values_list("corrects_id", flat=True))
    for note in notes:
        if note.pk in gone:
            continue
        day = timezone.localdate(note.recorded_at)
        title = f"{note.title} of {day.day} {day:%B %Y} by {note.author}"
        url = reverse("cases:notes", args=[note.case_id])
        yield Entry(note.pk, note.case_id, title, note.text, url, CASE_ROLES)


def _corrected(note: Model) -> Iterable[UUID]:
    found = cast("CaseNote", note).corrects_id
    return () if found is None else (found,)


CASES = Searchable("case", "Case", Case, _case_entries)
NOTES = Searchable(
    "case_note", "Note on a case", CaseNote, _note_entries, ((CaseNote, _corrected),)
)
