"""Records hearings, what became of them, results with their sentences, and appeals."""

from uuid import UUID

from polit.base.errors import UsageError
from polit.web.arrests.services.keeping import (
    case_lock,
    check_happened,
    check_same_person,
    standing_get,
    suspect_get,
    withdrawal_of,
)
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.models import Superseded
from polit.web.court.law import CourtTerms, current_terms
from polit.web.court.models import (
    Appeal,
    Charge,
    CourtResult,
    Hearing,
    HearingOutcome,
    Plea,
    SentencePart,
)
from polit.web.court.rules import (
    GivenAppeal,
    GivenHeard,
    GivenHearing,
    GivenResult,
    GivenSentence,
    check_writes_court,
)
from polit.web.court.services.keeping import (
    Frame,
    charge_now,
    hearing_now,
    place_of,
    result_now,
    row_keep,
)

KINDS: dict[str, tuple[type[Superseded], str]] = {
    "charge": (Charge, "case_id"),
    "plea": (Plea, "charge__case_id"),
    "hearing": (Hearing, "case_id"),
    "hearing_outcome": (HearingOutcome, "hearing__case_id"),
    "result": (CourtResult, "charge__case_id"),
    "appeal": (Appeal, "result__charge__case_id"),
}
"""What may be withdrawn: its table, and the way from a row to its case."""


def hearing_record(
    actor: Actor, *, reason: str, access: CaseAccess, given: GivenHearing,
    corrects: UUID | None = None,
) -> Hearing:  # fmt: skip
    """Record a hearing, which may lie ahead, or what its record should have said.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: No hearing has that code, the case has no such suspect, or a correction is of
            another one.
    """
    terms = current_terms()
    terms.hearing(given.kind)

    def make(replaced: Hearing | None) -> Hearing:
        place = suspect_get(access, given.place_id)
        if replaced is not None:
            check_same_person(replaced.place, place)
        return Hearing(
            case_id=access.case.id, place=place,
            starts_at=given.starts_at, court=given.court, terms=terms.name, kind=given.kind,
        )  # fmt: skip

    frame = Frame(actor, reason, access, corrects)
    return row_keep(frame, Hearing, "hearing", make, path="case_id")


def hearing_close(
    actor: Actor, *, reason: str, access: CaseAccess, hearing_id: UUID, given: GivenHeard,
    corrects: UUID | None = None,
) -> HearingOutcome:  # fmt: skip
    """Record what became of a hearing, and the next one where one was set.

    Raises:
        Hearing.DoesNotExist: The case has none of that first row, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: It has an outcome already, which is to be corrected.
    """

    def make(replaced: HearingOutcome | None) -> HearingOutcome:
        hearing = hearing_now(access, hearing_id)
        held = HearingOutcome.objects.standing().filter(hearing_id=hearing_id)
        if replaced is None and held.exists():
            raise UsageError("what became of this hearing is recorded already: correct it")
        check_happened(hearing.starts_at if given.held.value == "held" else None)
        return HearingOutcome(hearing_id=hearing_id, held=given.held.value, outcome=given.outcome)

    def beside(_row: HearingOutcome) -> None:
        if given.following is not None:
            hearing_record(actor, reason=reason, access=access, given=given.following)

    frame = Frame(actor, reason, access, corrects)
    return row_keep(
        frame, HearingOutcome, "hearing_outcome", make, path="hearing__case_id", beside=beside
    )


def result_record(
    actor: Actor, *, reason: str, access: CaseAccess, charge_id: UUID, given: GivenResult,
    corrects: UUID | None = None,
) -> CourtResult:  # fmt: skip
    """Record what a court decided on a charge, or what that record should have said.

    A sentence that comes later than the verdict is a correction of the result, or a further one.

    Raises:
        Charge.DoesNotExist: The case has none of that first row, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: A code is unknown, it lies before the charge, or somebody is sentenced who was
            not convicted.
    """
    check_happened(given.occurred_at)
    terms = current_terms()
    convicts = terms.verdict(given.verdict).convicts
    if given.sentence and not convicts:
        raise UsageError("only who was convicted is sentenced: check the verdict")
    for each in given.sentence:
        _check_part(terms, each)

    def make(_replaced: CourtResult | None) -> CourtResult:
        charge = charge_now(access, charge_id)
        if given.occurred_at < charge.charged_at:
            raise UsageError("a result follows the charge: check the two times")
        return CourtResult(
            charge_id=charge_id, court=given.court, verdict=given.verdict, convicts=convicts,
            occurred_at=given.occurred_at, terms=terms.name, note=given.note,
        )  # fmt: skip

    def beside(row: CourtResult) -> None:
        SentencePart.objects.bulk_create([
            SentencePart(result=row, number=number, kind=each.kind, amount=each.amount,
                         text=each.text)
            for number, each in enumerate(given.sentence, 1)
        ])  # fmt: skip

    frame = Frame(actor, reason, access, corrects)
    return row_keep(frame, CourtResult, "result", make, path="charge__case_id", beside=beside)


def appeal_record(
    actor: Actor, *, reason: str, access: CaseAccess, result_id: UUID, given: GivenAppeal,
    corrects: UUID | None = None,
) -> Appeal:  # fmt: skip
    """Record a step of an appeal against a result.

    Raises:
        CourtResult.DoesNotExist: The case has none of that first row, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: It lies before the result.
    """
    check_happened(given.occurred_at)

    def make(_replaced: Appeal | None) -> Appeal:
        result = result_now(access, result_id)
        if given.occurred_at < result.occurred_at:
            raise UsageError("an appeal follows the result: check the two times")
        return Appeal(
            result_id=result_id, against=given.against.value, stage=given.stage.value,
            occurred_at=given.occurred_at, terms=result.terms, note=given.note,
        )  # fmt: skip

    frame = Frame(actor, reason, access, corrects)
    return row_keep(frame, Appeal, "appeal", make, path="result__charge__case_id")


def court_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, kind: str, row_id: UUID
) -> Superseded:
    """Say that something at court never happened; it stays readable.

    Args:
        actor: Who says so.
        reason: Why.
        access: The case.
        kind: A word of ``KINDS``.
        row_id: The row that holds.

    Raises:
        ObjectDoesNotExist: The case has none of that identifier.
        AuthorityError: The actor's roles do not allow it.
        UsageError: It was corrected or withdrawn meanwhile.
    """
    check_writes_court(roles_of(actor))
    model, path = KINDS[kind]
    with act(
        actor, f"court.withdraw_{kind}", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        case_lock(access.case.id)
        held = standing_get(model, access, row_id, path)
        row = withdrawal_of(held, by=actor.name, reason=reason)
        row.save()
        deed.about(kind, row.pk, label=place_of(row).label, withdraws=str(held.pk))
    return row


def _check_part(terms: CourtTerms, part: GivenSentence) -> None:
    kind = terms.sentence(part.kind)
    if bool(kind.unit) != (part.amount is not None):
        needed = f"how many {kind.unit}" if kind.unit else "no amount"
        raise UsageError(f"{kind.label}: say {needed}")
