"""Values for the addresses of statistics: what the authorisation matrix asks with."""

from collections.abc import Callable
from datetime import date

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.statistics.rules import Period, Selection
from polit.web.statistics.services import run_take


def run_id(case: Case) -> str:
    """Take a run of a year."""
    del case
    period = Period(date(2025, 1, 1), date(2025, 12, 31), "Europe/London")
    return str(run_take(SYSTEM, selection=Selection(period)).pk)


def figure_key(case: Case) -> str:
    """Name a figure."""
    del case
    return "warrants_executed"


SAMPLES: dict[str, Callable[[Case], str]] = {"figure_key": figure_key, "run_id": run_id}
