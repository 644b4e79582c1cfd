"""Notes of an examination on paper: all of them, with corrections, recorded before they leave."""

import hashlib
import io
import json
from datetime import timedelta

import pypdf
import pytest
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import examination_of
from web.seized import seized_exhibit

from polit.base.clock import now_utc
from polit.web.audit.models import AuditEvent
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.examinations.models import Examination
from polit.web.examinations.papers import notes_paper
from polit.web.examinations.services import note_add

HOSTILE = '#panic("x") $x$ \u202egnp.exe <script>'


@pytest.fixture
def examination(make_case: MakeCase, make_user: MakeUser) -> Examination:
    case = make_case("T-1", make_user("e.example", Role.EXAMINER))
    found = examination_of(seized_exhibit(case, "AB/1"), "root/a")
    first = noted(found, "opened the case")
    noted(found, HOSTILE)
    noted(found, "opened the bag", corrects=first)
    return found


def noted(examination: Examination, text: str, **more: object) -> object:
    given: dict[str, object] = {"occurred_at": now_utc() - timedelta(minutes=1), **more}
    return note_add(SYSTEM, reason="a test", examination=examination, text=text, **given)  # type: ignore[arg-type]


def test_paper_holds_every_note_and_says_which_was_corrected(examination: Examination) -> None:
    paper = notes_paper(examination, printed_by="E. Example")

    assert [note.text for note in paper.notes] == ["opened the case", HOSTILE, "opened the bag"]
    assert [note.title for note in paper.notes] == ["Note", "Note", "Correction of note 1"]
    assert [note.corrected for note in paper.notes] == ["Corrected by note 3", "", ""]
    assert notes_paper(examination, printed_by="somebody else").about[3] == paper.about[3]


def test_paper_leaves_with_a_reason_once_it_is_recorded(
    examination: Examination, client_for: ClientFor
) -> None:
    client = client_for(examination.case.members.get().user)
    keys = {"case_id": examination.case_id, "examination_id": examination.id}
    url = reverse("examinations:notes_print", kwargs=keys)

    refused = client.post(url, {"reason": ""})
    sent = client.post(url, {"reason": "disclosure to the prosecutor"})

    assert refused["Content-Type"].startswith("text/html")
    pages = pypdf.PdfReader(io.BytesIO(sent.content)).pages
    # The paper lets long words break, with spaces that have no width.
    text = " ".join(page.extract_text().replace("\u200b", "") for page in pages)
    assert "opened the case" in text
    assert "Corrected by note 3" in text
    assert sent["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(action="examinations.notes_print")
    assert (event.nature, event.reason) == ("disclosure", "disclosure to the prosecutor")
    assert json.loads(event.details) == {
        "notes": 3, "paper_sha256": hashlib.sha256(sent.content).hexdigest(),
    }  # fmt: skip
    page = client.get(reverse("examinations:page", kwargs=keys)).content.decode()
    assert url in page
