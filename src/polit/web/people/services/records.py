"""What is done to people. Every act is on "person", so that a person's history is one query."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.core.versions import check_unchanged
from polit.web.people.identifiers import current_identifiers, service_key
from polit.web.people.models import (
    SERVICE_KEY_LENGTH,
    VALUE_KEY_LENGTH,
    CasePerson,
    Person,
    PersonIdentifier,
)
from polit.web.people.queries import details_of, details_version, is_protected, person_seen
from polit.web.people.rules import (
    GivenIdentifier,
    PersonDetails,
    PlaceInCase,
    changed_fields,
    check_details,
    check_writes_people,
)

_FIELDS = tuple(PersonDetails.__dataclass_fields__)


def person_add(
    actor: Actor,
    *,
    reason: str,
    case: CaseLike,
    details: PersonDetails,
    place: PlaceInCase,
    identifier: GivenIdentifier | None = None,
) -> CasePerson:
    """Record a new person and what they are in a case.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: The facts contradict each other, or the identifier is none.
    """
    check_writes_people(roles_of(actor))
    check_details(details, _today())
    with act(
        actor, "people.add_person", reason=reason, case=case, nature=Nature.COLLECTION
    ) as deed:
        person = Person()
        _set(person, details)
        person.save()
        kept = _put(actor, case, person, place)
        if identifier is not None:
            _identify(actor, person, identifier)
        known = [name for name in _FIELDS if _texts(details)[name]]
        # Fields and no values: the record holds those, and the audit is never erased.
        deed.about("person", person.id, label=kept.label, role=kept.role, known=list(known))
    return kept


def person_link(
    actor: Actor, *, reason: str, case: CaseLike, person_id: UUID, place: PlaceInCase
) -> CasePerson:
    """Give a person who is known from a case of the actor a place in another, or a further one.

    Raises:
        AuthorityError: The actor's roles do not allow it, or no case of theirs knows the person.
        UsageError: The person has this role in the case already.
    """
    check_writes_people(roles_of(actor))
    person = seen_by(actor, person_id)
    with act(
        actor, "people.link_person", reason=reason, case=case, nature=Nature.COMBINATION
    ) as deed:
        kept = _put(actor, case, person, place)
        deed.about("person", person.id, label=kept.label, role=kept.role)
    return kept


def person_change(
    actor: Actor,
    *,
    reason: str,
    case: CaseLike,
    person_id: UUID,
    details: PersonDetails,
    seen: str | None = None,
) -> Person:
    """Change what is known of a person, in every case that they have a place in.

    The audit keeps old and new values; of a child it keeps the names of the fields alone.

    Args:
        actor: Who changes it.
        reason: Why.
        case: The case that they do it for.
        person_id: The person.
        details: What is known from now on.
        seen: The mark (``details_version``) of what they looked at; ``None`` where they did not.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: The facts contradict each other, the person has no place in this case, or
            somebody else changed them meanwhile.
    """
    check_writes_people(roles_of(actor))
    check_details(details, _today())
    with act(actor, "people.change_person", reason=reason, case=case) as deed:
        place = place_of(case.id, person_id)
        person = Person.objects.select_for_update().get(pk=person_id)
        check_unchanged(seen, details_version(details_of(person)))
        before, was_protected = _texts(details_of(person)), is_protected(person)
        _set(person, details)
        person.save()
        # A date of birth that is corrected may make a child of an adult or the other way.
        withheld = was_protected or is_protected(person)
        changed = changed_fields(before, _texts(details), is_protected=withheld)
        deed.about(
            "person",
            person.id,
            label=place.label,
            changed={name: list(pair) for name, pair in changed.items()},
        )
    return person


def identifier_add(
    actor: Actor, *, reason: str, case: CaseLike, person_id: UUID, given: GivenIdentifier
) -> PersonIdentifier:
    """Record an identifier or account of a person.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: It is none, the person has it already, or has no place in this case.
    """
    check_writes_people(roles_of(actor))
    with act(
        actor, "people.add_identifier", reason=reason, case=case, nature=Nature.COLLECTION
    ) as deed:
        place = place_of(case.id, person_id)
        kept = _identify(actor, place.person, given)
        deed.about("person", person_id, label=place.label, identifier_kind=kept.kind)
    return kept


def identifier_end(
    actor: Actor, *, reason: str, case: CaseLike, identifier_id: UUID
) -> PersonIdentifier:
    """Say that an identifier is not, or no longer, this person's; the record stays.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: There is none that holds, or its person has no place in this case.
    """
    check_writes_people(roles_of(actor))
    with act(actor, "people.end_identifier", reason=reason, case=case) as deed:
        rows = PersonIdentifier.objects.select_for_update()
        kept = rows.filter(pk=identifier_id, ended_at=None).first()
        if kept is None:
            raise UsageError("this identifier was ended already: load the page again")
        place = place_of(case.id, kept.person_id)
        kept.ended_at, kept.ended_by = now_utc(), actor.name
        kept.save()
        deed.about("person", kept.person_id, label=place.label, identifier_kind=kept.kind)
    return kept


def role_end(actor: Actor, *, reason: str, case: CaseLike, role_id: UUID) -> CasePerson:
    """End what a person is in a case; who was a child stays protected.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: It ended already, or is not of this case.
    """
    check_writes_people(roles_of(actor))
    with act(actor, "people.end_role", reason=reason, case=case) as deed:
        rows = CasePerson.objects.select_for_update()
        kept = rows.filter(pk=role_id, case_id=case.id, ended_at=None).first()
        if kept is None:
            raise UsageError("this role ended already: load the page again")
        kept.ended_at, kept.ended_by, kept.end_reason = now_utc(), actor.name, reason
        kept.save()
        deed.about("person", kept.person_id, label=kept.label, role=kept.role)
    return kept


def _today() -> date:
    return timezone.localdate(now_utc())


def _set(person: Person, details: PersonDetails) -> None:
    for name in _FIELDS:
        setattr(person, name, getattr(details, name))
    person.refresh_search_text()


def _texts(details: PersonDetails) -> dict[str, str]:
    values = {name: getattr(details, name) for name in _FIELDS}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def place_of(case_id: UUID, person_id: UUID) -> CasePerson:
    """Return what a person is in a case, what holds first.

    Raises:
        UsageError: Nothing.
    """
    rows = CasePerson.objects.filter(case_id=case_id, person_id=person_id)
    place = (
        rows.select_related("person").order_by(F("ended_at").asc(nulls_first=True), "role").first()
    )
    if place is None:
        raise UsageError("this person has no place in the case")
    return place


def seen_by(actor: Actor, person_id: UUID) -> Person:
    """Return a person whom a case of the actor knows.

    Raises:
        AuthorityError: None does.
    """
    user = User.objects.get(pk=actor.actor_id) if actor.kind == "user" else None
    person = person_seen(user, person_id) if user else Person.objects.filter(pk=person_id).first()
    if person is None:
        raise AuthorityError("no case of yours knows this person")
    return person


def _put(actor: Actor, case: CaseLike, person: Person, place: PlaceInCase) -> CasePerson:
    """Give a person the next number of their role; the case is locked, so none is given twice."""
    locked = Case.objects.select_for_update().get(pk=case.id)
    held = CasePerson.objects.filter(case=locked, role=place.role.value)
    number = (held.aggregate(last=Max("number"))["last"] or 0) + 1
    kept = CasePerson(
        case=locked,
        person=person,
        role=place.role.value,
        number=number,
        since=place.since,
        note=place.note,
        added_by=actor.name,
    )
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise UsageError("this person has this role in the case already") from error
    return kept


def _identify(actor: Actor, person: Person, given: GivenIdentifier) -> PersonIdentifier:
    scheme = current_identifiers()
    kind = scheme.kind(given.kind)
    key = scheme.key(kind.code, given.value)
    if not key:
        raise UsageError(f"this is no {kind.label.lower()}")
    service = given.service.strip() if kind.has_service else ""
    # One character may stand for eighteen once it is normalised.
    if len(key) > VALUE_KEY_LENGTH or len(service_key(service)) > SERVICE_KEY_LENGTH:
        raise UsageError(f"this {kind.label.lower()} is too long to be compared")
    kept = PersonIdentifier(
        person=person,
        scheme=scheme.scheme,
        version=scheme.version,
        kind=kind.code,
        service=service,
        value=given.value.strip(),
        service_key=service_key(service),
        value_key=key,
        added_by=actor.name,
    )
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise UsageError("this person has this identifier already") from error
    return kept
