"""What is asked of warrants. Whoever asks has access to the case, or gets nothing."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.rules import Nature
from polit.web.cases.events import EventRow, event_rows
from polit.web.cases.queries import case_ids_for
from polit.web.core.access import CaseAccess
from polit.web.core.rules import Role
from polit.web.core.versions import version_of
from polit.web.people.models import Person
from polit.web.people.queries import place_list
from polit.web.people.rules import PersonRole
from polit.web.warrants.models import (
    ExecutionPresence,
    Warrant,
    WarrantExecution,
    WarrantPremises,
)

HISTORY_MOST = 100


def warrants_for(user: User) -> QuerySet[Warrant]:
    """Return the warrants of all cases that a person has access to."""
    return Warrant.objects.filter(case__in=case_ids_for(user)).select_related("case")


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


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address of somebody of a case, which this reader may see.

    Args:
        code: By which a form names it.
        label: Who lives there, as the reader may see them.
        address: The address, on one line.
        place_id: Their place in the case.
    """

    code: str
    label: str
    address: str
    place_id: UUID


def known_addresses(access: CaseAccess, roles: frozenset[Role]) -> list[KnownAddress]:
    """Return the addresses of a case's suspects that a reader may see. Two queries."""
    suspects = [
        each
        for each in place_list(access, roles)
        if each.role_label == PersonRole.SUSPECT.label
        and each.ended_at is None
        and not each.is_withheld
    ]
    ids = [each.person_id for each in suspects]
    texts = dict(Person.objects.filter(pk__in=ids).values_list("pk", "addresses"))
    return [
        KnownAddress(f"{each.place_id}:{number}", each.label, line.strip(), each.place_id)
        for each in suspects
        for number, line in enumerate(texts.get(each.person_id, "").splitlines())
        if line.strip()
    ]


def withheld_places(access: CaseAccess, roles: frozenset[Role]) -> frozenset[UUID]:
    """Return the places in a case of people whom a reader may not know, nor where they live."""
    return frozenset(each.place_id for each in place_list(access, roles) if each.is_withheld)


def warrant_history(warrant: Warrant) -> list[EventRow]:
    """Return what was done to a warrant, the newest first."""
    rows = AuditEvent.objects.filter(subject_id=str(warrant.pk), subject_kind="warrant")
    changed = rows.exclude(nature=Nature.CONSULTATION.value)
    return event_rows(changed.order_by("-seq")[:HISTORY_MOST])


def executions_standing(access: CaseAccess) -> list[WarrantExecution]:
    """Return the executions of a case's warrants that stand, the newest first. One query."""
    rows = WarrantExecution.objects.standing().filter(warrant__case_id=access.case.id)
    return list(rows.select_related("warrant").order_by("-occurred_at", "pk"))
