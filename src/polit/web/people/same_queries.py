"""What is asked of records that are one person, or may be: across the cases of whoever asks."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.people.models import CasePerson, Person, PersonIdentifier
from polit.web.people.queries import (
    IdentifierShown,
    details_of,
    identifier_shown,
    same_person_ids,
)
from polit.web.people.rules import PersonDetails, Sex, may_read_person, search_key

OFFERED_MOST = 10
_LOOKED_MOST = 500
"""Records with one date of birth that are compared by name; more were born on no day."""


@dataclass(frozen=True, slots=True)
class PlaceAcross:
    """A person's place in one of the reader's cases."""

    case_id: UUID
    reference: str
    label: str
    since: date | None
    note: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordShown:
    """One record of a person in cases of the reader, who may read the person.

    Args:
        person_id: The record.
        name: Its name; empty where it is not known.
        details: What it says of the person.
        sex_label: The sex in words.
        identifiers: Those that hold first.
        places: In the reader's cases alone.
        stands: Whether it stands for the person.
        can_part: Whether it was merged into another record, so that this can be taken back.
    """

    person_id: UUID
    name: str
    details: PersonDetails
    sex_label: str
    identifiers: tuple[IdentifierShown, ...]
    places: tuple[PlaceAcross, ...]
    stands: bool
    can_part: bool

    @property
    def where(self) -> str:
        """The places in words: ``Suspect 1 in OP-1, Witness 2 in OP-2``."""
        return ", ".join(f"{each.label} in {each.reference}" for each in self.places)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record of the reader's cases that may be the same person.

    Args:
        record: The record.
        reasons: What speaks for it, in words.
    """

    record: RecordShown
    reasons: tuple[str, ...]


def records_shown(user: User, ids: frozenset[UUID]) -> tuple[RecordShown, ...]:
    """Return records in cases of the reader, the oldest first; none that the reader may not read.

    A number of queries that does not grow with the records. Whether the person may be read is
    asked of all records that are the same, by whoever calls.

    Args:
        user: Who reads.
        ids: Records.
    """
    people = list(_visible(user).filter(pk__in=ids).order_by("recorded_at", "pk"))
    found = [each.pk for each in people]
    identifiers: dict[UUID, list[IdentifierShown]] = {each: [] for each in found}
    held = PersonIdentifier.objects.filter(person__in=found)
    for each in held.order_by(F("ended_at").asc(nulls_first=True), "kind", "pk"):
        identifiers[each.person_id].append(identifier_shown(each))
    places: dict[UUID, list[PlaceAcross]] = {each: [] for each in found}
    rows = CasePerson.objects.filter(person__in=found, case__in=cases_for(user))
    ordered = rows.select_related("case").order_by("case__reference", "role", "number")
    reads_notes = may_read_person(user.roles, is_protected=True)
    for place in ordered:
        places[place.person_id].append(_place_across(place, reads_note=reads_notes))
    return tuple(
        RecordShown(
            each.pk,
            each.full_name,
            details_of(each),
            Sex(each.sex).label if each.sex else "",
            tuple(identifiers[each.pk]),
            tuple(places[each.pk]),
            stands=each.merged_into_id is None,
            can_part=each.merged_into_id is not None,
        )
        for each in people
    )


def same_records(user: User, person_id: UUID) -> tuple[RecordShown, ...]:
    """Return the further records of a person, in cases of the reader, who may read the person."""
    return records_shown(user, same_person_ids(person_id) - {person_id})


def same_hidden(user: User, person_id: UUID) -> int:
    """Return how many records of a person stand in no case of the reader."""
    same = same_person_ids(person_id)
    return len(same) - _visible(user).filter(pk__in=same).count()


def same_candidates(user: User, person_id: UUID) -> tuple[Candidate, ...]:
    """Return who of the reader's cases may be the same person, what speaks for it beside.

    Args:
        user: A reader of children; others are offered nobody.
        person_id: A record in a case of the reader.
    """
    if not may_read_person(user.roles, is_protected=True):
        return ()
    same = same_person_ids(person_id)
    reasons: dict[UUID, list[str]] = {}
    for found, reason in (*_by_identifier(user, same), *_by_birth(user, same)):
        told = reasons.setdefault(found, [])
        if reason not in told:
            told.append(reason)
    most = frozenset(list(reasons)[:OFFERED_MOST])
    return tuple(
        Candidate(each, tuple(reasons[each.person_id])) for each in records_shown(user, most)
    )


def same_candidate(user: User, person_id: UUID, other_id: UUID) -> RecordShown | None:
    """Return a record of the reader's cases to compare a person with, ``None`` where it is none.

    Whether anything speaks for it does not matter: people recognise each other.
    """
    if other_id in same_person_ids(person_id):
        return None
    if not may_read_person(user.roles, is_protected=True):
        return None
    return next(iter(records_shown(user, frozenset({other_id}))), None)


def _visible(user: User) -> QuerySet[Person]:
    places = CasePerson.objects.filter(person=OuterRef("pk"), case__in=cases_for(user))
    return Person.objects.filter(Exists(places))


def _by_identifier(user: User, same: frozenset[UUID]) -> list[tuple[UUID, str]]:
    held = PersonIdentifier.objects.filter(person__in=same, ended_at=None)
    wanted = Q(pk__in=[])
    for each in held:
        wanted |= Q(kind=each.kind, service_key=each.service_key, value_key=each.value_key)
    rows = PersonIdentifier.objects.filter(wanted, ended_at=None, person__in=_visible(user))
    return [
        (each.person_id, f"The same {identifier_shown(each).kind_label.lower()}")
        for each in rows.exclude(person__in=same).order_by("kind", "pk")[:_LOOKED_MOST]
    ]


def _by_birth(user: User, same: frozenset[UUID]) -> list[tuple[UUID, str]]:
    records = Person.objects.filter(pk__in=same, born_on__isnull=False)
    wanted = {(each.born_on, _name_key(each)) for each in records if _name_key(each)}
    if not wanted:
        return []
    rows = _visible(user).filter(born_on__in={born for born, _name in wanted})
    return [
        (each.pk, "The same name and date of birth")
        for each in rows.exclude(pk__in=same).order_by("pk")[:_LOOKED_MOST]
        if (each.born_on, _name_key(each)) in wanted
    ]


def _name_key(person: Person) -> str:
    return search_key(person.given_name, person.family_name)


def _place_across(place: CasePerson, *, reads_note: bool) -> PlaceAcross:
    return PlaceAcross(
        place.case_id,
        place.case.reference,
        place.label,
        place.since,
        place.note if reads_note else "",
        place.ended_at,
    )
