"""Children safeguarded, each once whatever number of cases and records they are in."""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from polit.web.safeguarding.models import ChildRecord, ProtectiveAction
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

CASE = "child__case"
ROOT = Coalesce("child__place__person__merged_into_id", "child__place__person_id")
"""Whoever a child's record is about: the person that all merged records stand for."""
ROOT_OF_RECORD = Coalesce("place__person__merged_into_id", "place__person_id")
_VICTIM = "identified_victim"


def protective_actions(selection: Selection) -> Records:
    """Return the protective actions of the period that hold and count."""
    rows = _counting().filter(in_period(selection, "occurred_at"))
    return rows.filter(in_units(selection, CASE))


def children_safeguarded(selection: Selection) -> Records:
    """Return the first action for each child whose first one, in any case, is of the period."""
    earlier = _counting().filter(is_before_outer("occurred_at"))
    # Two questions, each of which an index answers: one that says "or" is asked of all children.
    of_person = earlier.filter(child__place__person=OuterRef("root"))
    of_merged = earlier.filter(child__place__person__merged_into=OuterRef("root"))
    rows: Records = protective_actions(selection).annotate(root=ROOT)
    return rows.filter(~Exists(of_person), ~Exists(of_merged))


def children_identified_victims(selection: Selection) -> Records:
    """Return those whom some record of the child, in any case, calls an identified victim."""
    return children_safeguarded(selection).filter(_is_victim())


def children_at_risk(selection: Selection) -> Records:
    """Return all others."""
    return children_safeguarded(selection).filter(~_is_victim())


def _counting() -> Records:
    return ProtectiveAction.objects.standing().filter(counts=True)


def _is_victim() -> Q:
    victims = ChildRecord.objects.filter(standing=_VICTIM)
    of_person = victims.filter(place__person=OuterRef("root"))
    of_merged = victims.filter(place__person__merged_into=OuterRef("root"))
    return Q(Exists(of_person)) | Q(Exists(of_merged))


def _row(action: ProtectiveAction) -> RecordRow:
    child = action.child
    url = reverse("safeguarding:child", args=[child.case_id, child.pk])
    return RecordRow(child.place.label, action.occurred_at, str(child.case), url)


_JOINED = (CASE, "child__place")
_FIRST = (
    "whose first protective action in any case falls in the period. A child in two cases counts"
    " once, also where two records of one person were merged. With an area or a team: where the"
    " case of that first action belongs to it."
)
FIGURES = (
    Figure(
        "children_safeguarded",
        "Children safeguarded",
        f"Children {_FIRST} Actions that were withdrawn, or of a kind that does not count, are"
        " none.",
        children_safeguarded,
        _row,
        _JOINED,
        "occurred_at",
        in_cases(CASE),
    ),
    Figure(
        "children_identified_victims",
        "Of these: identified victims",
        "Of the children safeguarded, those whom a record of theirs, in any case, now calls an"
        " identified victim.",
        children_identified_victims,
        _row,
        _JOINED,
        "occurred_at",
        in_cases(CASE),
    ),
    Figure(
        "children_at_risk",
        "Of these: children at risk",
        "Of the children safeguarded, all others. Both together are the children safeguarded.",
        children_at_risk,
        _row,
        _JOINED,
        "occurred_at",
        in_cases(CASE),
    ),
    Figure(
        "protective_actions",
        "Protective actions",
        "Protective actions in the period, each of them, of the kinds that count.",
        protective_actions,
        _row,
        _JOINED,
        "occurred_at",
        in_cases(CASE),
    ),
)
