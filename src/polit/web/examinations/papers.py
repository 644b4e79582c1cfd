"""The notes of an examination on paper, for disclosure: every one, with its corrections."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.timezone import localtime

from polit.base.canonical import canonical_json
from polit.base.clock import now_utc
from polit.web.core.pdf import render_pdf
from polit.web.examinations.models import Examination
from polit.web.examinations.queries import ShownNote, note_list


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PrintedNote:
    """A note as the paper tells it.

    Args:
        number: Its place, from 1.
        title: What it is; for a correction, of which note.
        corrected: By which later note it is corrected, empty where by none.
        facts: When, by whom.
        text: As it was written.
    """

    number: int
    title: str
    corrected: str
    facts: tuple[Fact, ...]
    text: str


@dataclass(frozen=True, slots=True)
class NotesPaper:
    """All notes of an examination."""

    title: str
    exhibit: str
    printed_by: str
    printed_at: str
    examination: tuple[Fact, ...]
    notes: tuple[PrintedNote, ...]
    about: tuple[Fact, ...]


def notes_pdf(examination: Examination, *, printed_by: str) -> bytes:
    """Return the notes of an examination as PDF."""
    return render_pdf("notes", notes_paper(examination, printed_by=printed_by))


def notes_paper(examination: Examination, *, printed_by: str) -> NotesPaper:
    """Return what the paper says.

    The digest is over what was recorded alone: two prints of the same notes have the same.
    """
    case, exhibit = examination.case, examination.exhibit
    about = (
        Fact("Case", case.reference),
        Fact("Exhibit", exhibit.reference),
        Fact("Examination", str(examination.id)),
        Fact("Asked for", f"{_instant(examination.recorded_at)} by {examination.asked_by}"),
        Fact("Authority to examine", examination.authority),
    )
    notes = _printed(note_list(examination))
    recorded = {
        "examination": [asdict(fact) for fact in about],
        "notes": [asdict(note) for note in notes],
    }
    sha256 = hashlib.sha256(canonical_json(recorded)).hexdigest()
    now = _instant(now_utc())
    return NotesPaper(
        f"Notes of an examination, case {case.reference}, exhibit {exhibit.reference}",
        exhibit.reference,
        printed_by,
        now,
        about,
        notes,
        (
            Fact("Notes", str(len(notes))),
            Fact("Printed by", printed_by),
            Fact("Printed at", now),
            Fact("SHA-256 of the data", sha256),
        ),
    )


def _printed(notes: tuple[ShownNote, ...]) -> tuple[PrintedNote, ...]:
    numbers = {shown.note.pk: number for number, shown in enumerate(notes, start=1)}
    corrected_by = {shown.note.corrects_id: shown.note.pk for shown in notes}
    return tuple(
        PrintedNote(
            numbers[shown.note.pk],
            f"Correction of note {numbers[shown.note.corrects_id]}"
            if shown.note.corrects_id
            else "Note",
            f"Corrected by note {numbers[corrected_by[shown.note.pk]]}"
            if shown.is_corrected
            else "",
            (
                Fact("Done or seen", _instant(shown.note.occurred_at)),
                Fact("Written", f"{_instant(shown.note.recorded_at)} by {shown.note.author_name}"),
            ),
            shown.note.text,
        )
        for shown in notes
    )


def _instant(at: datetime) -> str:
    return localtime(at).strftime("%d %B %Y, %H:%M:%S (UTC%z)")
