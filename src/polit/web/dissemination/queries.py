"""What is asked of the exchange log; across cases only those that the person has access to."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.queries import case_ids_for
from polit.web.core.access import CaseAccess
from polit.web.core.due import Due, DueRecords, Waiting
from polit.web.dissemination.models import Exchange, ExchangeReply, ExchangeSubject
from polit.web.dissemination.rules import ReplyKind


def exchanges_for(user: User) -> QuerySet[Exchange]:
    """Return the exchanges that hold, of all cases that a person has access to."""
    rows = Exchange.objects.standing().filter(case__in=case_ids_for(user))
    return rows.select_related("case")


def exchanges_of(access: CaseAccess) -> QuerySet[Exchange]:
    """Return the exchanges of a case that hold."""
    return Exchange.objects.standing().filter(case_id=access.case.id).select_related("case")


def awaited() -> Q:
    """Return the condition that an answer is expected and none came."""
    answers = ExchangeReply.objects.standing().filter(
        exchange=Coalesce(OuterRef("first_id"), OuterRef("pk")), kind=ReplyKind.ANSWER.value
    )
    return Q(answer_due_at__isnull=False) & ~Q(Exists(answers))


def exchange_versions(access: CaseAccess, exchange_id: UUID) -> list[Exchange]:
    """Return all rows of an exchange of a case, the last one first.

    Args:
        access: The case.
        exchange_id: The identifier of its first row.

    Raises:
        Exchange.DoesNotExist: The case has none that begins so.
    """
    rows = Exchange.objects.filter(Q(pk=exchange_id, first=None) | Q(first_id=exchange_id))
    found = list(rows.filter(case_id=access.case.id).order_by("-recorded_at", "-pk"))
    if not found:
        raise Exchange.DoesNotExist
    # Each corrects the one before: what nothing corrects is the last, whatever the clock said.
    corrected = {each.corrects_id for each in found}
    found.sort(key=lambda each: each.pk in corrected)
    return found


def reply_list(exchange_id: UUID) -> list[ExchangeReply]:
    """Return what came back on an exchange, in the order in which it happened."""
    rows = ExchangeReply.objects.filter(exchange_id=exchange_id).select_related("corrected_by")
    return list(rows.order_by("occurred_at", "recorded_at"))


def subject_list(exchange: Exchange) -> list[ExchangeSubject]:
    """Return what a row is about, exhibits first."""
    return list(ExchangeSubject.objects.filter(exchange=exchange).order_by("-kind", "label"))


def awaited_count(access: CaseAccess) -> int:
    """Return how many answers a case waits for."""
    return exchanges_of(access).filter(awaited()).count()


def _awaited_by(user: Waiting) -> QuerySet[Exchange]:
    """Return the exchanges whose answers a person's cases wait for, the first due first."""
    if not isinstance(user, User):
        return Exchange.objects.none()
    return exchanges_for(user).filter(awaited()).order_by("answer_due_at", "pk")


def _due(each: Exchange) -> Due:
    assert each.answer_due_at is not None
    return Due(
        kind="dissemination.answer",
        label="Answer awaited",
        subject=each.agency,
        reference=each.case.reference,
        url=reverse("dissemination:page", args=[each.case_id, each.first_id or each.pk]),
        since=each.occurred_at,
        due_at=each.answer_due_at,
    )


ANSWERS_DUE = DueRecords(Exchange, _awaited_by, ("case",), "answer_due_at", _due)
