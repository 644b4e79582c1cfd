"""Keeps the exchange log. Every act says who and why; the audit holds neither names nor digests."""

from collections.abc import Callable
from dataclasses import asdict
from uuid import UUID

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.twice import check_not_twice
from polit.web.dissemination.codes import code_of, current_codes
from polit.web.dissemination.models import Exchange, ExchangeReply, ExchangeSubject
from polit.web.dissemination.queries import exchange_versions
from polit.web.dissemination.rules import (
    WRITERS,
    Direction,
    GivenExchange,
    GivenReply,
    ReplyKind,
    check_given,
    check_sha256,
)
from polit.web.exhibits.models import Exhibit
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonRole

_PLAIN = ("agency", "country", "contact", "their_reference", "authority", "purpose", "description",
          "means", "handling", "conditions", "handled_by", "size_bytes", "occurred_at",
          "answer_due_at")  # fmt: skip


def exchange_record(
    actor: Actor, *, reason: str, access: CaseAccess, given: GivenExchange
) -> Exchange:  # fmt: skip
    """Record that something was given or received.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It contradicts itself, stands already, a code is unknown, or an exhibit or
            child is not of the case.
    """
    return _kept(actor, "dissemination.record", reason, access, lambda: _row(access, given, None),
                 given)  # fmt: skip


def exchange_correct(
    actor: Actor, *, reason: str, access: CaseAccess, exchange_id: UUID, given: GivenExchange
) -> Exchange:
    """Record an exchange as it was, where it was recorded otherwise.

    Raises:
        Exchange.DoesNotExist: The case has none that begins so.
        AuthorityError: Their roles do not allow it.
        UsageError: It was withdrawn, or it contradicts itself.
    """
    return _kept(
        actor, "dissemination.correct", reason, access,
        lambda: _row(access, given, _last(access, exchange_id)), given,
    )  # fmt: skip


def exchange_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, exchange_id: UUID
) -> Exchange:  # fmt: skip
    """Say that an exchange never happened.

    Raises:
        Exchange.DoesNotExist: The case has none that begins so.
        AuthorityError: Their roles do not allow it.
        UsageError: It was withdrawn already.
    """
    return _kept(
        actor, "dissemination.withdraw", reason, access,
        lambda: _withdrawal(_last(access, exchange_id)), None,
    )  # fmt: skip


def _kept(
    actor: Actor,
    action: str,
    reason: str,
    access: CaseAccess,
    make: Callable[[], Exchange],
    given: GivenExchange | None,
) -> Exchange:
    _check(actor)
    with act(actor, action, reason=reason, case=access.case, purpose=access.purpose.value,
             nature=Nature.DISCLOSURE) as deed:  # fmt: skip
        Case.objects.select_for_update().get(pk=access.case.id)
        row = make()
        row.by, row.reason = actor.name, reason
        if row.corrects is None:
            check_not_twice(row)
        row.save()
        subjects = _subjects(access, row, given) if given is not None else []
        ExchangeSubject.objects.bulk_create(subjects)
        deed.about(
            "exchange", row.first_id or row.pk, label=row.agency, direction=row.direction,
            country=row.country, authority=row.authority, handling=row.handling,
            subjects=len(subjects),
        )  # fmt: skip
    return row


def _row(access: CaseAccess, given: GivenExchange, last: Exchange | None) -> Exchange:
    codes = current_codes()
    code_of(codes.authorities, given.authority, what="authority")
    code_of(codes.means, given.means, what="means")
    handling = code_of(codes.handling, given.handling, what="handling code")
    check_given(given, now_utc(), needs_conditions=handling.needs_conditions)
    told = {name: value for name, value in asdict(given).items() if name in _PLAIN}
    first = None if last is None else last.first_id or last.pk
    return Exchange(
        case_id=access.case.id, codes=codes.name, sha256=check_sha256(given.sha256), corrects=last,
        direction=Direction(given.direction).value, first_id=first, **told,
    )  # fmt: skip


def _withdrawal(last: Exchange) -> Exchange:
    names = (*_PLAIN, "case_id", "codes", "sha256", "direction")
    told = {name: getattr(last, name) for name in names}
    return Exchange(corrects=last, is_withdrawal=True, first_id=last.first_id or last.pk, **told)


