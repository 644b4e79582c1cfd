"""What is asked of warrants. Whoever asks has access to the case, or gets nothing."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.versions import version_of
from polit.web.warrants.models import (
    ExecutionPresence,
    Warrant,
    WarrantExecution,
    WarrantPremises,
)


def warrants_for(user: User) -> QuerySet[Warrant]:
    """Return the warrants of all cases that a person has access to."""
    return Warrant.objects.filter(case__in=cases_for(user)).select_related("case")


def warrants_in(access: CaseAccess) -> QuerySet[Warrant]:
    """Return the warrants of a case."""
    return Warrant.objects.filter(case_id=access.case.id)


def warrant_get(access: CaseAccess, warrant_id: UUID) -> Warrant:
    """Return a warrant of a case.

    Raises:
        Warrant.DoesNotExist: The case has none of this identifier.
    """
    return warrants_in(access).get(pk=warrant_id)


def premises_list(warrant: Warrant) -> list[WarrantPremises]:
    """Return the premises of a warrant by number, ended ones too."""
    return list(warrant.premises.select_related("place").order_by("number"))


def execution_list(warrant: Warrant) -> list[WarrantExecution]:
    """Return every execution of a warrant, corrections and withdrawals too, as recorded.

    ``presences`` are loaded, with their places.
    """
    present = Prefetch(
        "presences", ExecutionPresence.objects.select_related("place").order_by("place__role")
    )
    rows = WarrantExecution.objects.filter(warrant=warrant).select_related(
        "warrant", "premises", "corrected_by"
    )
    return list(rows.prefetch_related(present).order_by("recorded_at", "pk"))


def execution_get(access: CaseAccess, execution_id: UUID) -> WarrantExecution:
    """Return an execution of a case's warrant.

    Raises:
        WarrantExecution.DoesNotExist: The case has none of this identifier.
    """
    rows = WarrantExecution.objects.filter(warrant__case_id=access.case.id)
    return rows.select_related("warrant", "premises").get(pk=execution_id)


def warrant_facts(warrant: Warrant) -> dict[str, str]:
    """Return what of a warrant may be put right, as the audit keeps it; no address among it."""
    texts = {
        name: str(getattr(warrant, name))
        for name in ("reference", "power_code", "court", "applicant", "kind", "entries")
    }
    times = {
        name: value.isoformat() if value else ""
        for name, value in (
            ("applied_at", warrant.applied_at),
            ("granted_at", warrant.granted_at),
            ("expires_on", warrant.expires_on),
        )
    }
    return texts | times | {"expiry_reason": warrant.expiry_reason}


def warrant_version(warrant: Warrant) -> str:
    """Return a mark of what of a warrant may be put right."""
    return version_of(dict(warrant_facts(warrant)))
