"""Records charges and the pleas to them."""

from uuid import UUID

from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.arrests.models import Arrest
from polit.web.arrests.services.keeping import (
    check_happened,
    check_same_person,
    check_still_before,
    prompt_keep,
    suspect_get,
)
from polit.web.cases.offences import check_offences, current_offences
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.court.law import current_terms
from polit.web.court.models import Charge, CourtResult, Plea
from polit.web.court.rules import GivenCharge, GivenPlea, check_charge
from polit.web.court.services.keeping import Frame, charge_now, row_keep
from polit.web.people.models import CasePerson
from polit.web.risk.rules import Occasion


def charge_record(
    actor: Actor, *, reason: str, access: CaseAccess, given: GivenCharge,
    corrects: UUID | None = None,
) -> Charge:  # fmt: skip
    """Record a charge, or what its record should have said.

    Args:
        actor: Who records it.
        reason: Why.
        access: The case.
        given: The charge.
        corrects: The row that it corrects.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: The facts do not go together, the defendant has that count already, or the
            case has no such suspect or arrest; a correction is of another suspect, or lies after
            a plea or a result.
    """
    check_happened(given.charged_at)
    check_charge(given, timezone.localdate(now_utc()))

    def make(replaced: Charge | None) -> Charge:
        place = suspect_get(access, given.place_id)
        if replaced is not None:
            _check_still(replaced, place, given)
        _check_count(access, given, replaced)
        row = Charge(
            case_id=access.case.id,
            place=place,
            arrest_id=_arrest_id(access, given),
            charged_at=given.charged_at,
            count_number=given.count_number,
            statute=given.statute.strip(),
            particulars=given.particulars,
            from_on=given.from_on,
            to_on=given.to_on,
        )
        if given.offence:
            scheme = current_offences()
            row.offence = check_offences((given.offence,))[0]
            row.offence_law, row.offence_version = scheme.scheme, scheme.version
        return row

    def beside(row: Charge) -> None:
        prompt_keep(
            actor, reason=reason, access=access, place_id=row.place_id, occasion=Occasion.CHARGE,
            occurred_at=row.charged_at, answers=given.answers,
        )  # fmt: skip

    frame = Frame(actor, reason, access, corrects)
    return row_keep(frame, Charge, "charge", make, path="case_id", beside=beside)


def plea_record(
    actor: Actor, *, reason: str, access: CaseAccess, charge_id: UUID, given: GivenPlea,
    corrects: UUID | None = None,
) -> Plea:  # fmt: skip
    """Record a plea to a charge, or what its record should have said.

    Raises:
        Charge.DoesNotExist: The case has none of that first row, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: No plea has that code, or it lies before the charge.
    """
    check_happened(given.occurred_at)
    terms = current_terms()
    terms.plea(given.plea)

    def make(_replaced: Plea | None) -> Plea:
        charge = charge_now(access, charge_id)
        if given.occurred_at < charge.charged_at:
            raise UsageError("a plea follows the charge: check the two times")
        return Plea(
            charge_id=charge_id, plea=given.plea, occurred_at=given.occurred_at,
            terms=terms.name, note=given.note,
        )  # fmt: skip

    frame = Frame(actor, reason, access, corrects)
    return row_keep(frame, Plea, "plea", make, path="charge__case_id")


def _check_still(replaced: Charge, place: CasePerson, given: GivenCharge) -> None:
    """Refuse a correction with which pleas and results would not go together."""
    check_same_person(replaced.place, place)
    for rows in (Plea.objects.standing(), CourtResult.objects.standing()):
        followed = rows.filter(charge_id=replaced.first_id).values_list("occurred_at", flat=True)
        check_still_before(given.charged_at, followed)


def _arrest_id(access: CaseAccess, given: GivenCharge) -> UUID | None:
    if given.arrest_id is None:
        return None
    rows = Arrest.objects.standing().filter(first_id=given.arrest_id, case_id=access.case.id)
    found = rows.filter(place_id=given.place_id).first()
    if found is None:
        raise UsageError("choose an arrest of this suspect")
    return found.first_id


def _check_count(access: CaseAccess, given: GivenCharge, replaced: Charge | None) -> None:
    rows = Charge.objects.standing().filter(
        case_id=access.case.id, place_id=given.place_id, count_number=given.count_number
    )
    if (rows.exclude(pk=replaced.pk) if replaced else rows).exists():
        raise UsageError(f"this defendant has a count {given.count_number} already: take the next")
