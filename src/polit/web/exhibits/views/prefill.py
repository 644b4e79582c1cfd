"""What a form begins with: what this person filled in last in this case, so nothing is retyped."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.core.fields import this_minute
from polit.web.warrants.models import WarrantExecution
from polit.web.warrants.queries import withheld_places

_KEY = "exhibits"
_MOST_CASES = 20


def recalled(request: HttpRequest, case_id: UUID) -> dict[str, object]:
    """Return the present instant, this person's name, and what they filled in last here.

    The instant of a step of custody keeps its seconds: none may lie before the step before it.
    """
    known: dict[str, object] = {
        "occurred_at": now_utc(),
        "seized_at": this_minute(),
        "given_at": this_minute(),
        "producer_name": user_of(request).full_name,
    }
    kept = request.session.get(_KEY, {}).get(str(case_id), {})
    if "seized_at" in kept:
        kept = {**kept, "seized_at": datetime.fromisoformat(kept["seized_at"])}
    return known | dict(kept)


def remember(request: HttpRequest, case_id: UUID, **values: str | bool) -> None:
    """Keep what was filled in for the next form of this session in this case."""
    kept = dict(request.session.get(_KEY, {}))
    mine = {**kept.pop(str(case_id), {}), **values}
    newest = [*kept.items(), (str(case_id), mine)][-_MOST_CASES:]
    request.session[_KEY] = dict(newest)


def execution_choices(executions: Sequence[WarrantExecution]) -> list[tuple[str, str]]:
    """Return executions of warrants as choices of a form, in the same order."""
    return [(str(each.pk), _words(each)) for each in executions]


def _words(execution: WarrantExecution) -> str:
    at = timezone.localtime(execution.occurred_at)
    return f"{execution.warrant.reference}, {at:%-d %B %Y, %H:%M}: {execution.outcome_label}"


def begun_by_execution(
    request: HttpRequest, known: dict[str, object], executions: Sequence[WarrantExecution]
) -> dict[str, object]:
    """Return what the form begins with where the address names an execution of a warrant.

    What this person filled in last stays where it was during the same execution: the room that
    they are in says more than the address of the warrant. Where somebody lives whom not everybody
    on the case may know, no address is offered: everybody reads where an exhibit was seized.
    """
    asked = request.GET.get("execution", "")
    execution = next((each for each in executions if str(each.pk) == asked), None)
    if execution is None or known.get("execution_id") == asked:
        return known
    warrant = execution.warrant
    return known | {
        "execution_id": asked,
        "power_code": warrant.power.seizure_power,
        "power_reference": warrant.reference,
        "place": _place(request, execution)[:300],
        "seized_at": execution.occurred_at,
    }


def _place(request: HttpRequest, execution: WarrantExecution) -> str:
    premises = execution.premises
    if premises is None or premises.place_id is None:
        return execution.place
    if premises.place_id not in withheld_places(case_access_of(request), frozenset()):
        return execution.place
    return f"Premises {premises.number} of warrant {execution.warrant.reference}"
