"""What is asked of arrests. Every query takes the access to a case, or a person."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from polit.web.accounts.models import User
from polit.web.arrests.custody import CustodyClocks, Step, custody_clocks
from polit.web.arrests.law import BailLaw, bail_law_of, custody_law
from polit.web.arrests.models import Arrest, ArrestOutcome, CustodyStep, OfArrest
from polit.web.arrests.rules import ArrestKind, CustodyKind, OutcomeKind
from polit.web.cases.queries import case_ids_for, cases_for
from polit.web.core.access import CaseAccess
from polit.web.people.models import CasePerson
from polit.web.warrants.models import WarrantExecution

Followed = TypeVar("Followed", bound=OfArrest)
_EXECUTIONS_MOST = 200


def arrests_for(user: User) -> QuerySet[Arrest]:
    """Return the arrests of a person's cases that hold, each with its ``outcome`` code."""
    return _with_outcome(Arrest.objects.standing().filter(case__in=cases_for(user)))


def arrests_in(access: CaseAccess) -> QuerySet[Arrest]:
    """Return the arrests of a case that hold, each with its ``outcome`` code."""
    return _with_outcome(Arrest.objects.standing().filter(case_id=access.case.id))


def arrest_get(access: CaseAccess, arrest_id: UUID) -> Arrest:
    """Return an arrest of a case as it was last recorded, withdrawn or not, with its ``outcome``.

    Raises:
        Arrest.DoesNotExist: The case has none of that first row.
    """
    rows = Arrest.objects.filter(first_id=arrest_id, case_id=access.case.id, corrected_by=None)
    return _with_outcome(rows).select_related("place__person", "execution__warrant").get()


def place_label(place: CasePerson, *, is_named: bool) -> str:
    """Return how a list calls a suspect: with a name for readers of children alone."""
    name = place.person.full_name if is_named else ""
    return f"{place.label}: {name}" if name else place.label


def steps_of(arrest_id: UUID, *, without: UUID | None = None) -> list[Step]:
    """Return the steps in custody that hold, without one that is being corrected."""
    rows = CustodyStep.objects.standing().filter(arrest_id=arrest_id)
    return [_step(each) for each in rows if each.pk != without]


def clocks_of(arrest_id: UUID) -> CustodyClocks:
    """Return where the clocks of an arrest's custody stand."""
    outcomes = ArrestOutcome.objects.standing().filter(arrest_id=arrest_id)
    first = outcomes.order_by("occurred_at").values_list("occurred_at", flat=True).first()
    return custody_clocks(custody_law(), steps_of(arrest_id), first)


def outcome_before(
    arrest_id: UUID, occurred_at: datetime, *, without: UUID | None = None
) -> OutcomeKind | None:
    """Return the outcome that an arrest had at an instant, without one that is being corrected."""
    rows = ArrestOutcome.objects.standing().filter(
        arrest_id=arrest_id, occurred_at__lte=occurred_at
    )
    found = rows.exclude(pk=without) if without else rows
    last = found.order_by("-occurred_at", "-recorded_at").first()
    return OutcomeKind(last.kind) if last else None


def bail_law_for(arrest: Arrest) -> BailLaw | None:
    """Return the law on bail for an arrest; ``None`` for what is none: nobody is bailed then."""
    return bail_law_of(arrest.occurred_on) if arrest.way is ArrestKind.ARREST else None


def execution_choices(access: CaseAccess) -> tuple[tuple[str, str], ...]:
    """Return the executions of a case's warrants as choices of a form, the newest first."""
    rows = WarrantExecution.objects.standing().filter(warrant__case_id=access.case.id)
    found = rows.select_related("warrant").order_by("-occurred_at")[:_EXECUTIONS_MOST]
    return tuple((str(each.pk), f"{each.warrant.reference}: {each.place}") for each in found)


def execution_now(execution: WarrantExecution | None) -> WarrantExecution | None:
    """Return an execution as it holds now, ``None`` where it was withdrawn or is none.

    An arrest names the row that held when it was recorded; forms offer those that hold.
    """
    while execution is not None and hasattr(execution, "corrected_by"):
        execution = execution.corrected_by
    return None if execution is None or execution.is_withdrawal else execution


def execution_get(access: CaseAccess, execution_id: str) -> WarrantExecution | None:
    """Return an execution of a case's warrant, ``None`` where the text names none."""
    try:
        wanted = UUID(execution_id)
    except ValueError:
        return None
    return WarrantExecution.objects.filter(pk=wanted, warrant__case_id=access.case.id).first()


def following_get(
    access: CaseAccess, model: type[Followed], arrest_id: UUID, row_id: UUID
) -> Followed:
    """Return what followed an arrest of a case, where it still holds.

    Raises:
        DoesNotExist: The arrest has none of that identifier that holds.
    """
    rows: QuerySet[Followed] = QuerySet(model)
    return rows.get(
        pk=row_id, arrest_id=arrest_id, arrest__case_id=access.case.id, corrected_by=None,
        is_withdrawal=False,
    )  # fmt: skip


def in_custody(user: User) -> list[tuple[Arrest, CustodyClocks]]:
    """Return who is in custody in a person's cases, the longest there first. Two queries."""
    began = CustodyStep.objects.standing().filter(arrest=OuterRef("first_id"))
    ended = began.filter(kind=CustodyKind.RELEASE.value)
    decided = ArrestOutcome.objects.standing().filter(arrest=OuterRef("first_id"))
    rows = Arrest.objects.standing().filter(
        Exists(began), ~Exists(ended), ~Exists(decided), case__in=case_ids_for(user),
        kind=ArrestKind.ARREST.value,
    )  # fmt: skip
    held = Prefetch("first__custody_steps", CustodyStep.objects.standing(), to_attr="held_steps")
    found = rows.select_related("case", "place", "first").prefetch_related(held)
    law = custody_law()
    return [
        (each, custody_clocks(law, [_step(step) for step in getattr(each.first, "held_steps", [])]))
        for each in found.order_by("occurred_at", "pk")
    ]


def running_outcomes(user: User, kind: OutcomeKind) -> QuerySet[ArrestOutcome]:
    """Return bail, or releases, that still run in a person's cases, the first due first."""
    standing = Arrest.objects.standing().filter(first=OuterRef("arrest_id"))
    rows = ArrestOutcome.objects.standing().filter(
        Exists(standing), kind=kind.value, arrest__case__in=case_ids_for(user),
        pk=Subquery(_latest("arrest_id").values("pk")[:1]),
    )  # fmt: skip
    return rows.order_by("due_at", "pk")


def _latest(reference: str) -> QuerySet[ArrestOutcome]:
    rows = ArrestOutcome.objects.standing().filter(arrest=OuterRef(reference))
    return rows.order_by("-occurred_at", "-recorded_at")


def _with_outcome(rows: QuerySet[Arrest]) -> QuerySet[Arrest]:
    latest = _latest("first_id")
    return rows.select_related("case", "place__person").annotate(
        outcome=Subquery(latest.values("kind")[:1]), due_at=Subquery(latest.values("due_at")[:1])
    )


def _step(row: CustodyStep) -> Step:
    return Step(CustodyKind(row.kind), row.occurred_at, row.until_at)
