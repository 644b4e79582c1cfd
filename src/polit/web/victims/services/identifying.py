"""Says who an unknown child is, through safeguarding's own services, and takes it back."""

from uuid import UUID

from polit.base.clock import now_utc
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.safeguarding.models import ChildRecord
from polit.web.safeguarding.rules import ChildStanding, GivenChild
from polit.web.safeguarding.rules.children import check_says
from polit.web.safeguarding.services import child_add, child_identify, child_record
from polit.web.victims.models import UnknownChild, UnknownStep
from polit.web.victims.rules import UNKNOWN_STATES, GivenFound, check_reader
from polit.web.victims.services.holding import unknown_locked

_WITHDRAW = "withdraw_identification"


def child_identified(
    actor: Actor, *, reason: str, access: CaseAccess, unknown_id: UUID, given: GivenFound
) -> UnknownChild:
    """Say who an unknown child is: the child's record is made or tied in the same transaction.

    A child of the case without a record gets one; one with a record stands as identified victim
    from then on; a child whom the case does not know is added to its people.

    Raises:
        ObjectDoesNotExist: The case has no such unknown child, or no such place.
        AuthorityError: Their roles do not allow it.
        UsageError: It lies ahead, does not say how or by whom, or the child stands identified.
    """
    check_reader(roles_of(actor))
    check_says(given.by, "by whom the child was identified")
    with act(
        actor, "victims.unknown_identify", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        unknown = unknown_locked(access, unknown_id)
        before = unknown.state
        move = UNKNOWN_STATES.check_action("identify", before, roles_of(actor))
        found = ChildRecord.objects.filter(
            case_id=access.case.id, place_id=given.place_id, standing="identified_victim"
        ).first()  # fmt: skip
        unknown.made_standing = found is None
        unknown.child = found or _recorded(actor, reason, access, given)
        unknown.state = move.to
        unknown.save()
        UnknownStep(
            unknown=unknown, action="identify", occurred_at=given.identified.identified_at,
            how=given.identified.identified_how, by_whom=given.by, child=unknown.child,
            by=actor.name, reason=reason,
        ).save()  # fmt: skip
        deed.about("unknown_child", unknown.pk, label=unknown.label, before=before,
                   child_record=str(unknown.child.pk))  # fmt: skip
    return unknown


def identification_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, unknown_id: UUID
) -> UnknownChild:
    """Take back who an unknown child was held to be; every step of it stays.

    The child's record stays, with all that was done for the child. It stands as child at risk
    again, unless it stood as identified victim before, or another unknown child is held to be
    the same.

    Raises:
        UnknownChild.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: The child is not identified.
    """
    with act(
        actor, "victims.unknown_withdraw_identification", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        unknown = unknown_locked(access, unknown_id)
        move = UNKNOWN_STATES.check_action(_WITHDRAW, unknown.state, roles_of(actor))
        child = unknown.child
        assert child is not None, "the table holds that who is identified has a record"
        made, unknown.made_standing = unknown.made_standing, False
        unknown.child, unknown.state = None, move.to
        unknown.save()
        UnknownStep(
            unknown=unknown, action=_WITHDRAW, occurred_at=now_utc(), child=child, by=actor.name,
            reason=reason,
        ).save()  # fmt: skip
        if made:
            _undo_standing(actor, reason, access, child)
        deed.about("unknown_child", unknown.pk, label=unknown.label, child_record=str(child.pk))
    return unknown


def _recorded(actor: Actor, reason: str, access: CaseAccess, given: GivenFound) -> ChildRecord:
    """Return the child's record, which stands as identified victim by this act."""
    known = GivenChild(given.risk_known_at, relation=given.relation, identified=given.identified)
    if given.place_id is None:
        return child_add(actor, reason=reason, access=access, details=given.details, given=known)
    rows = ChildRecord.objects.filter(case_id=access.case.id, place_id=given.place_id)
    found = rows.first()
    if found is None:
        return child_record(
            actor, reason=reason, access=access, place_id=given.place_id, given=known
        )
    return child_identify(
        actor, reason=reason, access=access, child_id=found.pk, given=given.identified
    )


def _undo_standing(
    actor: Actor, reason: str, access: CaseAccess, child: ChildRecord
) -> None:  # fmt: skip
    """Have a child's record stand as it did, or leave its standing to who else is held to be it."""
    other = UnknownChild.objects.filter(child=child).order_by("number").first()
    if other is not None:
        other.made_standing = True
        other.save()
    elif child.stands is ChildStanding.IDENTIFIED_VICTIM:
        child_identify(actor, reason=reason, access=access, child_id=child.pk, given=None)
