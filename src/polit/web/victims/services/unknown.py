"""Records unknown children: opinions, series, enquiries, answers, and where they stand."""

from dataclasses import asdict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.twice import check_not_twice
from polit.web.dissemination.models import Exchange
from polit.web.dissemination.queries import exchange_versions
from polit.web.safeguarding.rules.children import check_happened
from polit.web.victims.catalogue import check_code, current_catalogue
from polit.web.victims.models import (
    AgeOpinion,
    Appearance,
    UnknownChild,
    UnknownStep,
    VictimAnswer,
    VictimEnquiry,
)
from polit.web.victims.rules import (
    GivenAnswer,
    GivenEnquiry,
    GivenOpinion,
    GivenUnknown,
    UnknownState,
    check_answer,
    check_enquiry,
    check_opinion,
    check_reader,
)
from polit.web.victims.services.holding import moved, unknown_locked
from polit.web.victims.services.series import series_into, series_taken

_TRIES = 5
"""Of two who record a child at once on PostgreSQL one counts again."""


def unknown_add(
    actor: Actor, *, reason: str, access: CaseAccess, given: GivenUnknown
) -> UnknownChild:
    """Record that a case shows a child whom nobody can name; the label follows by itself.

    Raises:
        Series.DoesNotExist: The actor's cases have no such series.
        AuthorityError: Their roles do not allow it.
        UsageError: The opinion cannot be, or the child is known since a time ahead.
    """
    check_reader(roles_of(actor))
    check_happened(given.noted_at, now_utc(), "since when the child is known")
    with act(
        actor, "victims.unknown_add", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        _check_another(access, actor, given)
        unknown = _numbered(UnknownChild(
            case_id=access.case.id, noted_at=given.noted_at, note=given.note, by=actor.name
        ))  # fmt: skip
        UnknownStep(
            unknown=unknown, action="note", occurred_at=given.noted_at, by=actor.name,
            reason=reason,
        ).save()  # fmt: skip
        if given.series_id is not None:
            _appears(actor, reason, unknown, given.series_id)
        if given.opinion is not None:
            _holds(actor, reason, unknown, given.opinion)
        deed.about("unknown_child", unknown.pk, label=unknown.label)
    return unknown


def unknown_move(
    actor: Actor, *, reason: str, access: CaseAccess, unknown_id: UUID, action: str
) -> UnknownChild:
    """Say that a child is looked for, is not identifiable for now, or is taken up again.

    Raises:
        UnknownChild.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: The child does not stand where that begins.
    """
    with act(
        actor, f"victims.unknown_{action}", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        unknown = unknown_locked(access, unknown_id)
        before = moved(actor, unknown, action)
        UnknownStep(
            unknown=unknown, action=action, occurred_at=now_utc(), by=actor.name, reason=reason
        ).save()
        deed.about("unknown_child", unknown.pk, label=unknown.label, before=before,
                   after=unknown.state)  # fmt: skip
    return unknown


def opinion_record(
    actor: Actor, *, reason: str, access: CaseAccess, unknown_id: UUID, given: GivenOpinion
) -> AgeOpinion:
    """Record what somebody holds of a child's age and sex; several opinions may stand.

    Raises:
        UnknownChild.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: It cannot be.
    """
    check_reader(roles_of(actor))
    with act(
        actor, "victims.opinion_record", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        unknown = unknown_locked(access, unknown_id)
        row = _holds(actor, reason, unknown, given)
        deed.about("unknown_child", unknown.pk, label=unknown.label, opinion=str(row.pk))
    return row


def appearance_record(
    actor: Actor, *, reason: str, access: CaseAccess, unknown_id: UUID, series_id: UUID
) -> Appearance:
    """Say that a child appears in a series, which stands in the child's case from then on.

    Args:
        actor: Who says so.
        reason: Why.
        access: The child's case.
        unknown_id: The child.
        series_id: The series, of one of the actor's cases.

    Raises:
        ObjectDoesNotExist: The case has no such child, or there is no such series.
        AuthorityError: Their roles do not allow it.
        UsageError: It is recorded already.
    """
    check_reader(roles_of(actor))
    with act(
        actor, "victims.appearance_record", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COMBINATION,
    ) as deed:  # fmt: skip
        unknown = unknown_locked(access, unknown_id)
        row = _appears(actor, reason, unknown, series_id)
        deed.about("unknown_child", unknown.pk, label=unknown.label, series=str(series_id))
    return row


def enquiry_record(
    actor: Actor, *, reason: str, access: CaseAccess, unknown_id: UUID, given: GivenEnquiry
) -> VictimEnquiry:
    """Record what was sent for a child; who was unidentified is being looked for from then on.

    Raises:
        ObjectDoesNotExist: The case has no such child, or no such entry of the exchange log.
        AuthorityError: Their roles do not allow it.
        UsageError: It cannot be, or the entry of the exchange log was withdrawn.
    """
    check_reader(roles_of(actor))
    check_enquiry(given, now_utc())
    lists = current_catalogue()
    with act(
        actor, "victims.enquiry_record", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.DISCLOSURE,
    ) as deed:  # fmt: skip
        unknown = unknown_locked(access, unknown_id)
        told = asdict(given) | {
            "exchange_id": _exchange(access, given.exchange_id),
            "answer_due_at": given.answer_due_at or lists.answer_due_at(given.sent_at),
        }
        row = VictimEnquiry(
            unknown=unknown, catalogue=lists.name, by=actor.name, reason=reason, **told
        )
        check_not_twice(row)
        row.save()
        deed.about("unknown_child", unknown.pk, label=unknown.label, enquiry=str(row.pk),
                   country=row.country)  # fmt: skip
        if unknown.stands is UnknownState.UNIDENTIFIED:
            unknown_move(
                actor, reason=reason, access=access, unknown_id=unknown_id, action="look_for"
            )
    return row


def answer_record(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    unknown_id: UUID,
    enquiry_id: UUID,
    given: GivenAnswer,
) -> VictimAnswer:
    """Record what came back on an enquiry.

    Raises:
        ObjectDoesNotExist: The case has no such child, or no such enquiry that holds.
        AuthorityError: Their roles do not allow it.
        UsageError: It cannot be.
    """
    check_reader(roles_of(actor))
    lists = current_catalogue()
    check_code(lists.results, given.result, "result")
    with act(
        actor, "victims.answer_record", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        unknown = unknown_locked(access, unknown_id)
        enquiry = VictimEnquiry.objects.standing().get(pk=enquiry_id, unknown=unknown)
        check_answer(given, enquiry.sent_at, now_utc())
        row = VictimAnswer(
            enquiry=enquiry, catalogue=lists.name, by=actor.name, reason=reason, **asdict(given)
        )
        check_not_twice(row)
        row.save()
        deed.about("unknown_child", unknown.pk, label=unknown.label, enquiry=str(enquiry.pk),
                   result=row.result)  # fmt: skip
    return row


def _check_another(access: CaseAccess, actor: Actor, given: GivenUnknown) -> None:
    """Refuse a form that was sent twice: a second child is told apart by something."""
    Case.objects.select_for_update().get(pk=access.case.id)
    rows = UnknownChild.objects.filter(
        case_id=access.case.id, by=actor.name, noted_at=given.noted_at, note=given.note
    )
    held = AgeOpinion.objects.standing().filter(unknown=OuterRef("pk"))
    if given.opinion is not None:
        held = held.filter(**asdict(given.opinion))
    found = rows.filter(Exists(held) if given.opinion else ~Exists(held)).first()
    if found is not None:
        raise UsageError(
            f"this is recorded already, as {found.label}: of another child, say what else is known"
        )


def _numbered(unknown: UnknownChild) -> UnknownChild:
    for _ in range(_TRIES):
        unknown.number = _last_number() + 1
        try:
            with transaction.atomic():
                unknown.save(force_insert=True)
        except IntegrityError:
            continue
        return unknown
    raise UsageError("others record unknown children at this moment: send it again")


def _last_number() -> int:
    last: int | None = UnknownChild.objects.aggregate(last=Max("number"))["last"]
    return last or 0


def _holds(
    actor: Actor, reason: str, unknown: UnknownChild, given: GivenOpinion
) -> AgeOpinion:  # fmt: skip
    lists = current_catalogue()
    check_code(lists.sexes, given.sex, "apparent sex")
    check_opinion(given, timezone.localdate(now_utc()))
    row = AgeOpinion(
        unknown=unknown, catalogue=lists.name, by=actor.name, reason=reason, **asdict(given)
    )
    check_not_twice(row)
    row.save()
    return row


def _appears(actor: Actor, reason: str, unknown: UnknownChild, series_id: UUID) -> Appearance:
    series = series_taken(actor, series_id)
    if Appearance.objects.standing().filter(unknown=unknown, series=series).exists():
        raise UsageError("the child appears in this series already: choose another one")
    series_into(series, unknown.case_id)
    row = Appearance(unknown=unknown, series=series, by=actor.name, reason=reason)
    row.save()
    return row


def _exchange(access: CaseAccess, exchange_id: UUID | None) -> UUID | None:
    if exchange_id is None:
        return None
    try:
        last = exchange_versions(access, exchange_id)[0]
    except Exchange.DoesNotExist as error:
        raise UsageError("the case has no such entry in its exchange log: choose one") from error
    if last.is_withdrawal:
        raise UsageError("this entry of the exchange log was withdrawn: choose another one")
    return exchange_id
