"""What referrals tell the search and the record of what happened to a person."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.core.chronology import Happening
from polit.web.core.due import Waiting
from polit.web.core.searching import Entry
from polit.web.people.models import PersonIdentifier
from polit.web.referrals.models import Referral, ReferralAccount
from polit.web.referrals.rules import WORKERS

_HAPPENINGS_MOST = 200
_TEXT_ACCOUNTS = 200


def accounts_of(person_ids: Iterable[UUID]) -> QuerySet[ReferralAccount]:
    """Return the accounts in referrals that are identifiers of these records of people."""
    theirs = PersonIdentifier.objects.filter(
        person__in=list(person_ids), ended_at=None, kind=OuterRef("kind"),
        service_key=OuterRef("service_key"), value_key=OuterRef("value_key"),
    )  # fmt: skip
    return ReferralAccount.objects.filter(Exists(theirs), ended_at=None)


def happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterator[Happening]:
    """Return the referrals of the reader's cases that name an account of a person. One query."""
    if not isinstance(user, User) or not user.roles & WORKERS:
        return
    named = accounts_of(person_ids).filter(referral=OuterRef("pk"))
    rows = Referral.objects.filter(Exists(named), case__in=cases_for(user)).select_related("case")
    for each in rows.order_by("received_at", "id")[:_HAPPENINGS_MOST]:
        yield Happening(
            at=each.received_at, title="Referral received",
            reference=each.case.reference if each.case else each.reference,
            url=reverse("referrals:page", args=[each.pk]),
            text=f"{each.reference}, {each.source_label.lower()}", by=each.received_by,
        )  # fmt: skip


def entries(records: Sequence[Model]) -> Iterator[Entry]:
    """Return what the search keeps of referrals. One query for all of them."""
    referrals = [cast("Referral", each) for each in records]
    named: dict[UUID, list[str]] = {}
    accounts = ReferralAccount.objects.filter(referral__in=referrals, ended_at=None)
    for referral_id, value in accounts.values_list("referral_id", "value"):
        named.setdefault(referral_id, []).append(value)
    for each in referrals:
        values = named.get(each.pk, [])[:_TEXT_ACCOUNTS]
        yield Entry(
            record_id=each.pk, case_id=each.case_id, title=f"Referral {each.reference}",
            text=" ".join([each.source_reference, each.summary, *values]),
            url=reverse("referrals:page", args=[each.pk]), readers=WORKERS,
        )  # fmt: skip


def referral_of_account(saved: Model) -> Iterable[UUID]:
    """Return the referral that a saved account belongs to."""
    return (cast("ReferralAccount", saved).referral_id,)
