"""What is asked of charges, hearings and results. Every query takes an access, or a person."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from polit.web.accounts.models import User
from polit.web.arrests.models import Arrest, ArrestOutcome
from polit.web.arrests.rules import OutcomeKind
from polit.web.cases.queries import case_ids_for, cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.models import Superseded
from polit.web.court.models import Charge, CourtResult, Hearing, HearingOutcome, Plea
from polit.web.risk.models import SuicideRiskPrompt
from polit.web.risk.rules import Occasion

Row = TypeVar("Row", bound=Superseded)
_ARRESTS_MOST = 200


def charges_for(user: User) -> QuerySet[Charge]:
    """Return the charges of a person's cases that hold, with ``plea`` and ``verdict``."""
    return _with_result(Charge.objects.standing().filter(case__in=cases_for(user)))


def charges_in(access: CaseAccess) -> QuerySet[Charge]:
    """Return the charges of a case that hold, with ``plea`` and ``verdict``."""
    return _with_result(Charge.objects.standing().filter(case_id=access.case.id))


def ever_ended(*, convicts: bool) -> QuerySet[CourtResult, UUID]:
    """Return the charges that have a result of a kind, whether it is their latest or not.

    For narrowing the charges that somebody may see, and nothing else: it asks for no access.
    """
    rows = CourtResult.objects.standing().filter(convicts=convicts).order_by()
    return rows.values_list("charge_id", flat=True)


def hearings_for(user: User) -> QuerySet[Hearing]:
    """Return the hearings of a person's cases that hold, with ``held``."""
    return _with_held(Hearing.objects.standing().filter(case__in=cases_for(user)))


def hearings_in(access: CaseAccess) -> QuerySet[Hearing]:
    """Return the hearings of a case that hold, with ``held``."""
    return _with_held(Hearing.objects.standing().filter(case_id=access.case.id))


def hearings_waiting(user: User) -> QuerySet[Hearing]:
    """Return the hearings of a person's cases whose outcome is not recorded, the next first."""
    held = HearingOutcome.objects.standing().filter(hearing=OuterRef("first_id"))
    rows = Hearing.objects.standing().filter(~Exists(held), case__in=case_ids_for(user))
    return rows.order_by("starts_at", "pk")


def count_next(access: CaseAccess, place: str) -> int:
    """Return the number that the next count of a defendant gets; 1 where the text names none."""
    try:
        place_id = UUID(place)
    except ValueError:
        return 1
    rows = Charge.objects.standing().filter(case_id=access.case.id, place_id=place_id)
    return (rows.aggregate(last=Max("count_number"))["last"] or 0) + 1


def arrest_choices(access: CaseAccess) -> tuple[tuple[str, str], ...]:
    """Return the arrests of a case as choices of a form, the newest first."""
    rows = Arrest.objects.standing().filter(case_id=access.case.id).select_related("place")
    return tuple(
        (str(each.first_id), f"{each.place.label}: {each.way.label.lower()}, {each.occurred_on}")
        for each in rows.order_by("-occurred_at")[:_ARRESTS_MOST]
    )


def arrest_of(access: CaseAccess, arrest_id: str) -> Arrest | None:
    """Return an arrest of a case that holds, ``None`` where the text names none."""
    try:
        wanted = UUID(arrest_id)
    except ValueError:
        return None
    return Arrest.objects.standing().filter(first_id=wanted, case_id=access.case.id).first()


def charged_at(arrest: Arrest) -> datetime | None:
    """Return when the suspect was charged, as the arrest's outcome says; ``None`` for not yet."""
    rows = ArrestOutcome.objects.standing().filter(
        arrest_id=arrest.first_id, kind=OutcomeKind.CHARGE.value
    )
    return rows.order_by("-occurred_at").values_list("occurred_at", flat=True).first()


def charge_get(access: CaseAccess, charge_id: UUID) -> Charge:
    """Return a charge of a case that holds.

    Raises:
        Charge.DoesNotExist: There is none of that first row.
    """
    return Charge.objects.standing().get(first_id=charge_id, case_id=access.case.id)


def hearing_get(access: CaseAccess, hearing_id: UUID) -> Hearing:
    """Return a hearing of a case that holds.

    Raises:
        Hearing.DoesNotExist: There is none of that first row.
    """
    return Hearing.objects.standing().get(first_id=hearing_id, case_id=access.case.id)


def result_get(access: CaseAccess, result_id: UUID) -> CourtResult:
    """Return a result of a case that holds.

    Raises:
        CourtResult.DoesNotExist: There is none of that first row.
    """
    rows = CourtResult.objects.standing()
    return rows.get(first_id=result_id, charge__case_id=access.case.id)


def is_prompted(arrest: Arrest | None) -> bool:
    """Tell whether the suspect was asked about suicide on their charge, since an arrest."""
    if arrest is None:
        return False
    rows = SuicideRiskPrompt.objects.standing().filter(
        place_id=arrest.place_id, occasion=Occasion.CHARGE.value,
        occurred_at__gte=arrest.occurred_at,
    )  # fmt: skip
    return rows.exists()


def row_get(access: CaseAccess, model: type[Row], path: str, row_id: UUID) -> Row:
    """Return a row of a case that still holds.

    Raises:
        DoesNotExist: There is none of that identifier.
    """
    rows: QuerySet[Row] = QuerySet(model)
    return rows.get(pk=row_id, corrected_by=None, is_withdrawal=False, **{path: access.case.id})


def _with_result(rows: QuerySet[Charge]) -> QuerySet[Charge]:
    latest = ("-occurred_at", "-recorded_at")
    pleas = Plea.objects.standing().filter(charge=OuterRef("first_id")).order_by(*latest)
    results = CourtResult.objects.standing().filter(charge=OuterRef("first_id")).order_by(*latest)
    return rows.select_related("case", "place__person").annotate(
        plea=Subquery(pleas.values("plea")[:1]),
        plea_terms=Subquery(pleas.values("terms")[:1]),
        verdict=Subquery(results.values("verdict")[:1]),
        verdict_terms=Subquery(results.values("terms")[:1]),
        convicts=Subquery(results.values("convicts")[:1]),
    )


def _with_held(rows: QuerySet[Hearing]) -> QuerySet[Hearing]:
    outcomes = HearingOutcome.objects.standing().filter(hearing=OuterRef("first_id"))
    return rows.select_related("case", "place__person").annotate(
        held=Subquery(outcomes.values("held")[:1])
    )


def results_of(access: CaseAccess, place_id: UUID) -> list[CourtResult]:
    """Return the results of a defendant that hold, by count. One query."""
    rows = CourtResult.objects.standing().filter(
        charge__case_id=access.case.id, charge__place_id=place_id
    )
    return list(rows.select_related("charge").order_by("charge__count_number", "occurred_at"))
