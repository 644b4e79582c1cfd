"""What is asked of people. Who may not read a child gets a value without a name, never a record."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.events import EventRow, event_rows
from polit.web.cases.queries import cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.rules import Role
from polit.web.core.versions import version_of
from polit.web.people.identifiers import current_identifiers, identifier_scheme
from polit.web.people.merged import children, protects, root, same_people
from polit.web.people.models import CasePerson, Person, PersonIdentifier
from polit.web.people.rules import (
    PersonDetails,
    PersonRole,
    Sex,
    may_read_person,
    search_key,
)

FOUND_MOST = 20
HISTORY_MOST = 100
_SEARCH_LENGTH, _SEARCH_WORDS = 300, 20
"""No name and no identifier is longer; SQLite refuses a condition of a thousand parts."""


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A person's place in a case, as somebody may see it.

    Args:
        place_id: The place's identifier.
        person_id: The person's.
        label: Such as ``Child 1``.
        role_label: The role in words.
        name: Their name; empty where it is withheld or not known.
        is_withheld: Whether this reader may not know who it is.
        is_protected: Whether it is a child somewhere, or under age.
        since: Since when.
        note: What was noted; empty where withheld.
        ended_at: When it ended.
    """

    place_id: UUID
    person_id: UUID
    label: str
    role_label: str
    name: str
    is_withheld: bool
    is_protected: bool
    since: date | None
    note: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class IdentifierShown:
    """An identifier of a person."""

    identifier_id: UUID
    kind_label: str
    service: str
    value: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person, as somebody with access to one of their cases may see them.

    Args:
        person_id: The identifier.
        places: Their places in this case.
        is_withheld: Whether this reader may not know who it is; then nothing else is filled.
        is_protected: Whether it is a child somewhere, or under age.
        details: What is known of them.
        sex_label: The sex in words.
        identifiers: Those that hold first.
        hidden_cases: In how many further cases, which the reader has no access to, one of the
            identifiers, or another record of the person, is known.
    """

    person_id: UUID
    places: tuple[PlaceShown, ...]
    is_withheld: bool
    is_protected: bool
    details: PersonDetails
    sex_label: str
    identifiers: tuple[IdentifierShown, ...]
    hidden_cases: int

    @property
    def label(self) -> str:
        """What everybody on the case may call them."""
        return self.places[0].label

    @property
    def name(self) -> str:
        """Their name; empty where it is withheld or not known."""
        return self.places[0].name


@dataclass(frozen=True, slots=True)
class PersonFound:
    """Somebody whom a search found in a case that the searcher has access to."""

    person_id: UUID
    name: str
    born_on: date | None
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Args:
        people: In cases that the searcher has access to, at most 20.
        hidden_cases: How many further cases know exactly this identifier; nothing else is told.
    """

    people: tuple[PersonFound, ...]
    hidden_cases: int


@dataclass(frozen=True, slots=True)
class Change:
    """One act on a person, with the old and new values that the audit kept."""

    event: EventRow
    values: tuple[tuple[str, str, str], ...]


def place_list(access: CaseAccess, roles: frozenset[Role]) -> tuple[PlaceShown, ...]:
    """Return everybody in a case by role and number, who is in it now first. One query."""
    rows = _places().filter(case_id=access.case.id)
    ordered = rows.order_by(F("ended_at").asc(nulls_first=True), "role", "number")
    return tuple(_place_shown(each, roles) for each in ordered)


def place_choices(
    access: CaseAccess, roles: frozenset[Role], *wanted: PersonRole
) -> tuple[tuple[str, str], ...]:
    """Return who is in a case now as choices of a form, as this reader may see them. One query.

    Args:
        access: The case.
        roles: What the reader holds.
        wanted: What the people are in the case; none for everybody.
    """
    codes = {each.label for each in wanted}
    return tuple(
        (str(each.place_id), f"{each.label}: {each.name}" if each.name else each.label)
        for each in place_list(access, roles)
        if each.ended_at is None and (not codes or each.role_label in codes)
    )


