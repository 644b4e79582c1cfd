"""That two records are one person, and that they are not after all. Nothing of either is lost."""

from uuid import UUID

from django.db.models import F

from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.core.searching import rows_written
from polit.web.people.models import CasePerson, Person
from polit.web.people.queries import same_person_ids
from polit.web.people.rules import check_splits_people, check_writes_people
from polit.web.people.services.records import seen_by


def person_merge(
    actor: Actor, *, reason: str, case: CaseLike, person_id: UUID, into_id: UUID
) -> Person:
    """Say that two records are one person; both keep their places, identifiers and facts.

    Args:
        actor: Who says so; a case of theirs knows each of the two.
        reason: What shows it.
        case: The case that they do it for, which the first is in.
        person_id: The record, which stands for this person no longer; it or the other one is in
            the case.
        into_id: The record that it joins; what that one is merged into stands for all.

    Returns:
        The record that stands for the person now.

    Raises:
        AuthorityError: The actor's roles do not allow it, or no case of theirs knows one of them.
        UsageError: They are one person already, or neither has a place in this case.
    """
    check_writes_people(roles_of(actor))
    with act(
        actor, "people.merge_people", reason=reason, case=case, nature=Nature.COMBINATION
    ) as deed:
        label = _label(case, frozenset({person_id, into_id}))
        seen_by(actor, person_id)
        seen_by(actor, into_id)
        gone, stays = _locked_roots(person_id, into_id)
        if gone.pk == stays.pk:
            raise UsageError("these two records are one person already: load the page again")
        moved = [each.pk for each in Person.objects.filter(merged_into=gone).order_by("pk")]
        Person.objects.filter(merged_into=gone).update(merged_into=stays)
        gone.merged_into, gone.joined_to_id = stays, into_id
        gone.save()
        deed.about(
            "person",
            person_id,
            label=label,
            into=str(into_id),
            stands=str(stays.pk),
            with_it=[str(each) for each in moved],
        )
    return stays


def person_unmerge(actor: Actor, *, reason: str, case: CaseLike, person_id: UUID) -> Person:
    """Take back that a record is the person that it was merged into, with what had joined it.

    Args:
        actor: A supervisor; a case of theirs knows the record.
        reason: Why it was wrong.
        case: The case that they do it for.
        person_id: The record that was merged.

    Returns:
        The record, which stands for itself again.

    Raises:
        AuthorityError: The actor's roles do not allow it, or no case of theirs knows the record.
        UsageError: The record is merged into none, or the case knows nothing of the person.
    """
    check_splits_people(roles_of(actor))
    with act(actor, "people.split_people", reason=reason, case=case) as deed:
        label = _label(case, same_person_ids(person_id))
        seen_by(actor, person_id)
        before = same_person_ids(person_id)
        _locked(before)
        person = Person.objects.get(pk=person_id)
        if person.merged_into_id is None:
            raise UsageError("this record is merged into none: load the page again")
        stood, joined = person.merged_into_id, person.joined_to_id
        # What had joined it before goes with it, and what joined those.
        moved = _joined_below(person_id)
        person.merged_into = person.joined_to = None
        person.save()
        Person.objects.filter(pk__in=moved).update(merged_into=person)
        # Who was protected by it alone is so no longer, and is found by others again.
        rows_written(Person, Person.objects.filter(pk__in=before))
        deed.about(
            "person",
            person_id,
            label=label,
            into=str(joined),
            stands=str(stood),
            with_it=[str(each) for each in sorted(moved)],
        )
    return person


def person_consult(actor: Actor, *, person_id: UUID, same: frozenset[UUID]) -> None:
    """Record that somebody read a person across the cases that they have access to."""
    reason = "A person across cases"
    with act(actor, "people.consult", reason=reason, nature=Nature.CONSULTATION) as deed:
        deed.about("person", person_id, records=[str(each) for each in sorted(same)])


def _label(case: CaseLike, ids: frozenset[UUID]) -> str:
    """Return what everybody on a case may call a person, by any of some records.

    Raises:
        UsageError: The case knows none of them.
    """
    rows = CasePerson.objects.filter(case_id=case.id, person_id__in=ids)
    place = rows.order_by(F("ended_at").asc(nulls_first=True), "role", "number").first()
    if place is None:
        raise UsageError("this person has no place in the case")
    return place.label


def _locked(ids: "frozenset[UUID] | set[UUID]") -> list[Person]:
    """Return records for writing, in one order, so that no two acts wait for each other."""
    return list(Person.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _locked_roots(person_id: UUID, into_id: UUID) -> tuple[Person, Person]:
    """Return who stands for two records; only once both are held does it stay so."""
    _locked(same_person_ids(person_id) | same_person_ids(into_id))
    named = {each.pk: each.root_id for each in Person.objects.filter(pk__in=[person_id, into_id])}
    roots = {each.pk: each for each in _locked(set(named.values()))}
    gone, stays = roots[named[person_id]], roots[named[into_id]]
    if gone.merged_into_id or stays.merged_into_id:
        raise UsageError("somebody else merged one of them meanwhile: load the page again")
    return gone, stays


def _joined_below(person_id: UUID) -> set[UUID]:
    pairs = Person.objects.filter(pk__in=same_person_ids(person_id))
    parents = dict(pairs.values_list("pk", "joined_to_id"))
    below: set[UUID] = set()
    while True:
        more = {key for key, to in parents.items() if to == person_id or to in below} - below
        if not more:
            return below
        below |= more
