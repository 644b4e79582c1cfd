"""Pages of statistics: who sees what, a run as it was, its records, its paper, its rows."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeUser
from web.statistics.counted_world import (
    FIGURES,
    SIX_MONTHS,
    TOO_LATE,
    WHY,
    Force,
    made_force,
    move_execution,
)

from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.marked import MARK
from polit.web.core.pdf import render_pdf
from polit.web.core.rules import Purpose, Role
from polit.web.statistics.models import StatisticsRun
from polit.web.statistics.papers import run_paper
from polit.web.statistics.rules import Selection
from polit.web.statistics.services import rows_export, run_take

DAYS = {"from": "2025-04-01", "to": "2025-09-30"}
FORM = {
    "from_on_0": "1", "from_on_1": "4", "from_on_2": "2025",
    "to_on_0": "30", "to_on_1": "9", "to_on_2": "2025",
}  # fmt: skip


@pytest.fixture
def force() -> Force:
    return made_force()


@pytest.fixture
def supervisor(make_user: MakeUser) -> User:
    return make_user("s.example", Role.SUPERVISOR)


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def taken() -> StatisticsRun:
    return run_take(SYSTEM, selection=Selection(SIX_MONTHS))


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("role", sorted(Role))
def test_who_sees_figures_and_who_their_records(
    role: Role, make_user: MakeUser, client_for: ClientFor
) -> None:
    user = make_user("u.example", role)
    client, run = client_for(user), taken()
    sees = 200 if role in {Role.SUPERVISOR, Role.AUDITOR} else 403
    drills = 200 if role is Role.SUPERVISOR else 403
    base = f"/statistics/runs/{run.pk}/"
    for address in ("/statistics/", base, f"{base}changes/", f"{base}paper/"):
        assert client.get(address).status_code == sees
    assert client.get("/statistics/arrests/", DAYS).status_code == drills
    assert client.get("/statistics/rows/").status_code == drills
    if sees == 403:
        with pytest.raises(AuthorityError):
            run_take(actor(user), selection=Selection(SIX_MONTHS))
    if drills == 403:
        with pytest.raises(AuthorityError):
            rows_export(actor(user), reason=WHY, selection=Selection(SIX_MONTHS), write=int)


def test_period_is_counted_and_the_run_is_kept(
    force: Force, supervisor: User, client_for: ClientFor
) -> None:
    client = client_for(supervisor)
    made = client.post("/statistics/", {**FORM, "area": force.area.pk})
    run = StatisticsRun.objects.get()
    assert made["Location"] == f"/statistics/runs/{run.pk}/"
    assert (run.by, run.area, run.from_on) == ("s.example", force.area, date(2025, 4, 1))
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.nature) == ("statistics.run", "combination")
    assert json.loads(event.details)["figures"]["arrests"] == 2
    page = client.get(made["Location"]).content.decode()
    for words in ("1 April 2025 to 30 September 2025", "North", "Warrants executed", "counts once"):
        assert words in page
    assert (
        f"/statistics/arrests/?from=2025-04-01&amp;to=2025-09-30&amp;area={force.area.pk}" in page
    )
    for tab, words in (
        ("stages", "Median"), ("backlog", "Exhibits waiting for examination"),
        ("workload", "By role"), ("queries", "SELECT"), ("nothing", "Warrants executed"),
    ):  # fmt: skip
        assert words in client.get(made["Location"], {"show": tab}).content.decode()
    assert run.pk.hex in client.get("/statistics/").content.decode().replace("-", "")


def test_wrong_period_is_asked_again(supervisor: User, client_for: ClientFor) -> None:
    client = client_for(supervisor)
    turned = {**FORM, "to_on_2": "2024"}
    assert b"before its first" in client.post("/statistics/", turned).content
    assert b"Enter first day" in client.post("/statistics/", {}).content
    assert not StatisticsRun.objects.exists()


def test_run_is_shown_as_it_was_and_never_changed(
    force: Force, supervisor: User, client_for: ClientFor
) -> None:
    run = taken()
    move_execution(force.corrected, TOO_LATE)
    assert run.counted.value_of("warrants_executed") == FIGURES["warrants_executed"]
    kept = run.counted.figures[0]
    assert kept.sql.startswith("SELECT")
    assert "2025-09-30 23:00:00" in " ".join(kept.parameters)
    with act(SYSTEM, "tests.act", reason=WHY) as deed:
        deed.about("statistics_run", run.pk)
        with pytest.raises(UsageError):
            run.save()
    later = taken()
    client = client_for(supervisor)
    shown = client.get(f"/statistics/runs/{later.pk}/changes/").content.decode()
    assert "\u22121" in shown
    assert shown.count("<strong>\u22121</strong>") == 2
    assert "Executions of warrants" in shown
    first = client.get(f"/statistics/runs/{run.pk}/changes/", {"since": "x"}).content
    assert b"There is no earlier run" in first
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE statistics_run SET report = 'x'")


def test_records_of_other_cases_are_a_number(
    force: Force, supervisor: User, client_for: ClientFor
) -> None:
    client = client_for(supervisor)
    address = "/statistics/warrants_executed/"
    none = client.get(address, DAYS).content.decode()
    assert "3 records are in cases that you have no access to" in none
    assert "Warrant W1" not in none
    member_add(
        SYSTEM, reason=WHY, case=force.north, user_id=supervisor.pk, purpose=Purpose.SUPERVISION
    )
    some = client.get(address, DAYS).content.decode()
    assert "2 further records are in cases that you have no access to" in some
    assert ("Warrant W1" in some, "Warrant W3" in some) == (True, False)


def test_every_figure_leads_to_its_records(
    force: Force, supervisor: User, client_for: ClientFor
) -> None:
    for case in (force.north, force.other):
        member_add(
            SYSTEM, reason=WHY, case=case, user_id=supervisor.pk, purpose=Purpose.SUPERVISION
        )
    client = client_for(supervisor)
    for key, value in FIGURES.items():
        page = client.get(f"/statistics/{key}/", DAYS).content.decode()
        assert page.count('scope="row"') == value, key
        assert "no access" not in page
        assert "Ann Example" not in page


@pytest.mark.parametrize(
    "query",
    ["", "from=x&to=2025-01-01", "from=2025-04-01&to=2025-09-30&area=x", "from=%00&to=%00",
     "from=2025-10-01&to=2025-09-30", "from=2025-04-01&to=" + "9" * 10_000],
)  # fmt: skip
def test_address_that_says_no_period_leads_nowhere(
    query: str, supervisor: User, client_for: ClientFor
) -> None:
    client = client_for(supervisor)
    assert client.get(f"/statistics/arrests/?{query}").status_code == 404
    assert client.get("/statistics/nothing/", DAYS).status_code == 404
    assert client.get(f"/statistics/?{query}").status_code == 200
    for odd in ("after=%00", "after=x", "q=%00", "q=" + "x" * 10_000, "sort=x"):
        assert client.get(f"/statistics/?{odd}").status_code == 200
        assert client.get(f"/statistics/arrests/?from=2025-04-01&to=2025-09-30&{odd}").status_code


def test_run_is_printed(force: Force, supervisor: User, client_for: ClientFor) -> None:
    run = run_take(SYSTEM, selection=Selection(SIX_MONTHS, area_id=force.area.pk))
    answer = client_for(supervisor).get(f"/statistics/runs/{run.pk}/paper/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_run_of_a_synthetic_record_is_printed_with_its_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A table that goes on over a page end was broken by the mark once: PDF/UA refused it."""
    monkeypatch.setattr("polit.web.core.pdf.mark_text", lambda: MARK)
    paper = run_paper(run_take(SYSTEM, selection=Selection(SIX_MONTHS)))
    made = render_pdf("statistics", replace(paper, figures=paper.figures * 4))
    assert made.startswith(b"%PDF")