def place_get(access: CaseAccess, place_id: UUID) -> CasePerson:
    """Return what somebody is in a case.

    Raises:
        CasePerson.DoesNotExist: The case has no place of that identifier.
    """
    return CasePerson.objects.select_related("person").get(pk=place_id, case_id=access.case.id)


def person_get(access: CaseAccess, user: User, person_id: UUID) -> PersonShown | None:
    """Return a person of a case, ``None`` where the case knows nobody of this identifier."""
    rows = _places().filter(case_id=access.case.id, person_id=person_id)
    found = list(rows.order_by(F("ended_at").asc(nulls_first=True), "role", "number"))
    if not found:
        return None
    places = tuple(_place_shown(each, user.roles) for each in found)
    first = places[0]
    if first.is_withheld:
        return PersonShown(person_id, places, True, first.is_protected, PersonDetails(), "", (), 0)
    person, same = found[0].person, same_person_ids(person_id)
    rows_held = PersonIdentifier.objects.filter(person__in=same)
    held = list(rows_held.order_by(F("ended_at").asc(nulls_first=True), "kind"))
    return PersonShown(
        person_id,
        places,
        is_withheld=False,
        is_protected=first.is_protected,
        details=details_of(person),
        sex_label=Sex(person.sex).label if person.sex else "",
        identifiers=tuple(identifier_shown(each) for each in held if each.person_id == person_id),
        hidden_cases=_hidden_cases(user, same, held),
    )


def details_of(person: Person) -> PersonDetails:
    """Return what is known of a person; the caller has made sure that it may be read."""
    return PersonDetails(
        person.given_name,
        person.family_name,
        person.also_known_as,
        person.born_on,
        person.estimated_age_years,
        person.estimated_on,
        person.sex,
        person.gender,
        person.addresses,
    )


def details_version(details: PersonDetails) -> str:
    """Return a mark of what is known of a person."""
    return version_of({name: str(value) for name, value in asdict(details).items()})


def same_person_ids(person_id: UUID) -> frozenset[UUID]:
    """Return the identifiers of all records that are one person, that of the record among them."""
    return frozenset(same_people([person_id]).values_list("pk", flat=True)) | {person_id}


def is_protected(person: Person) -> bool:
    """Tell whether a record of a person was ever a child's in any case, or is under age today."""
    return children(_today()).filter(pk__in=same_person_ids(person.pk)).exists()


def people_found(user: User, text: str) -> Found:
    """Search a person among those whom the searcher may see, whatever their case.

    Args:
        user: Who searches: a reader of children.
        text: A name, or exactly an identifier.
    """
    words = search_key(text).split()
    is_too_long = len(text) > _SEARCH_LENGTH or len(words) > _SEARCH_WORDS
    if not words or is_too_long or not may_read_person(user.roles, is_protected=True):
        return Found((), 0)
    identifiers = _with_key(text)
    named = Q()
    for word in words:
        named &= Q(search_text__contains=word)
    visible = CasePerson.objects.filter(person=OuterRef("pk"), case__in=cases_for(user))
    matched = identifiers.filter(person=OuterRef("pk"))
    rows = Person.objects.filter(Exists(visible), named | Exists(matched))
    people: dict[UUID, Person] = {}
    for each in rows.order_by("family_name", "given_name", "id")[: FOUND_MOST * 2]:
        # Of records that are one person, the first; the others stand on its page.
        people.setdefault(each.root_id, each)
    cases = _case_references(user, people)
    found = tuple(
        PersonFound(each.id, each.full_name, each.born_on, cases.get(stands, ()))
        for stands, each in people.items()
    )
    return Found(found[:FOUND_MOST], _hidden_count(user, identifiers))


def person_seen(user: User, person_id: UUID) -> Person | None:
    """Return a person of any case that a reader of children has access to, else ``None``."""
    if not may_read_person(user.roles, is_protected=True):
        return None
    visible = CasePerson.objects.filter(person=OuterRef("pk"), case__in=cases_for(user))
    return Person.objects.filter(Exists(visible), pk=person_id).first()


