"""What is done to children's records. The audit names them by identifier and "Child 1" alone."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.versions import check_unchanged, version_of
from polit.web.core.working_days import current_working_days
from polit.web.people.models import CasePerson
from polit.web.people.queries import place_get
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.safeguarding.children_law import current_catalogue, current_child_clocks
from polit.web.safeguarding.models import ChildRecord
from polit.web.safeguarding.rules import CHILD_STANDINGS, GivenChild, GivenIdentified
from polit.web.safeguarding.rules.children import (
    check_happened,
    check_says,
    check_writes_children,
)
from polit.web.safeguarding.services.contacts import contacts_arise
from polit.web.safeguarding.services.telling import tell

_CHANGED = ("suspect_id", "relation", "access", "school", "risk_known_at", "identified_at",
            "identified_how")  # fmt: skip


def child_record(
    actor: Actor, *, reason: str, access: CaseAccess, place_id: UUID, given: GivenChild
) -> ChildRecord:
    """Record that somebody who is a child in the case is at risk, or an identified victim.

    Args:
        actor: Who records it.
        reason: Why, in words that name no child.
        access: The case.
        place_id: The child's place in it.
        given: What is known.

    Raises:
        CasePerson.DoesNotExist: The case has no such place.
        AuthorityError: Their roles do not allow it.
        UsageError: It is no child's place, or a suspect's neither; there is a record already;
            something lies ahead or cannot be counted.
    """
    check_writes_children(roles_of(actor))
    _check(given)
    with act(
        actor, "safeguarding.child_record", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        place = place_get(access, place_id)
        if place.role != PersonRole.CHILD.value or place.ended_at is not None:
            raise UsageError("choose somebody who is a child in this case now")
        child = ChildRecord(case_id=access.case.id, place=place, by=actor.name)
        _set(child, given, access)
        try:
            with transaction.atomic():
                child.save()
        except IntegrityError as error:
            raise UsageError("this child has a record in the case already: open it") from error
        contacts_arise(actor, child)
        deed.about("child_record", child.pk, label=place.label, clocks=child.clocks,
                   holidays=child.holidays)  # fmt: skip
        link = reverse("safeguarding:child", args=[access.case.id, child.pk])
        tell(access.case, f"{access.case.reference}: {place.label} recorded", link)
    return child


def child_add(
    actor: Actor, *, reason: str, access: CaseAccess, details: PersonDetails, given: GivenChild
) -> ChildRecord:
    """Add a child to the case's people and record them, both or neither.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: As ``people.services.person_add`` and ``child_record``.
    """
    with transaction.atomic():
        place = person_add(
            actor, reason=reason, case=access.case, details=details,
            place=PlaceInCase(PersonRole.CHILD),
        )  # fmt: skip
        return child_record(actor, reason=reason, access=access, place_id=place.pk, given=given)


def child_change(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    child_id: UUID,
    given: GivenChild,
    seen: str | None = None,
) -> ChildRecord:
    """Change what is known of a child; the audit names the fields and keeps no value.

    Where the child stands stays: ``child_identify`` changes it.

    Args:
        actor: Who changes it.
        reason: Why.
        access: The case.
        child_id: Which record.
        given: What is known from now on.
        seen: The mark (``child_version``) of what they looked at.

    Raises:
        ChildRecord.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: Somebody else changed it meanwhile, it would change the standing, something
            lies ahead or cannot be counted.
    """
    check_writes_children(roles_of(actor))
    _check(given)
    with act(
        actor, "safeguarding.child_change", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        child = child_locked(access, child_id)
        check_unchanged(seen, child_version(child))
        if given.standing is not child.stands:
            raise UsageError("where the child stands is changed by its own step")
        before = {name: getattr(child, name) for name in _CHANGED}
        _set(child, given, access)
        child.save()
        changed = [name for name in _CHANGED if getattr(child, name) != before[name]]
        deed.about("child_record", child.pk, label=child.place.label, changed=list(changed),
                   clocks=child.clocks, holidays=child.holidays)  # fmt: skip
    return child


def child_identify(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    child_id: UUID,
    given: GivenIdentified | None,
) -> ChildRecord:
    """Say that a child was identified as a victim; or, with ``None``, that they were not.

    Raises:
        ChildRecord.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: The child stands so already, or it lies ahead.
    """
    action = "unidentify" if given is None else "identify"
    if given is not None:
        check_happened(given.identified_at, now_utc(), "the identification")
        check_says(given.identified_how, "how the child was identified")
    with act(
        actor, f"safeguarding.child_{action}", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        child = child_locked(access, child_id)
        before = child.standing
        child.standing = CHILD_STANDINGS.check_action(action, before, roles_of(actor)).to
        child.identified_at = given.identified_at if given else None
        child.identified_how = given.identified_how if given else ""
        child.save()
        contacts_arise(actor, child)
        deed.about("child_record", child.pk, label=child.place.label, before=before,
                   after=child.standing)  # fmt: skip
    return child


def child_consult(actor: Actor, *, access: CaseAccess, child: ChildRecord, page: str) -> None:
    """Record that somebody reads a child's record, before they see it.

    Args:
        actor: Who reads.
        access: The case.
        child: The record, with its place.
        page: Which page.
    """
    with act(
        actor, "safeguarding.child_consult", reason="Child's record", case=access.case,
        purpose=access.purpose.value, nature=Nature.CONSULTATION,
    ) as deed:  # fmt: skip
        deed.about("child_record", child.pk, label=child.place.label, page=page)


def children_consult(actor: Actor, *, child_ids: list[UUID], page: str) -> None:
    """Record that somebody reads a list that names children: which records it shows."""
    with act(
        actor, "safeguarding.children_consult", reason="List of children",
        nature=Nature.CONSULTATION,
    ) as deed:  # fmt: skip
        deed.about("child_records", str(len(child_ids)), page=page,
                   children=[str(each) for each in child_ids])  # fmt: skip


def child_locked(access: CaseAccess, child_id: UUID) -> ChildRecord:
    """Return a child's record with its place, held until the act ends.

    Raises:
        ChildRecord.DoesNotExist: The case has none of that identifier.
    """
    rows = ChildRecord.objects.select_for_update(of=("self",)).select_related("place")
    return rows.get(pk=child_id, case_id=access.case.id)


def child_version(child: ChildRecord) -> str:
    """Return a mark of what is known of a child."""
    return version_of({name: str(getattr(child, name)) for name in (*_CHANGED, "standing")})


def _check(given: GivenChild) -> None:
    now = now_utc()
    check_happened(given.risk_known_at, now, "when the risk was known")
    if given.identified is not None:
        check_happened(given.identified.identified_at, now, "the identification")
        check_says(given.identified.identified_how, "how the child was identified")


def _set(child: ChildRecord, given: GivenChild, access: CaseAccess) -> None:
    lists, clocks, days = current_catalogue(), current_child_clocks(), current_working_days()
    child.relation = lists.find(lists.relations, given.relation).code
    child.access = given.access.value
    child.suspect = _suspect(access, given.suspect_id)
    child.school = given.school
    child.standing = given.standing.value
    child.identified_at = given.identified.identified_at if given.identified else None
    child.identified_how = given.identified.identified_how if given.identified else ""
    zone = timezone.get_default_timezone()
    child.risk_known_at = given.risk_known_at
    child.share_due_at = clocks.clock("share").due_at(given.risk_known_at, days, zone)
    child.catalogue, child.clocks, child.holidays = lists.name, clocks.name, days.name


def _suspect(access: CaseAccess, suspect_id: UUID | None) -> CasePerson | None:
    if suspect_id is None:
        return None
    place = place_get(access, suspect_id)
    if place.role != PersonRole.SUSPECT.value:
        raise UsageError("choose a suspect of this case")
    return place
