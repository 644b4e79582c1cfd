"""Withdraws what was recorded wrongly: a further row says so, and nothing is lost."""

from typing import TypeVar
from uuid import UUID

from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.models import Superseded
from polit.web.victims.queries import Held, Linked, held_get, linked_get
from polit.web.victims.rules import check_reader
from polit.web.victims.services.holding import unknown_locked
from polit.web.victims.services.series import series_locked

Row = TypeVar("Row", bound=Superseded)
_OWN = frozenset({"id", "recorded_at", "corrects", "is_withdrawal", "by", "reason"})


def held_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, unknown_id: UUID, kind: str, row_id: UUID
) -> Held:
    """Withdraw an opinion, that a child is in a series, an enquiry or an answer.

    Raises:
        ObjectDoesNotExist: The case has no such child, or nothing that holds of that identifier.
        AuthorityError: Their roles do not allow it.
    """
    check_reader(roles_of(actor))
    with act(
        actor, "victims.unknown_withdraw", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        unknown = unknown_locked(access, unknown_id)
        row = _withdrawn(held_get(unknown, kind, row_id), actor, reason)
        deed.about("unknown_child", unknown.pk, label=unknown.label, what=kind,
                   withdrawn=str(row_id))  # fmt: skip
    return row


def linked_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, series_id: UUID, kind: str, row_id: UUID
) -> Linked:
    """Take a medium out of a series, untie a clue from it, or withdraw a clue from all series.

    Raises:
        ObjectDoesNotExist: The series does not stand in the case, or nothing of the case that
            holds has that identifier.
        AuthorityError: Their roles do not allow it.
    """
    check_reader(roles_of(actor))
    with act(
        actor, "victims.series_withdraw", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        series = series_locked(access, series_id)
        row = _withdrawn(linked_get(access, series, kind, row_id), actor, reason)
        deed.about("series", series.pk, what=kind, withdrawn=str(row_id))
    return row


def _withdrawn(row: Row, actor: Actor, reason: str) -> Row:
    fields = [each for each in row._meta.concrete_fields if each.name not in _OWN]  # noqa: SLF001 - Django documents it
    told = {each.attname: getattr(row, each.attname) for each in fields}
    withdrawal = type(row)(corrects=row, is_withdrawal=True, by=actor.name, reason=reason, **told)
    withdrawal.save()
    return withdrawal
