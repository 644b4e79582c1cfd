"""Labels, reports and tables: well-formed, complete, and hostile text in them stays text."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from django.test import Client
from django.urls import reverse
from web.conftest import MakeCase, MakeUser
from web.exhibits.custody_stories import PHONE, after, happening, record, seized, split_off
from web_sessions import client_of, signed_in_session

from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.cases.queries import header_of
from polit.web.cases.rules import GrantedAccess
from polit.web.core import pdf
from polit.web.core.acting import SYSTEM
from polit.web.core.cells import safe_cell
from polit.web.core.pdf import render_pdf
from polit.web.core.rules import Purpose, Role
from polit.web.exhibits.continuity import Copy, SealFound
from polit.web.exhibits.corrections import Correction, Field
from polit.web.exhibits.papers import ExhibitPart, _gaps, continuity_pdf, continuity_report
from polit.web.exhibits.queries import ExhibitRow, event_list, exhibit_all
from polit.web.exhibits.rules import EventKind, Person
from polit.web.exhibits.services import Paper, Sheet, custody_correct, exhibit_correct, facts_digest
from polit.web.exhibits.tables import events_csv, exhibits_csv
from polit.web.exhibits.telling import chain_faults

TYPST = '#panic("x") $x$ \\ @ref #import "a" // /* ` ~ <x> *b* _i_'
HOSTILE = [TYPST, "a\x07b\u202egnp.exe", "=1+1", "\u6f22\u5b57", "מרחבא", "x" * 300, "\U0001f600"]


@pytest.fixture
def officer(make_user: MakeUser) -> User:
    return make_user("a.example", Role.SUPERVISOR)


@pytest.fixture
def case(make_case: MakeCase, officer: User) -> Case:
    return make_case("OP/1", officer)


def granted(case: Case) -> GrantedAccess:
    return GrantedAccess(header_of(case), Purpose.INVESTIGATION, "member")


def text_of(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return "\n".join(page.extract_text() for page in pages)


def told(case: Case) -> None:
    """Tell a story of every kind of event, hostile wherever somebody may write."""
    exhibit = seized(case, description=TYPST, seal="S-0", owner=HOSTILE[1])
    note = "\n".join(HOSTILE)
    damaged = SealFound.DAMAGED
    record(exhibit, happening(EventKind.OPEN_SEAL, 1, seal="S-0", seal_found=damaged, note=note))
    copied = Copy("=cmd|'/c'!A1", "sha256:" + "0" * 64, TYPST)
    record(exhibit, happening(EventKind.COPY, 2, copy=copied))
    record(exhibit, happening(EventKind.HAND_OVER, 3, taker=Person(TYPST)))
    custody_correct(
        SYSTEM,
        reason=TYPST,
        exhibit=exhibit,
        correction=Correction(3, Field.COPY, "+another"),
        after_number=4,
    )


def post(client: Client, case: Case, paper: Paper, **other: str) -> tuple[bytes, str]:
    url = reverse("exhibits:papers", args=[case.id])
    fields = {"paper": paper.value, "sheet": Sheet.A4_24.value, "skip": "0", "reason": "court"}
    answer = client.post(url, fields | other)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("attachment")
    return answer.content, answer["Content-Type"]


@pytest.mark.parametrize("paper", Paper)
def test_each_paper_is_a_disclosure_with_its_digest(
    paper: Paper, case: Case, officer: User
) -> None:
    told(case)
    client = client_of(signed_in_session(officer))
    assert client.get(reverse("exhibits:papers", args=[case.id])).status_code == 200

    data, kind = post(client, case, paper)

    event = AuditEvent.objects.get(action=f"exhibits.print_{paper.value}")
    assert (event.nature, event.reason, event.details) == (
        "disclosure",
        "court",
        '{"exhibits":["AB/1"]}',
    )
    assert kind == ("application/pdf" if data[:5] == b"%PDF-" else "text/csv; charset=utf-8")


def test_continuity_report_tells_every_event_and_is_tagged(case: Case, officer: User) -> None:
    told(case)
    data, _ = post(client_of(signed_in_session(officer)), case, Paper.CONTINUITY)

    reader = pypdf.PdfReader(io.BytesIO(data))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "Continuity report, case OP/1"
    text = text_of(data)
    for words in (
        "1. Seized",
        "2. Seal opened",
        "3. Digital copy made (corrected by event 5)",
        "4. Handed over",
        "5. Correction",
        "None: every event goes on",
        "Entered later",
        "SHA-256 of the data",
        "Signature",
        "#panic",
        "Page 1 of",
    ):
        assert words in text.replace("\u200b", ""), words
    assert re.search(r"SHA-256 of the data\s+[0-9a-f]{64}\s", text), "a digest is copied out whole"
    report = continuity_report(granted(case), exhibit_all(granted(case)), printed_by="A")
    again = continuity_report(granted(case), exhibit_all(granted(case)), printed_by="B")
    assert report.about[-1] == again.about[-1]


def facts_of(part: ExhibitPart) -> str:
    """Return all that a report says of an exhibit, one line each."""
    told = [*part.facts, *part.redescribed, *part.now, *part.seals, *part.copies]
    events = [f"{each.number} {each.superseded} {each.late} {each.facts}" for each in part.events]
    return "\n".join([*(f"{each.name}: {each.value}" for each in told), *events])


def test_report_hides_nothing_that_was_corrected(case: Case) -> None:
    exhibit = seized(case, seal="S-1")
    shown = facts_digest(exhibit)
    right = replace(PHONE, description="A red phone")
    exhibit_correct(SYSTEM, reason="lamp", exhibit=exhibit, thing=right, shown=shown)
    for field, text in ((Field.SEAL, "S-2"), (Field.NOTE, "It rained"), (Field.AUTHORITY, "W-2")):
        custody_correct(
            SYSTEM, reason="notebook", exhibit=exhibit, correction=Correction(1, field, text),
            after_number=exhibit.events.count(),
        )  # fmt: skip
    record(exhibit, happening(EventKind.OPEN_SEAL, 1, seal="S-2"))
    record(exhibit, happening(EventKind.COPY, 2))
    copy = Correction(6, Field.COPY, "sha256:1")
    custody_correct(SYSTEM, reason="x", exhibit=exhibit, correction=copy, after_number=6)

    report = continuity_report(granted(case), exhibit_all(granted(case)), printed_by="A")

    part = report.exhibits[0]
    text = facts_of(part)
    for words in (
        "description: “A phone” became “A red phone”",
        "corrected by events 2, 3, 4",
        "not sealed → S-1 (event 1, corrected by events 2, 3, 4)",
        "S-1 → S-2 (event 2, correction of event 1)",
        "S-2 → not sealed (event 5)",
        "(event 6, corrected by event 7)",
    ):
        assert words in text, words
    assert not [each.number for each in part.events if each.late and each.title == "Correction"]
    correction = part.events[1].facts
    assert not [each for each in correction if each.name in {"From", "To", "Old seal", "New seal"}]
    assert (report.case, report.about[1].value) == ("Case OP/1: A test", "1: AB/1")


def test_broken_chain_is_told_of(case: Case) -> None:
    exhibit = seized(case)
    for hours in (1, 2):
        record(exhibit, happening(EventKind.COPY, hours))
    events = event_list([exhibit])[exhibit.id]
    assert chain_faults(events) == []
    assert chain_faults([]) == chain_faults(events[1:]) == ["its beginning is missing"]
    assert chain_faults([events[0], events[2]]) == ["before event 3"]
    events[2].occurred_at = after(0.5)
    assert chain_faults(events) == ["event 3 happened before event 2"]
    row = ExhibitRow(exhibit, events[-1])
    assert _gaps([row], {exhibit.id: events}) == "Found: AB/1: event 3 happened before event 2"


def test_note_of_many_lines_is_in_the_report_whole(case: Case) -> None:
    exhibit = seized(case)
    note = "\n".join(f"L{number}" for number in range(200))
    record(exhibit, happening(EventKind.COPY, 1, note=note))
    data = continuity_pdf(granted(case), exhibit_all(granted(case)), printed_by="A")
    pages = [page.extract_text().count("L") for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    assert sum(pages) >= 200
    assert max(pages) < 60  # what a page has room for: none runs over its edge


def test_tables_say_of_what_a_part_is(case: Case) -> None:
    split_off(seized(case))
    rows = exhibit_all(granted(case))
    lines = list(csv.DictReader(io.StringIO(exhibits_csv(rows).decode("utf-8-sig"))))
    assert [line["part_of"] for line in lines] == ["", "AB/1"]
    lines = list(csv.DictReader(io.StringIO(events_csv(rows).decode("utf-8-sig"))))
    assert lines[-1]["split_from"] == "AB/1, event 2"


def test_labels_of_both_sheets_carry_the_code(case: Case, officer: User) -> None:
    exhibit = seized(case)
    other = seized(case, "#panic() $x$ \\ @ref")
    client = client_of(signed_in_session(officer))
    data, _ = post(client, case, Paper.LABELS, sheet="single")
    assert len(pypdf.PdfReader(io.BytesIO(data)).pages) == 2
    assert f"polit:exhibit:{exhibit.id}" in text_of(data)
    assert "07:30 GMT" in text_of(data)
    data, _ = post(client, case, Paper.LABELS, skip="23")
    assert len(pypdf.PdfReader(io.BytesIO(data)).pages) == 2
    data, _ = post(client, case, Paper.LABELS, exhibits=str(other.id))
    assert f"polit:exhibit:{exhibit.id}" not in text_of(data)


def test_tables_run_nothing_in_a_spreadsheet_and_open_as_utf_8(case: Case) -> None:
    told(case)
    rows = exhibit_all(granted(case))
    for data in (exhibits_csv(rows), events_csv(rows)):
        assert data.startswith(b"\xef\xbb\xbf")
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert len({len(line) for line in lines}) == 1
        cells = [cell for line in lines for cell in line]
        assert not [cell for cell in cells if cell.strip()[:1] in {"=", "+", "-", "@"}]
    assert "'=cmd|'/c'!A1" in events_csv(rows).decode()


@pytest.mark.parametrize("head", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", " ="])
def test_cell_that_begins_like_a_formula_is_text(head: str) -> None:
    shown = {"\t": "\\u{9}", "\r": "\\u{d}", "\n": "\\u{a}"}.get(
        head, head
    )  # what is not seen is written out
    assert safe_cell(head + "x") == "'" + shown + "x"
    assert safe_cell("a\r\nb", keeps_lines=True) == "a\nb"
    assert (safe_cell("AB/1"), safe_cell(None), safe_cell(7)) == ("AB/1", "", "7")


def test_character_without_a_glyph_stands_as_its_code_point(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "plain.typ").write_text(
        '#set document(title: "x")\n#set text(lang: "en")\n'
        "#for each in json(bytes(sys.inputs.data)) [#each\\ ]"
    )
    monkeypatch.setattr(pdf, "_TEMPLATES", tmp_path)
    monkeypatch.setattr(pdf, "_glyphs", {})
    shown = text_of(render_pdf("plain", [TYPST, "\U00013000", "a\x00b", "Жé"]))
    assert "\\u{13000}" in shown
    assert "a\\u{0}b" in shown
    assert "Жé" in shown
    assert '#panic("x")' in shown


def test_template_that_fails_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken.typ").write_text("#panic()")
    monkeypatch.setattr(pdf, "_TEMPLATES", tmp_path)
    with pytest.raises(typst.TypstError):
        render_pdf("broken", [])
