"""What is known already of what a referral names: earlier referrals, people, contents of cases.

Each question is one query for all accounts, connections or digests of a referral at once, down an
index, however many referrals there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.core.sightings import Sighting, sightings_of
from polit.web.people.merged import same_people
from polit.web.people.models import CasePerson, PersonIdentifier
from polit.web.referrals.models import (
    Referral,
    ReferralAccount,
    ReferralFile,
    ReferralIp,
    ReferralOriginal,
)
from polit.web.referrals.queries import referrals_for

ASKED_MOST = 500
"""Accounts, connections or digests that are asked for at once."""
FOUND_MOST = 50
_ROWS_MOST = 1_000
"""Rows that are looked at for one question: what so many share says nothing of anybody."""


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
    people, hidden_cases = _people(user, accounts)
    shares = _shares(referral, accounts, ips, files)
    for other in _by_person([each.person_id for each in people]):
        shares.setdefault(other, {"an account of the same person": None})
    shares.pop(referral.pk, None)
    visible = referrals_for(user).filter(pk__in=list(shares)).select_related("case")
    found = [EarlierReferral(each, tuple(shares[each.pk])) for each in visible]
    found.sort(key=lambda each: (-len(each.shares), each.referral.received_at))
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
    for other, words in (*_by_account(accounts), *_by_connection(ips), *_by_file(files)):
        found.setdefault(other, {})[words] = None
    originals = list(referral.originals.values_list("sha256", flat=True)[:ASKED_MOST])
    if originals:
        same = ReferralOriginal.objects.filter(sha256__in=originals)
        for other in same.values_list("referral_id", flat=True)[: FOUND_MOST * 4]:
            found.setdefault(other, {})["the same report"] = None
    return found


def _words(account: ReferralAccount) -> str:
    service = f" at {account.service}" if account.service else ""
    return f"{account.kind_label} {account.value}{service}"


# Each looks for plain lists of values, which both databases answer down an index, and compares the
# rest by itself: a condition of hundreds of pairs is read row by row.


def _by_account(accounts: Sequence[ReferralAccount]) -> Iterator[tuple[UUID, str]]:
    wanted = {_mark(each): _words(each) for each in accounts}
    rows = ReferralAccount.objects.filter(
        value_key__in={each.value_key for each in accounts}, ended_at=None
    )
    for row in rows[:_ROWS_MOST] if wanted else ():
        if _mark(row) in wanted:
            yield row.referral_id, wanted[_mark(row)]


def _by_person(person_ids: Sequence[UUID]) -> Iterator[UUID]:
    """Return the referrals that name any identifier of people in cases of the reader."""
    if not person_ids:
        return
    same = same_people(person_ids).values("pk")
    held = PersonIdentifier.objects.filter(person__in=same, ended_at=None)[:_ROWS_MOST]
    marks = {_mark(each) for each in held}
    rows = ReferralAccount.objects.filter(
        value_key__in={value for _kind, _service, value in marks}, ended_at=None
    )
    for row in rows[:_ROWS_MOST]:
        if _mark(row) in marks:
            yield row.referral_id


def _by_connection(ips: Sequence[ReferralIp]) -> Iterator[tuple[UUID, str]]:
    # Without its instant an address says nothing: providers give it to many.
    wanted = {(each.address, each.occurred_at) for each in ips if each.occurred_at}
    rows = ReferralIp.objects.filter(
        address__in={address for address, _at in wanted},
        occurred_at__in={at for _address, at in wanted},
        ended_at=None,
    )
    for row in rows[:_ROWS_MOST] if wanted else ():
        if (row.address, row.occurred_at) in wanted:
            yield row.referral_id, f"{row.address} at an instant"


def _by_file(files: Sequence[ReferralFile]) -> Iterator[tuple[UUID, str]]:
    for name in ("md5", "sha1", "sha256"):
        wanted = {getattr(each, name) for each in files} - {""}
        rows = ReferralFile.objects.filter(**{f"{name}__in": wanted}, ended_at=None)
        found = rows.values_list("referral_id", flat=True)
        for other in found[:_ROWS_MOST] if wanted else ():
            yield other, "a reported file"


def _mark(each: ReferralAccount | PersonIdentifier) -> tuple[str, str, str]:
    return (each.kind, each.service_key, each.value_key)


def _people(user: User, accounts: Sequence[ReferralAccount]) -> tuple[tuple[KnownPerson, ...], int]:
    """Return whom accounts belong to in cases of the reader, and in how many others they are.

    Records that are one person count as one: an account of any of them is an account of all.
    """
    if not accounts:
        return (), 0
    wanted = {_mark(each): _words(each) for each in accounts}
    identifiers = PersonIdentifier.objects.filter(
        value_key__in={each.value_key for each in accounts}, ended_at=None
    )
    held: dict[UUID, dict[str, None]] = {}
    for row in identifiers.select_related("person")[:_ROWS_MOST]:
        if _mark(row) in wanted:
            held.setdefault(row.person.root_id, {})[wanted[_mark(row)]] = None
    mine = cases_for(user).values("pk")
    places = CasePerson.objects.filter(person__in=same_people(list(held)).values("pk"))
    people: dict[UUID, KnownPerson] = {}
    seen = places.filter(case__in=mine).select_related("person", "case")
    for place in seen.order_by("ended_at", "recorded_at"):
        root_id = place.person.root_id
        people.setdefault(root_id, KnownPerson(place.person_id, place, tuple(held[root_id])))
    hidden = places.exclude(case__in=mine).values("case").distinct().count()
    return tuple(people.values())[:FOUND_MOST], hidden
