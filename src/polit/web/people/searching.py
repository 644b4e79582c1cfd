"""What of people can be found. Whoever may not read a child finds none, by no word.

Each record is found by its own facts alone: those of another record that it is merged with may
come from cases that the reader is not in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast
from uuid import UUID

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.core.searching import Entry, Searchable
from polit.web.people.merged import children, same_people
from polit.web.people.models import CasePerson, Person, PersonIdentifier
from polit.web.people.rules import PersonRole


def _entries(records: Sequence[Model]) -> Iterator[Entry]:
    """Return an entry for each record in each of its cases; with notes, one for who reads them."""
    people = cast("Sequence[Person]", records)
    ids = [each.pk for each in people]
    withheld = _withheld(people)
    identifiers: defaultdict[UUID, list[str]] = defaultdict(list)
    for held in PersonIdentifier.objects.filter(person__in=ids).order_by("recorded_at", "pk"):
        identifiers[held.person_id] += [held.value, held.service]
    places: defaultdict[UUID, dict[UUID, list[CasePerson]]] = defaultdict(dict)
    for place in CasePerson.objects.filter(person__in=ids).order_by("recorded_at", "pk"):
        places[place.person_id].setdefault(place.case_id, []).append(place)
    for person in people:
        facts = [*_lines(person), *identifiers[person.pk]]
        readers = CHILD_READERS if person.root_id in withheld else CASE_ROLES
        for case_id, held_places in places[person.pk].items():
            yield from _in_case(person, case_id, held_places, facts, readers)


def _in_case(
    person: Person,
    case_id: UUID,
    places: list[CasePerson],
    facts: list[str],
    readers: frozenset[Role],
) -> Iterator[Entry]:
    labels = ", ".join(each.label for each in places)
    title = f"{person.full_name or 'Name not known'} ({labels})"
    url = reverse("people:person", args=[case_id, person.pk])
    notes = [each.note for each in places if each.note]
    text = "\n".join(each for each in facts if each)
    if not notes:
        yield Entry(person.pk, case_id, title, text, url, readers)
        return
    # "Whose mother, which school": what is noted of an adult may tell who a child is.
    yield Entry(person.pk, case_id, title, "\n".join([text, *notes]), url, CHILD_READERS)
    if readers - CHILD_READERS:
        yield Entry(person.pk, case_id, title, text, url, readers - CHILD_READERS)


def _withheld(people: Sequence[Person]) -> frozenset[UUID]:
    """Return who stands for a person of whom some record says that they are a child."""
    same = same_people([each.pk for each in people]).values("pk")
    found = children(timezone.localdate(now_utc())).filter(pk__in=same)
    return frozenset(each.root_id for each in found)


def _lines(person: Person) -> list[str]:
    born = person.born_on.isoformat() if person.born_on else ""
    return [person.also_known_as, born, person.addresses]


def _same(person: Model) -> Iterable[UUID]:
    """Return whose protection hangs on a record: all that are merged with it, or just were."""
    record = cast("Person", person)
    wanted = [record.pk, *([record.merged_into_id] if record.merged_into_id else [])]
    return same_people(wanted).values_list("pk", flat=True)


def _of_place(place: Model) -> Iterable[UUID]:
    held = cast("CasePerson", place)
    if held.role == PersonRole.CHILD.value:
        return same_people([held.person_id]).values_list("pk", flat=True)
    return (held.person_id,)


def _of_identifier(identifier: Model) -> Iterable[UUID]:
    return (cast("PersonIdentifier", identifier).person_id,)


PEOPLE = Searchable(
    "person",
    "Person",
    Person,
    _entries,
    ((Person, _same), (CasePerson, _of_place), (PersonIdentifier, _of_identifier)),
)
