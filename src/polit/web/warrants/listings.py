"""How lists of warrants are narrowed and ordered, and what of them is due."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.core.due import Due, DueRecords, Waiting
from polit.web.core.listing import Filter, Listing, Sort
from polit.web.warrants.models import Warrant
from polit.web.warrants.powers import current_powers
from polit.web.warrants.queries import warrants_for
from polit.web.warrants.rules import EXPIRED_LABEL, WarrantState

EXPIRED = "expired"


def warrant_listing() -> Listing:
    """Return how warrants are listed: the one applied for last comes first."""
    states = [(each.value, each.label) for each in WarrantState]
    powers = [(each.code, each.label) for each in current_powers().entries]
    return Listing(
        sorts=(
            Sort("newest", "Newest first", "applied_at", newest_first=True),
            Sort("oldest", "Oldest first", "applied_at"),
        ),
        search=("reference", "court", "applicant", "case__reference"),
        search_label="Reference, court, applicant or case",
        filters=(
            Filter("state", "State", (*states, (EXPIRED, EXPIRED_LABEL)), _in_state),
            Filter("power", "Power", tuple(powers), lambda code: Q(power_code=code)),
        ),
    )


def _in_state(code: str) -> Q:
    today = timezone.localdate(now_utc())
    if code == EXPIRED:
        return Q(state=WarrantState.GRANTED.value, expires_on__lt=today)
    if code == WarrantState.GRANTED:
        return Q(state=code, expires_on__gte=today)
    return Q(state=code)


def _to_execute(user: Waiting) -> QuerySet[Warrant]:
    """Return warrants that were granted and not executed, the one that expires first first."""
    if not isinstance(user, User):
        return Warrant.objects.none()
    rows = warrants_for(user).filter(state=WarrantState.GRANTED.value)
    return rows.order_by("expires_on", "pk")


def _end_of(day: date) -> datetime:
    """Return when a last day ends: it counts to its end, in the force's zone."""
    next_day = datetime.combine(day + timedelta(days=1), time())
    return timezone.make_aware(next_day, timezone.get_default_timezone())


def _due(warrant: Warrant) -> Due:
    assert warrant.granted_at is not None
    assert warrant.expires_on is not None
    label = EXPIRED_LABEL if warrant.is_expired else "Execute the warrant before it expires"
    return Due(
        "warrants.expiry",
        label,
        f"Warrant {warrant.reference}",
        warrant.case.reference,
        reverse("warrants:page", args=[warrant.case_id, warrant.pk]),
        warrant.granted_at,
        _end_of(warrant.expires_on),
    )


WARRANTS_DUE = DueRecords(Warrant, _to_execute, ("case",), "expires_on", _due, _end_of)