def test_rows_are_handed_out_with_a_reason(
    force: Force, supervisor: User, client_for: ClientFor
) -> None:
    client = client_for(supervisor)
    assert b"Enter the reason" in client.post("/statistics/rows/", FORM).content
    answer = client.post("/statistics/rows/", {**FORM, "reason": "For the auditors"})
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert len(packed.namelist()) == 11
    assert json.loads(packed.read("about.json"))["from"] == "2025-04-01"
    assert str(force.corrected.pk) in packed.read("executions.csv").decode()
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.nature, event.reason) == (
        "statistics.export", "disclosure", "For the auditors",
    )  # fmt: skip


def test_workload_tells_of_no_single_grader(force: Force, make_user: MakeUser) -> None:
    def graders() -> int | None:
        loads = {each.role: each for each in taken().counted.roles}
        return loads["Grader"].cases

    for number in range(3):
        user = make_user(f"g{number}", Role.GRADER)
        member_add(SYSTEM, reason=WHY, case=force.north, user_id=user.pk, purpose=Purpose.GRADING)
        assert graders() == (1 if number == 2 else None)


def test_pages_ask_the_same_few_queries(
    force: Force, supervisor: User, client_for: ClientFor
) -> None:
    member_add(
        SYSTEM, reason=WHY, case=force.north, user_id=supervisor.pk, purpose=Purpose.SUPERVISION
    )
    client, run = client_for(supervisor), taken()
    query = "from=2025-04-01&to=2025-09-30"
    pages = ["/statistics/", f"/statistics/runs/{run.pk}/"]
    pages += [f"/statistics/{key}/?{query}" for key in ("arrests", "children_safeguarded")]
    before = [count(client, page) for page in pages]
    for _each in range(3):
        taken()
    assert [count(client, page) for page in pages] == before