def _last(access: CaseAccess, exchange_id: UUID) -> Exchange:
    last = exchange_versions(access, exchange_id)[0]
    if last.is_withdrawal:
        raise UsageError("this exchange was withdrawn: record a new one")
    return last


def _subjects(access: CaseAccess, row: Exchange, given: GivenExchange) -> list[ExchangeSubject]:
    exhibits = Exhibit.objects.filter(case_id=access.case.id, pk__in=given.exhibits)
    children = CasePerson.objects.filter(
        case_id=access.case.id, pk__in=given.children, role=PersonRole.CHILD.value
    )
    found = [ExchangeSubject(exchange=row, kind="exhibit", subject_id=each.pk,
                             label=each.reference) for each in exhibits]  # fmt: skip
    found += [ExchangeSubject(exchange=row, kind="child", subject_id=each.pk, label=each.label)
              for each in children]  # fmt: skip
    if len(found) < len({*given.exhibits, *given.children}):
        raise UsageError("an exhibit or a child is not of this case: choose from the list")
    return found


def reply_record(
    actor: Actor, *, reason: str, access: CaseAccess, exchange_id: UUID, given: GivenReply,
    corrects: UUID | None = None,
) -> ExchangeReply:  # fmt: skip
    """Record that receipt was confirmed, or an answer; or the correction of such a record.

    Raises:
        Exchange.DoesNotExist: The case has none that begins so.
        AuthorityError: Their roles do not allow it.
        UsageError: It lies before the exchange or in the future, its result is none, or what it
            corrects was corrected already.
    """
    _check(actor)
    with act(actor, "dissemination.reply", reason=reason, case=access.case,
             purpose=access.purpose.value, nature=Nature.COLLECTION) as deed:  # fmt: skip
        Case.objects.select_for_update().get(pk=access.case.id)
        last = _last(access, exchange_id)
        codes = current_codes()
        if given.kind is ReplyKind.ANSWER:
            code_of(codes.results, given.result, what="result")
        if not last.occurred_at <= given.occurred_at <= now_utc():
            raise UsageError("a reply comes after what was exchanged, and not in the future")
        row = ExchangeReply(
            exchange_id=exchange_id, kind=given.kind.value, occurred_at=given.occurred_at,
            codes=codes.name, text=given.text, by=actor.name, reason=reason,
            result=given.result if given.kind is ReplyKind.ANSWER else "",
            corrects=_reply(exchange_id, corrects) if corrects else None,
        )  # fmt: skip
        row.save()
        deed.about("exchange", exchange_id, label=last.agency, reply=row.kind, result=row.result)
    return row


def reply_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, exchange_id: UUID, reply_id: UUID
) -> ExchangeReply:
    """Say that a reply never came.

    Raises:
        Exchange.DoesNotExist: The case has no such exchange.
        AuthorityError: Their roles do not allow it.
        UsageError: It was corrected or withdrawn already.
    """
    _check(actor)
    with act(actor, "dissemination.reply_withdraw", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        Case.objects.select_for_update().get(pk=access.case.id)
        last = _last(access, exchange_id)
        was = _reply(exchange_id, reply_id)
        row = ExchangeReply(
            exchange_id=exchange_id, kind=was.kind, occurred_at=was.occurred_at, codes=was.codes,
            result=was.result, text=was.text, by=actor.name, reason=reason, corrects=was,
            is_withdrawal=True,
        )  # fmt: skip
        row.save()
        deed.about("exchange", exchange_id, label=last.agency, reply=row.kind)
    return row


def _reply(exchange_id: UUID, reply_id: UUID) -> ExchangeReply:
    rows = ExchangeReply.objects.standing().filter(exchange_id=exchange_id, pk=reply_id)
    found = rows.first()
    if found is None:
        raise UsageError("this reply was corrected or withdrawn already: load the page again")
    return found


def _check(actor: Actor) -> None:
    if not roles_of(actor) & WRITERS:
        raise AuthorityError("your roles do not keep the exchange log")
