"""``polit demo`` to its end: the figures of the command, the page and the recount are the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# Whichever test comes first waits for the record to be filled, on a busy machine for minutes.
pytestmark = pytest.mark.timeout(900)
ROOT = Path(__file__).resolve().parents[2]
CALENDAR_2019 = {
    "warrants_executed": 240, "arrests": 104, "children_safeguarded": 312,
}  # fmt: skip
FIRST_YEAR = {
    "warrants_executed": 204, "arrests": 84, "children_safeguarded": 210, "devices_seized": 1437,
}  # fmt: skip
PERIODS = {
    ("2019-01-01", "2019-12-31"): CALENDAR_2019,
    ("2018-06-01", "2019-05-31"): FIRST_YEAR,
}
KEYS = {
    "warrants_executed", "warrant_executions", "arrests", "children_safeguarded",
    "children_identified_victims", "children_at_risk", "protective_actions", "devices_seized",
    "devices_examined", "referrals", "orders_supervised", "visits_overdue",
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a record, once."""
    folder = tmp_path_factory.mktemp("demo")
    made = polit(folder, "demo", "--json")
    told = json.loads(made.stdout)
    assert told["cases"] == 349
    assert set(told["links"]) == {"s.demo", "i1.demo", "c1.demo", "o1.demo", "a1.demo"}
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a Python of this environment on the record of a folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "POLIT_DATA": str(folder / "data"),
        "PYTHONPATH": f"{ROOT / 'tests'}",
    }
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True,
        check=False, timeout=900,
    )  # fmt: skip


def polit(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = run(folder, "-m", "polit", *words)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def stats(folder: Path, first: str, last: str, *more: str) -> dict[str, Any]:
    told = polit(folder, "stats", "--from", first, "--to", last, "--json", *more)
    figures: dict[str, Any] = json.loads(told.stdout)["figures"]
    return figures


@pytest.mark.parametrize("period", PERIODS)
def test_command_page_and_recount_agree(data: Path, period: tuple[str, str]) -> None:
    first, last = period
    rows = data / f"rows-{first}"
    figures = stats(data, first, last, "--csv", str(rows))
    assert set(figures) == KEYS
    assert all(each["rule"] for each in figures.values())
    values = {key: each["value"] for key, each in figures.items()}
    for key, value in PERIODS[period].items():
        assert values[key] == value, key
    # -I: nothing of this environment can be imported but the standard library's own.
    recounted = run(data, "-I", "-S", str(ROOT / "samples" / "recount.py"), str(rows))
    assert recounted.returncode == 0, recounted.stderr
    counted = json.loads(recounted.stdout)
    assert {key: counted[key] for key in KEYS} == values
    shown = run(data, str(ROOT / "tests" / "page_figures.py"), first, last)
    assert shown.returncode == 0, shown.stderr[-3000:]
    assert json.loads(shown.stdout) == values


def test_record_with_cases_is_not_filled_again(data: Path) -> None:
    again = run(data, "-m", "polit", "demo")
    assert again.returncode == 2
    assert "holds cases" in again.stderr