def history(access: CaseAccess, person_id: UUID) -> tuple[Change, ...]:
    """Return what was done to a person in a case, the newest first, for readers of them."""
    rows = AuditEvent.objects.filter(subject_id=str(person_id), case_id=access.case.id)
    events = list(rows.filter(subject_kind="person").order_by("-seq")[:HISTORY_MOST])
    return tuple(
        Change(row, _values(event.details))
        for row, event in zip(event_rows(events), events, strict=True)
    )


def changes_elsewhere(access: CaseAccess, person_id: UUID) -> int:
    """Return how many acts on a person belong to other cases; to look at a person is none."""
    rows = AuditEvent.objects.filter(subject_id=str(person_id), subject_kind="person")
    return rows.exclude(case_id=access.case.id).exclude(action="people.consult").count()


def _places() -> QuerySet[CasePerson]:
    stands = Coalesce(OuterRef("person__merged_into_id"), OuterRef("person_id"))
    rows = CasePerson.objects.select_related("person")
    return rows.annotate(of_child=protects(stands, _today()))


def _place_shown(place: CasePerson, roles: frozenset[Role]) -> PlaceShown:
    protected = bool(getattr(place, "of_child", True))
    readable = may_read_person(roles, is_protected=protected)
    return PlaceShown(
        place_id=place.id,
        person_id=place.person_id,
        label=place.label,
        role_label=PersonRole(place.role).label,
        name=place.person.full_name if readable else "",
        is_withheld=not readable,
        is_protected=protected,
        since=place.since,
        # "Whose mother, which school": what is noted of an adult may tell who a child is.
        note=place.note if may_read_person(roles, is_protected=True) else "",
        ended_at=place.ended_at,
    )


def identifier_shown(each: PersonIdentifier) -> IdentifierShown:
    """Return an identifier with its kind in words."""
    label = identifier_scheme(each.scheme, each.version).label_of(each.kind)
    return IdentifierShown(each.id, label, each.service, each.value, each.ended_at)


def _today() -> date:
    return timezone.localdate(now_utc())


def _with_key(text: str) -> QuerySet[PersonIdentifier]:
    """Return the identifiers of any kind that a text may be."""
    scheme = current_identifiers()
    wanted = Q(pk__in=[])
    for kind in scheme.entries:
        key = scheme.key(kind.code, text.replace("\x00", ""))
        if key:
            wanted |= Q(kind=kind.code, value_key=key)
    return PersonIdentifier.objects.filter(wanted, ended_at=None)


def _hidden_cases(
    user: User, same: frozenset[UUID], identifiers: Iterable[PersonIdentifier]
) -> int:
    wanted = Q(pk__in=[])
    for each in identifiers:
        if each.ended_at is None:
            wanted |= Q(kind=each.kind, service_key=each.service_key, value_key=each.value_key)
    rows = PersonIdentifier.objects.filter(wanted, ended_at=None)
    return _hidden_count(user, rows, merged=same if len(same) > 1 else frozenset())


def _hidden_count(
    user: User, identifiers: QuerySet[PersonIdentifier], merged: frozenset[UUID] = frozenset()
) -> int:
    """Return how many cases that somebody is not in know who holds an identifier, or a person."""
    holders = same_people(identifiers.order_by().values("person"))
    known = CasePerson.objects.filter(Q(person__in=holders) | Q(person__in=merged))
    hidden = known.exclude(case__in=cases_for(user))
    return hidden.values("case").distinct().count()


def _case_references(user: User, stands: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    rows = CasePerson.objects.filter(person__in=same_people(stands), case__in=cases_for(user))
    named = rows.order_by("case__reference").annotate(stands=root("person__"))
    found: dict[UUID, dict[str, None]] = {}
    for person_id, reference in named.values_list("stands", "case__reference"):
        found.setdefault(person_id, {})[reference] = None
    return {person_id: tuple(references) for person_id, references in found.items()}


def _values(details: str) -> tuple[tuple[str, str, str], ...]:
    changed = json.loads(details).get("changed", {})
    return tuple(
        (name.replace("_", " ").capitalize(), *(pair or ("", "")))
        for name, pair in sorted(changed.items())
    )
