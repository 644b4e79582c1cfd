"""Works through alerts: acknowledged, closed, taken up again, each with its reason."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from polit.base.errors import UsageError
from polit.web.audit.services import act
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.matching.models import Alert, AlertStep
from polit.web.matching.rules import ALERT_STATES, check_selection
from polit.web.media.quarantine import content_shown


def alerts_act(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    alerts: Sequence[UUID],
    action: str,
    roles: frozenset[Role],
) -> int:
    """Do one thing with some alerts of a case, each an act of its own.

    Args:
        actor: Who does it.
        reason: Why.
        access: The case.
        alerts: Which; those that somebody moved meanwhile are passed over where others are not.
        action: ``acknowledge``, ``close`` or ``reopen``.
        roles: What the actor may do.

    Returns:
        With how many it was done.

    Raises:
        UsageError: There are none, too many, or none of them is where that can be done.
        AuthorityError: None of the roles may.
    """
    wanted = frozenset(alerts)
    check_selection(len(wanted))
    with transaction.atomic():
        rows = Alert.objects.select_for_update().filter(
            content_shown(case="case_id"), case_id=access.case.id, is_seen=True, pk__in=wanted
        )
        found = list(rows.order_by("pk"))
        if not found:
            raise UsageError("these alerts are not in this case: load the page again")
        begins = [state for each in ALERT_STATES.transitions if each.action == action
                  for state in each.from_states]  # fmt: skip
        movable = [alert for alert in found if alert.state in begins] or found[:1]
        for alert in movable:
            _move(actor, reason, access, alert, ALERT_STATES.check_action(
                action, alert.state, roles).to, action)  # fmt: skip
    return len(movable)


def _move(
    actor: Actor, reason: str, access: CaseAccess, alert: Alert, state: str, action: str
) -> None:
    with act(
        actor, f"matching.alert_{action}", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        deed.about("alert", alert.id, before=alert.state, after=state)
        alert.state = state
        alert.save()
        AlertStep(alert=alert, action=action, by=actor.name, reason=reason).save()
