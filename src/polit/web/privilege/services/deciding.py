"""Independent counsel decides; what is released is seen again at once."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.models import fresh_id
from polit.web.media.models import QuarantinedEntry
from polit.web.media.rules import PrivilegeState
from polit.web.privilege.models import CounselDecision
from polit.web.privilege.queries import decisions_standing
from polit.web.privilege.rules import COUNSELS, MOST_DECIDED, MOST_TOGETHER, OUTCOMES
from polit.web.privilege.services.blocking import blocks_refresh


def counsel_decide(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    entries: Sequence[int],
    outcome: PrivilegeState,
) -> list[CounselDecision]:
    """Decide on quarantined entries, and with each on its copies and what lies inside it.

    A content stays blocked while another occurrence of it, which came here by itself, waits.

    Args:
        actor: The counsel.
        reason: Why.
        access: The case.
        entries: Which, at most ``MOST_DECIDED``; at most ``MOST_TOGETHER`` with what follows.
        outcome: One of ``OUTCOMES``.

    Raises:
        AuthorityError: They are not independent counsel.
        UsageError: None of them is quarantined here, or they are too many.
    """
    rows = partial(_with_following, access.case.id, entries)
    return _decide(actor, reason, access, rows, outcome)


def waiting_decide(
    actor: Actor, *, reason: str, access: CaseAccess, outcome: PrivilegeState
) -> list[CounselDecision]:
    """Decide on what waits for counsel in a case, at most ``MOST_DECIDED`` entries at once.

    What counsel has decided of copies, or of what lies inside, stays as it is.

    Args:
        actor: The counsel.
        reason: Why.
        access: The case.
        outcome: One of ``OUTCOMES``.

    Raises:
        AuthorityError: They are not independent counsel.
        UsageError: Nothing waits.
    """
    return _decide(actor, reason, access, partial(_waiting, access.case.id), outcome)


def _decide(
    actor: Actor,
    reason: str,
    access: CaseAccess,
    rows_of: Callable[[], list[QuarantinedEntry]],
    outcome: PrivilegeState,
) -> list[CounselDecision]:
    _check(actor)
    if outcome not in OUTCOMES:
        raise UsageError("decide that it is privileged, partly privileged or not privileged")
    with act(actor, "privilege.decide", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        Case.objects.select_for_update().get(pk=access.case.id)
        rows = rows_of()
        batch = fresh_id()
        kept = _decided(actor, access, reason, rows, (batch, outcome))
        _states(access.case.id, rows, outcome)
        deed.about("decision", batch, outcome=outcome.value, entries=len(kept))
    return kept


def _waiting(case_id: UUID) -> list[QuarantinedEntry]:
    held = QuarantinedEntry.objects.filter(case_id=case_id, state=PrivilegeState.HELD.value)
    found = list(held.order_by("pk")[:MOST_DECIDED])
    if not found:
        raise UsageError("nothing waits for counsel: load the page again")
    return found


def decision_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, quarantined_id: int
) -> CounselDecision:
    """Say that a decision on an entry never was one: it waits again, and is blocked again.

    Raises:
        AuthorityError: They are not independent counsel.
        UsageError: Nothing was decided of it.
    """
    _check(actor)
    with act(actor, "privilege.decision_withdraw", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        Case.objects.select_for_update().get(pk=access.case.id)
        last = decisions_standing(access.case.id, [quarantined_id]).get(quarantined_id)
        if last is None:
            raise UsageError("nothing was decided of this entry")
        kept = CounselDecision(
            case_id=access.case.id, entry_id=quarantined_id, batch=fresh_id(),
            outcome=PrivilegeState.HELD.value, by=actor.name, reason=reason, corrects=last,
            is_withdrawal=True,
        )  # fmt: skip
        kept.save()
        row = QuarantinedEntry.objects.get(pk=quarantined_id)
        _states(access.case.id, [row], PrivilegeState.HELD)
        deed.about("decision", kept.batch, outcome=PrivilegeState.HELD.value, entries=1)
    return kept


def _decided(
    actor: Actor,
    access: CaseAccess,
    reason: str,
    rows: list[QuarantinedEntry],
    told: tuple[UUID, PrivilegeState],
) -> list[CounselDecision]:
    batch, outcome = told
    last = decisions_standing(access.case.id, [row.pk for row in rows])
    kept = [
        CounselDecision(
            case_id=access.case.id, entry=row, batch=batch, outcome=outcome.value, by=actor.name,
            reason=reason, corrects=last.get(row.pk),
        )
        for row in rows
    ]  # fmt: skip
    CounselDecision.objects.bulk_create(kept, batch_size=500)
    return kept


def _with_following(case_id: UUID, entries: Sequence[int]) -> list[QuarantinedEntry]:
    """Return entries, and those that are here because they are copies of, or lie in, them."""
    wanted = set(entries)
    if not 1 <= len(wanted) <= MOST_DECIDED:
        raise UsageError(f"choose from 1 to {MOST_DECIDED:,} entries")
    rows = QuarantinedEntry.objects.filter(case_id=case_id)
    found = {each.pk: each for each in rows.filter(pk__in=wanted)}
    if len(found) < len(wanted):
        raise UsageError("an entry is not quarantined in this case: load the page again")
    ahead = list(found)
    while ahead:
        following = {each.pk: each for each in rows.filter(source__in=ahead)}
        ahead = [pk for pk in following if pk not in found]
        found |= {pk: following[pk] for pk in ahead}
        if len(found) > MOST_TOGETHER:
            raise UsageError(
                f"with their copies they are more than {MOST_TOGETHER:,}: choose fewer"
            )
    return [found[pk] for pk in sorted(found)]


def _states(case_id: UUID, rows: list[QuarantinedEntry], state: PrivilegeState) -> None:
    pks = [row.pk for row in rows]
    QuarantinedEntry.objects.filter(pk__in=pks).update(state=state.value, is_blocked=True)
    contents = sorted({bytes(row.sha256) for row in rows if row.sha256})
    blocks_refresh(case_id, contents)


def _check(actor: Actor) -> None:
    if not roles_of(actor) & COUNSELS:
        raise AuthorityError("only independent counsel decides what is privileged")
