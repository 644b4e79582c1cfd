"""Arrests, and the other ways in which suspects are brought to answer."""

from django.urls import reverse

from polit.web.arrests.models import Arrest
from polit.web.statistics.figures.base import (
    Figure,
    RecordRow,
    Records,
    in_cases,
    in_period,
    in_units,
)
from polit.web.statistics.rules import Selection

_ARREST = "arrest"


def all_kinds(selection: Selection) -> Records:
    """Return the events of the period that hold, of each kind."""
    rows = Arrest.objects.standing().filter(in_period(selection, "occurred_at"))
    return rows.filter(in_units(selection, "case"))


def arrests(selection: Selection) -> Records:
    """Return the arrests of the period that hold."""
    return all_kinds(selection).filter(kind=_ARREST)


def _row(arrest: Arrest) -> RecordRow:
    url = reverse("arrests:page", args=[arrest.case_id, arrest.pk])
    return RecordRow(arrest.place.label, arrest.occurred_at, str(arrest.case), url)


FIGURES = (
    Figure(
        "arrests",
        "Arrests",
        "Arrests in the period, each of them: a person arrested twice counts twice. Voluntary"
        " attendance and postal requisition are kinds of their own and not arrests.",
        arrests,
        _row,
        ("case", "place"),
        "occurred_at",
        in_cases("case"),
    ),
)
