"""What is known already of what a referral names: earlier referrals, people, contents of cases.

Each question is one query for all accounts, connections or digests of a referral at once, down an
index, however many referrals there are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Model, Q

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.core.sightings import Sighting, sightings_of
from polit.web.people.models import CasePerson, PersonIdentifier
from polit.web.referrals.models import (
    Referral,
    ReferralAccount,
    ReferralFile,
    ReferralIp,
    ReferralOriginal,
)
from polit.web.referrals.queries import referrals_for

if TYPE_CHECKING:
    from django.db.models import QuerySet

ASKED_MOST = 200
"""Accounts, connections or digests that are asked for at once; SQLite refuses 1,000 conditions."""
FOUND_MOST = 50


@dataclass(frozen=True, slots=True)
class EarlierReferral:
    """A referral that names something that this one names too.

    Args:
        referral: The other one; its case comes along.
        shares: What they share, in words.
    """

    referral: Referral
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody in a case of the reader, to whom an account of the referral belongs.

    Args:
        person_id: The person.
        place: What they are in one of the reader's cases.
        shares: What they share with the referral, in words.
    """

    person_id: UUID
    place: CasePerson
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known already of what a referral names.

    Args:
        referrals: Those that the reader may see, the one that shares most first.
        hidden_referrals: How many further ones there are.
        people: In cases of the reader.
        hidden_cases: In how many further cases an account is known.
        sightings: Where reported files were found in cases of the reader.
    """

    referrals: tuple[EarlierReferral, ...]
    hidden_referrals: int
    people: tuple[KnownPerson, ...]
    hidden_cases: int
    sightings: tuple[Sighting, ...]

    @property
    def is_something(self) -> bool:
        """Whether anything is known."""
        return bool(
            self.referrals or self.hidden_referrals or self.people or self.hidden_cases
            or self.sightings
        )  # fmt: skip


def known_of(user: User, referral: Referral) -> Known:
    """Return what is known already of what a referral names. A fixed number of queries."""
    accounts = list(referral.accounts.filter(ended_at=None)[:ASKED_MOST])
    ips = list(referral.ips.filter(ended_at=None)[:ASKED_MOST])
    files = list(referral.files.filter(ended_at=None)[:ASKED_MOST])
    shares = _shares(referral, accounts, ips, files)
    shares.pop(referral.pk, None)
    visible = referrals_for(user).filter(pk__in=list(shares)).select_related("case")
    found = [EarlierReferral(each, tuple(shares[each.pk])) for each in visible]
    found.sort(key=lambda each: (-len(each.shares), each.referral.received_at))
    people, hidden_cases = _people(user, accounts)
    sha256s = frozenset(each.sha256 for each in files if each.sha256)
    return Known(
        tuple(found[:FOUND_MOST]),
        len(shares) - len(found),
        people,
        hidden_cases,
        sightings_of(user, sha256s),
    )


def _shares(
    referral: Referral,
    accounts: Sequence[ReferralAccount],
    ips: Sequence[ReferralIp],
    files: Sequence[ReferralFile],
) -> dict[UUID, dict[str, None]]:
    """Return what other referrals share with one, in words, each once."""
    found: dict[UUID, dict[str, None]] = {}
    if referral.source_key:
        rows = Referral.objects.filter(source_key=referral.source_key)
        for other in rows.values_list("pk", flat=True)[: FOUND_MOST * 4]:
            found.setdefault(other, {})["the source's reference"] = None
    _add(found, _same(ReferralAccount, accounts, _account), _words)
    _add(found, _same(ReferralIp, ips, _connection), lambda each: f"{each.address} at an instant")
    _add(found, _same(ReferralFile, files, _digests), lambda _each: "a reported file")
    originals = list(referral.originals.values_list("sha256", flat=True)[:ASKED_MOST])
    if originals:
        same = ReferralOriginal.objects.filter(sha256__in=originals)
        for other in same.values_list("referral_id", flat=True)[: FOUND_MOST * 4]:
            found.setdefault(other, {})["the same report"] = None
    return found


def _words(account: ReferralAccount) -> str:
    service = f" at {account.service}" if account.service else ""
    return f"{account.kind_label} {account.value}{service}"


def _account(each: ReferralAccount | PersonIdentifier) -> Q:
    return Q(kind=each.kind, service_key=each.service_key, value_key=each.value_key)


def _connection(each: ReferralIp) -> Q | None:
    # Without its instant an address says nothing: providers give it to many.
    if each.occurred_at is None:
        return None
    return Q(address=each.address, occurred_at=each.occurred_at)


def _digests(each: ReferralFile) -> Q | None:
    wanted = [
        Q(**{name: getattr(each, name)})
        for name in ("md5", "sha1", "sha256")
        if getattr(each, name)
    ]
    return reduce(or_, wanted) if wanted else None


def _same(
    model: Any, rows: Iterable[Model], condition: Callable[[Any], Q | None]
) -> "QuerySet[Any]":
    wanted = [each for each in map(condition, rows) if each is not None]
    if not wanted:
        return model.objects.none()  # type: ignore[no-any-return]  # any of three tables
    found = model.objects.filter(reduce(or_, wanted), ended_at=None)
    return found[: FOUND_MOST * 20]  # type: ignore[no-any-return]  # any of three tables


def _add(
    found: dict[UUID, dict[str, None]], rows: "QuerySet[Any]", words: Callable[[Any], str]
) -> None:
    for each in rows:
        found.setdefault(each.referral_id, {})[words(each)] = None


def _people(user: User, accounts: Sequence[ReferralAccount]) -> tuple[tuple[KnownPerson, ...], int]:
    """Return whom accounts belong to in cases of the reader, and in how many others they are."""
    if not accounts:
        return (), 0
    wanted = reduce(or_, map(_account, accounts))
    identifiers = PersonIdentifier.objects.filter(wanted, ended_at=None)
    held: dict[UUID, dict[str, None]] = {}
    words = {(each.kind, each.service_key, each.value_key): _words(each) for each in accounts}
    for row in identifiers[: FOUND_MOST * 20]:
        mark = (row.kind, row.service_key, row.value_key)
        held.setdefault(row.person_id, {})[words[mark]] = None
    mine = cases_for(user).values("pk")
    places = CasePerson.objects.filter(person__in=list(held))
    people: dict[UUID, KnownPerson] = {}
    seen = places.filter(case__in=mine).select_related("person", "case")
    for place in seen.order_by("ended_at", "recorded_at"):
        shares = tuple(held[place.person_id])
        people.setdefault(place.person_id, KnownPerson(place.person_id, place, shares))
    hidden = places.exclude(case__in=mine).values("case").distinct().count()
    return tuple(people.values())[:FOUND_MOST], hidden
