"""Warrants executed, each once, and how often they were."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from polit.web.statistics.figures.base import (
    Figure,
    RecordRow,
    Records,
    in_cases,
    in_period,
    in_units,
    is_before_outer,
)
from polit.web.statistics.rules import Selection
from polit.web.warrants.models import WarrantExecution

_CASE = "warrant__case"


def warrant_executions(selection: Selection) -> Records:
    """Return the executions of the period that hold and count."""
    rows = WarrantExecution.objects.standing().filter(counts=True)
    return rows.filter(in_period(selection, "occurred_at"), in_units(selection, _CASE))


def warrants_executed(selection: Selection) -> Records:
    """Return the first execution of each warrant whose first execution is of the period.

    Which is the first is asked of all times, not of the period: an earlier one takes the warrant
    out of it.
    """
    all_times = WarrantExecution.objects.standing().filter(counts=True)
    earlier = all_times.filter(is_before_outer("occurred_at"), warrant=OuterRef("warrant"))
    return warrant_executions(selection).filter(~Exists(earlier))


def _row(execution: WarrantExecution) -> RecordRow:
    warrant = execution.warrant
    url = reverse("warrants:page", args=[warrant.case_id, warrant.pk])
    label = f"Warrant {warrant.reference}"
    return RecordRow(label, execution.occurred_at, str(warrant.case), url)


FIGURES = (
    Figure(
        "warrants_executed",
        "Warrants executed",
        "Warrants whose first execution falls in the period. A warrant counts once however often"
        " it was executed; one that was first executed before the period does not count. An"
        " execution that was withdrawn, or whose outcome is no entry, is none.",
        warrants_executed,
        _row,
        (_CASE,),
        "occurred_at",
        in_cases(_CASE),
    ),
    Figure(
        "warrant_executions",
        "Executions of warrants",
        "Executions in the period, each of them: a warrant for several premises may have many.",
        warrant_executions,
        _row,
        (_CASE,),
        "occurred_at",
        in_cases(_CASE),
    ),
)
