"""What is asked of referrals. Who has no access to a referral's case does not get it."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.rules import Nature
from polit.web.cases.events import EventRow, event_rows
from polit.web.cases.models import Unit
from polit.web.cases.queries import cases_for
from polit.web.cases.rules import UnitKind
from polit.web.core.access import CaseAccess
from polit.web.referrals.models import (
    Referral,
    ReferralAccount,
    ReferralFile,
    ReferralIp,
    ReferralLink,
    ReferralOriginal,
)
from polit.web.referrals.rules import WAITING, WORKERS

HISTORY_MOST = 100
PARTS_SHOWN = 200


def may_read_referrals(user: User) -> bool:
    """Tell whether somebody may see referrals at all: those in no case, those of their cases."""
    return user.is_active and bool(user.roles & WORKERS)


def referrals_for(user: User) -> QuerySet[Referral]:
    """Return the referrals that somebody may see: those in no case, and those of their cases."""
    if not may_read_referrals(user):
        return Referral.objects.none()
    return Referral.objects.filter(Q(case=None) | Q(case__in=cases_for(user)))


def referral_get(user: User, referral_id: UUID) -> Referral:
    """Return a referral that somebody may see, with its case, area and team.

    Raises:
        Referral.DoesNotExist: There is none of this identifier that they may see.
    """
    rows = referrals_for(user).select_related("case", "area", "team", "duplicate_of")
    return rows.get(pk=referral_id)


def case_referrals(access: CaseAccess) -> QuerySet[Referral]:
    """Return the referrals of a case, duplicates among them."""
    return Referral.objects.filter(case_id=access.case.id).order_by("received_at", "id")


def referrals_waiting(user: User, *, most: int = 10) -> list[Referral]:
    """Return referrals of which nobody decided yet what becomes of them, the oldest first."""
    rows = referrals_for(user).filter(state__in=[state.value for state in WAITING])
    return list(rows.order_by("received_at", "id")[:most])


def account_list(referral: Referral) -> list[ReferralAccount]:
    """Return the accounts of a referral, those that hold first."""
    return list(referral.accounts.order_by("ended_at", "kind", "value_key")[:PARTS_SHOWN])


def accounts_held(referral: Referral) -> list[ReferralAccount]:
    """Return the accounts of a referral that hold."""
    return list(referral.accounts.filter(ended_at=None).order_by("kind", "value_key"))


def ip_list(referral: Referral) -> list[ReferralIp]:
    """Return the connections of a referral in order of time."""
    return list(referral.ips.order_by("ended_at", "occurred_at", "address")[:PARTS_SHOWN])


def file_list(referral: Referral) -> list[ReferralFile]:
    """Return the reported files of a referral by name."""
    return list(referral.files.order_by("ended_at", "name", "id")[:PARTS_SHOWN])


def original_list(referral: Referral) -> list[ReferralOriginal]:
    """Return the reports of a referral as they came, in order."""
    return list(referral.originals.order_by("recorded_at", "id"))


def original_get(referral: Referral, original_id: UUID) -> ReferralOriginal:
    """Return a report of a referral.

    Raises:
        ReferralOriginal.DoesNotExist: It has none of this identifier.
    """
    return ReferralOriginal.objects.select_related("referral__case").get(
        pk=original_id, referral=referral
    )


def linked_list(user: User, referral: Referral) -> tuple[list[tuple[Referral, ReferralLink]], int]:
    """Return the referrals that are linked with one and the links, and how many are hidden."""
    links = list(ReferralLink.objects.filter(Q(first=referral) | Q(second=referral)))
    ids = {
        each.second_id if each.first_id == referral.pk else each.first_id: each for each in links
    }
    found = referrals_for(user).filter(pk__in=list(ids)).order_by("received_at", "id")
    shown = [(each, ids[each.pk]) for each in found]
    return shown, len(ids) - len(shown)


def duplicate_list(referral: Referral) -> list[Referral]:
    """Return what repeats a referral: whoever sees the one sees them."""
    return list(referral.duplicates.order_by("received_at", "id")[:PARTS_SHOWN])


def referral_history(user: User, referral: Referral) -> list[EventRow]:
    """Return what was done to a referral, the newest first, without who merely looked.

    What was done for a case that the reader has no access to, which the referral was taken out of
    since, is left out.
    """
    rows = AuditEvent.objects.filter(subject_id=str(referral.pk), subject_kind="referral")
    mine = Q(case_id=None) | Q(case_id__in=cases_for(user).values("pk"))
    changed = rows.filter(mine).exclude(nature=Nature.CONSULTATION.value)
    return event_rows(changed.order_by("-seq")[:HISTORY_MOST])


def state_counts(user: User) -> dict[str, int]:
    """Return how many referrals that somebody may see wait, by state. One query."""
    rows = referrals_for(user).filter(state__in=[state.value for state in WAITING])
    return dict(rows.order_by().values_list("state").annotate(Count("id")))


def unit_choices(kind: UnitKind) -> list[tuple[str, str]]:
    """Return the units of a kind that hold, by name, as choices of a form."""
    rows = Unit.objects.filter(kind=kind.value, ended_at=None).order_by("name")
    return [(str(each.pk), each.name) for each in rows]


def unit_id(text: str) -> UUID | None:
    """Return the unit that was chosen in a form, ``None`` for none."""
    return UUID(text) if text else None
