"""Contacts that are owed to children and their carers, and how they were given."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.working_days import current_working_days
from polit.web.safeguarding.children_law import ArisesOn, current_catalogue
from polit.web.safeguarding.models import ChildRecord, SupportContact
from polit.web.safeguarding.queries import untold
from polit.web.safeguarding.rules import (
    CONTACT_STATES,
    ChildStanding,
    ContactState,
    GivenContact,
    GivenReply,
)
from polit.web.safeguarding.rules.children import (
    check_happened,
    check_says,
    check_writes_children,
)

_TWICE = "this contact is owed already for the same thing"


def contact_owe(
    actor: Actor, *, reason: str, access: CaseAccess, child_id: UUID, given: GivenContact
) -> SupportContact:
    """Say that a contact is owed to a child or their carer; its clock runs by the catalogue.

    Raises:
        ChildRecord.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: It is owed already, lies ahead, or cannot be counted.
    """
    check_writes_children(roles_of(actor))
    check_happened(given.arises_at, now_utc(), "what the contact follows")
    with act(
        actor, "safeguarding.contact_owe", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        child = ChildRecord.objects.select_related("place").get(pk=child_id, case_id=access.case.id)
        contact = _owed(actor, child, replace(given, follows=_followed(child, given)))
        try:
            with transaction.atomic():
                contact.save()
        except IntegrityError as error:
            raise UsageError(_TWICE) from error
        deed.about("child_record", child.pk, label=child.place.label, contact=str(contact.pk))
    return contact


def contact_act(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    contact_id: UUID,
    action: str,
    reply: GivenReply | None = None,
) -> SupportContact:
    """Give a contact, say that it is not wanted, or take back what was recorded so by mistake.

    Args:
        actor: Who records it.
        reason: Why.
        access: The case.
        contact_id: Which.
        action: One of ``CONTACT_STATES``.
        reply: When and how it was given or declined.

    Raises:
        SupportContact.DoesNotExist: The case has none of that identifier.
        UsageError: It is not where that can be done, or it lies ahead.
        AuthorityError: Their roles do not allow it.
    """
    with act(
        actor, f"safeguarding.contact_{action}", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        rows = SupportContact.objects.select_for_update(of=("self",))
        contact = rows.select_related("child__place").get(
            pk=contact_id, child__case_id=access.case.id
        )
        before = contact.state
        after = CONTACT_STATES.check_action(action, before, roles_of(actor)).to
        is_owed = after == ContactState.OWED.value
        if is_owed == (reply is not None):
            raise UsageError("say when and how a contact was given or declined, and nothing else")
        if reply is not None:
            check_happened(reply.given_at, now_utc(), "the contact")
            check_says(reply.how, "how, and to whom")
        contact.state, contact.by = after, actor.name
        contact.given_at = reply.given_at if reply else None
        contact.how = reply.how if reply else ""
        contact.save()
        deed.about("child_record", contact.child_id, label=contact.child.place.label,
                   contact=str(contact.pk), before=before, after=after)  # fmt: skip
    return contact


def contacts_arise(actor: Actor, child: ChildRecord) -> None:
    """Owe an identified victim what is owed to each by itself; inside an act."""
    if child.stands is not ChildStanding.IDENTIFIED_VICTIM or child.identified_at is None:
        return
    held = set(child.contacts.values_list("kind", flat=True))
    for kind in current_catalogue().contacts:
        if kind.arises_on is ArisesOn.IDENTIFIED and kind.code not in held:
            _owed(actor, child, GivenContact(kind.code, child.identified_at)).save()


def _followed(child: ChildRecord, given: GivenContact) -> UUID | None:
    """Return what a contact tells of: as it was given, or the last by then that was not told."""
    open_ = [each for each in untold(Q(pk=child.pk)) if each.kind.code == given.kind]
    if given.follows is not None:
        if given.follows not in {each.follows for each in open_}:
            raise UsageError(f"{_TWICE}, or what it follows was withdrawn")
        return given.follows
    # Nobody types seconds: what happened within the minute that was typed is meant too.
    until = given.arises_at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    before = [each for each in open_ if each.arises_at < until]
    if before:
        return max(before, key=lambda each: each.arises_at).follows
    if child.contacts.filter(kind=given.kind, arises_at=given.arises_at).exists():
        raise UsageError(_TWICE)
    return None


def _owed(actor: Actor, child: ChildRecord, given: GivenContact) -> SupportContact:
    lists, days = current_catalogue(), current_working_days()
    kind = lists.find(lists.contacts, given.kind)
    zone = timezone.get_default_timezone()
    due_at = days.end_after(given.arises_at, kind.working_days, zone)
    return SupportContact(
        child=child, kind=kind.code, catalogue=lists.name, holidays=days.name,
        arises_at=given.arises_at, follows=given.follows, due_at=due_at, by=actor.name,
    )  # fmt: skip
