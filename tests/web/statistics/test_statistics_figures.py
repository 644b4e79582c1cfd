"""What is counted: the hard cases by hand, by the command, and by a script without polit."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner
from web.statistics.counted_world import (
    FIGURES,
    TOO_LATE,
    Force,
    access_to,
    execution,
    made_force,
    move_execution,
    utc,
    warrant,
)

from polit.cli.application import app
from polit.web.cases.services import case_open
from polit.web.core.acting import SYSTEM
from polit.web.core.stages import Cases, Stage
from polit.web.orders.given import GivenVisit
from polit.web.orders.models import Order, Visit
from polit.web.orders.rules import EndKind
from polit.web.orders.services import order_end, visit_record
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import referral_receive
from polit.web.statistics.counting import report_of
from polit.web.statistics.export import folder_write
from polit.web.statistics.figures import FIGURES as KNOWN
from polit.web.statistics.report import Report
from polit.web.statistics.rules import Selection, Spread
from polit.web.statistics.services import rows_export

RECOUNT = Path(__file__).parents[3] / "samples" / "recount.py"
DAYS = ["--from", "2025-04-01", "--to", "2025-09-30"]


@pytest.fixture
def force() -> Force:
    return made_force()


def figures_of(report: Report) -> dict[str, int]:
    return {each.key: each.value for each in report.figures}


def recounted(folder: Path, *options: str) -> dict[str, int]:
    """Count again in a process that finds no polit."""
    made = subprocess.run(
        [sys.executable, "-I", str(RECOUNT), str(folder), *options],
        capture_output=True, check=True, cwd=folder, env={},
    )  # fmt: skip
    told: dict[str, int] = json.loads(made.stdout)
    return told


def test_figures_are_those_counted_by_hand(force: Force) -> None:
    assert [each.key for each in KNOWN] == list(FIGURES)
    report = report_of(force.half_year)
    assert figures_of(report) == FIGURES
    beside = {each.key: dict(each.rows) for each in report.breakdowns}
    assert beside["arrests"]["Voluntary attendance"] == 1
    assert list(beside["children"].values()) == [2, 1, 1]
    assert list(beside["warrants"].values()) == [3, 1, 1]
    assert list(beside["duplicates"].values()) == [1, 1]
    assert list(beside["devices"].values()) == [1, 1, 0]


def test_area_counts_the_case_of_the_first_action(force: Force) -> None:
    told = figures_of(report_of(Selection(force.half_year.period, area_id=force.area.pk)))
    assert told == {
        **dict.fromkeys(FIGURES, 0),
        "warrants_executed": 1, "warrant_executions": 4, "arrests": 2,
        "children_safeguarded": 1, "children_at_risk": 1, "protective_actions": 4,
        "referrals": 1,
    }  # fmt: skip


def test_late_correction_moves_a_warrant_out_of_the_period(force: Force) -> None:
    before = figures_of(report_of(force.half_year))
    move_execution(force.corrected, TOO_LATE)
    after = figures_of(report_of(force.half_year))
    changed = {key: after[key] - before[key] for key in FIGURES if after[key] != before[key]}
    assert changed == {"warrants_executed": -1, "warrant_executions": -1}


def test_command_and_script_without_polit_count_the_same(force: Force, tmp_path: Path) -> None:
    move_execution(force.corrected, utc(9, 30, 22, 58))
    folder = tmp_path / "rows"
    made = CliRunner().invoke(app, ["stats", *DAYS, "--csv", str(folder), "--json"])
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert (told["schema_version"], told["zone"]) == (1, "Europe/London")
    assert told["period"] == {"from": "2025-04-01", "to": "2025-09-30"}
    assert {key: each["value"] for key, each in told["figures"].items()} == FIGURES
    assert all(each["rule"] for each in told["figures"].values())
    assert recounted(folder) == FIGURES
    north = Selection(force.half_year.period, area_id=force.area.pk)
    assert recounted(folder, "--area", str(force.area.pk)) == figures_of(report_of(north))


def test_what_is_put_right_later_leaves_past_visits_overdue(force: Force) -> None:
    before = figures_of(report_of(force.half_year))["visits_overdue"]
    visit = Visit.objects.select_related("order").get()
    given, access = GivenVisit(utc(10, 16), was_seen=True), access_to(force.other)
    visit_record(
        SYSTEM, reason="a", access=access, order_id=visit.order.pk, given=given, corrects=visit.pk
    )
    for order in Order.objects.filter(begins_on__lt=utc(9, 1).date(), ended_on=None):
        order_end(
            SYSTEM, reason="a", access=access, order_id=order.pk, how=EndKind.DISCHARGED,
            ended_on=utc(11, 1).date(),
        )  # fmt: skip
    assert figures_of(report_of(force.half_year))["visits_overdue"] == before == 2


def test_last_day_of_a_warrant_is_a_local_one(force: Force) -> None:
    def waiting(hour: int) -> int:
        report = report_of(force.half_year, now=utc(6, 1, hour, 30))
        return next(each.count for each in report.backlogs if each.key == "warrants")

    warrant(force.north, "W9", utc(3, 1))  # until 1 June: half past eleven in summer is after it
    assert waiting(22) - waiting(23) == 1


@pytest.mark.parametrize("days", [("2025-01-01", "2025-03-31"), ("2025-10-01", "2026-10-31")])
def test_script_agrees_for_other_periods(
    force: Force, tmp_path: Path, days: tuple[str, str]
) -> None:
    folder = tmp_path / "rows"
    rows_export(
        SYSTEM, reason="a test", selection=force.half_year,
        write=lambda: folder_write(folder, force.half_year),
    )  # fmt: skip
    made = CliRunner().invoke(app, ["stats", "--from", days[0], "--to", days[1], "--json"])
    told = {key: each["value"] for key, each in json.loads(made.stdout)["figures"].items()}
    assert recounted(folder, "--from", days[0], "--to", days[1]) == told
    assert sum(told.values()) > 0


def test_rows_name_nobody(force: Force, tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    folder_write(folder, force.half_year)
    texts = {path.name: path.read_text() for path in folder.iterdir()}
    assert [name for name, text in texts.items() if "Ann" in text or "Example" in text] == []
    assert sorted(texts) == [
        "about.json", "arrests.csv", "assessments.csv", "children.csv", "examinations.csv",
        "executions.csv", "exhibits.csv", "orders.csv", "protective_actions.csv", "referrals.csv",
        "visits.csv",
    ]  # fmt: skip
    # What was withdrawn is there with what withdrew it.
    assert texts["arrests.csv"].count("\n") == 1 + 6


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--from", "1.4.2025", "--to", "2025-09-30"], "is no day"),
        (["--from", "2025-10-01", "--to", "2025-09-30"], "before its first"),
        ([*DAYS, "--area", "Nowhere"], "no area"),
        ([*DAYS, "--team", "Nowhere"], "no team"),
    ],
)
def test_command_refuses_what_it_cannot_count(options: list[str], words: str) -> None:
    made = CliRunner().invoke(app, ["stats", *options])
    assert words in str(made.exception)


def test_command_tells_people_each_figure_with_its_rule(force: Force) -> None:
    made = CliRunner().invoke(app, ["stats", *DAYS, "--area", force.area.name])
    for words in ("1 April 2025 to 30 September 2025", "North", "Warrants executed", "counts once"):
        assert words in made.stdout


def test_counting_asks_the_same_few_queries_however_much_there_is(force: Force) -> None:
    numbers = []
    for number in range(2):
        with CaptureQueriesContext(connection) as asked:
            report_of(force.half_year)
        numbers.append(len(asked))
        for more in range(3):
            held = warrant(force.north, f"M{number}{more}", utc(6, 1))
            execution(held, utc(6, 2))
            referral_receive(SYSTEM, reason="a", given=GivenReferral("public", utc(6, 1)))
            case_open(SYSTEM, reason="a", reference=f"OP-M{number}{more}", title="A")
    assert numbers[0] == numbers[1] < 60


def test_days_per_stage_count_from_the_latest_stage_before(
    force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    north, other = force.north.pk, force.other.pk

    def stage(code: str, order: int, **reached: datetime) -> Stage:
        cases = {"north": north, "other": other}
        found = {cases[name]: at for name, at in reached.items()}

        def when(asked: Cases) -> dict[UUID, datetime]:
            assert isinstance(asked, QuerySet)
            return {each.pk: found[each.pk] for each in asked if each.pk in found}

        return Stage(code, order, code, when)

    known = (
        stage("received", 100, north=utc(5, 1), other=utc(3, 1)),
        stage("granted", 400, north=utc(5, 11)),
        # Of one the stage before came later, of the other it lies two stages back.
        stage("executed", 500, north=utc(5, 6), other=utc(4, 20)),
        stage("charged", 800, north=TOO_LATE, other=utc(4, 21)),
    )
    monkeypatch.setattr("polit.web.statistics.counting.stages", lambda: known)
    told = {each.code: each.spread for each in report_of(force.half_year).stages}
    assert told == {
        "granted": Spread(1, 10, 10, 10, 10, 10),
        "executed": Spread(2, 5, 16.2, 27.5, 38.8, 50),
        "charged": Spread(1, 1, 1, 1, 1, 1),
    }
