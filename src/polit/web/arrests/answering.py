"""What arrests tell the registers of risk and of warrants: clocks stopped, prompts called for."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.arrests.models import Arrest, ArrestOutcome, SuspectInterview
from polit.web.arrests.rules import WRITERS, ArrestKind, OutcomeKind
from polit.web.core.access import case_access_of
from polit.web.risk.occasions import OccasionSeen
from polit.web.risk.rules import Occasion
from polit.web.risk.stopping import Answers, Cases, Stop
from polit.web.warrants.queries import executions_standing

_ARREST = ArrestKind.ARREST.value


def first_arrests(case_ids: Cases) -> Mapping[UUID, Stop]:
    """Return the first arrest in each of these cases; an attendance is none. One query."""
    rows = Arrest.objects.standing().filter(case_id__in=case_ids, kind=_ARREST)
    found: dict[UUID, Stop] = {}
    for case_id, at in rows.order_by("occurred_at").values_list("case_id", "occurred_at"):
        found.setdefault(case_id, Stop(at, "Arrest"))
    return found


ARRESTS = Answers(
    "Arrest", lambda: Arrest.objects.standing().filter(kind=_ARREST), "case", "occurred_at"
)
"""Every arrest that answers a referral."""


def occasions_seen(case_id: UUID) -> Iterable[OccasionSeen]:
    """Return arrests, interviews, charges and releases of a case. Three queries."""
    arrests = Arrest.objects.standing().filter(case_id=case_id)
    held = arrests.values("first_id")
    found = [
        OccasionSeen(Occasion.ARREST, each.occurred_at, each.place_id)
        for each in arrests.filter(kind=_ARREST)
    ]
    interviews = SuspectInterview.objects.standing().filter(arrest__in=held)
    found += [
        OccasionSeen(Occasion.INTERVIEW, at, place_id)
        for at, place_id in interviews.values_list("occurred_at", "arrest__place_id")
    ]
    outcomes = ArrestOutcome.objects.standing().filter(arrest__in=held)
    for kind, at, place_id in outcomes.values_list("kind", "occurred_at", "arrest__place_id"):
        is_charge = kind == OutcomeKind.CHARGE
        occasion = Occasion.CHARGE if is_charge else Occasion.RELEASE
        found.append(OccasionSeen(occasion, at, place_id))
    return found


def warrant_arrests(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the arrests made at executions of a warrant; nothing before officers came with it."""
    granted, match = case_access_of(request), request.resolver_match
    warrant_id = str(match.kwargs["warrant_id"]) if match else ""
    executions = [
        each for each in executions_standing(granted) if str(each.warrant_id) == warrant_id
    ]
    rows = Arrest.objects.standing().filter(
        case_id=granted.case.id, execution__warrant_id=warrant_id
    )
    arrests = list(rows.select_related("place").order_by("occurred_at", "pk"))
    if not executions and not arrests:
        return None
    may_record = bool(user_of(request).roles & WRITERS)
    return {
        "granted": granted,
        "executions": executions if may_record else [],
        "arrests": arrests,
    }
