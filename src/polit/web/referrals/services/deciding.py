"""What becomes of a referral: its states, links, and the case that it goes into."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import case_open
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.core.fitting import check_fits
from polit.web.people.models import CasePerson
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import identifier_add, person_add, person_link
from polit.web.referrals.models import Referral, ReferralLink
from polit.web.referrals.rules import REFERRAL_STATES, ReferralState
from polit.web.referrals.services.reach import check_in_case, check_works, locked


@dataclass(frozen=True, slots=True)
class GivenSuspect:
    """Somebody whom a referral points to.

    Args:
        details: What is known of them.
        person_id: Who they are, where they are known from a case of the actor; then ``details``
            are left as they stand there.
        account_ids: Which of the referral's accounts are theirs.
    """

    details: PersonDetails = field(default_factory=PersonDetails)
    person_id: UUID | None = None
    account_ids: tuple[UUID, ...] = ()


def referral_act(
    actor: Actor, *, reason: str, referral_id: UUID, action: str, passed_to: str = ""
) -> Referral:
    """Assess a referral, research it, pass it on, take no action, open it again, or take it out.

    Args:
        actor: Who does it.
        reason: Why; of no further action it is the reason that stands on its page.
        referral_id: The referral.
        action: One of ``REFERRAL_STATES`` but those that have a service of their own.
        passed_to: The force that it is passed to.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It is not where that can be done, or no force is named.
    """
    if action in {"open_case", "link_case", "mark_duplicate"}:
        raise UsageError(f"a referral: {action} needs to know which")
    roles = check_works(actor)
    with act(actor, f"referrals.{action}", reason=reason) as deed:
        kept = locked(actor, referral_id)
        before = kept.state
        after = ReferralState(REFERRAL_STATES.check_action(action, before, roles).to)
        if after is ReferralState.PASSED and not passed_to.strip():
            raise UsageError("name the force that it is passed to")
        kept.passed_to = passed_to.strip() if after is ReferralState.PASSED else ""
        kept.duplicate_of, kept.case = None, None
        _move(kept, after)
        # What repeats it goes where it goes.
        kept.duplicates.update(case=None)
        deed.about("referral", kept.id, label=kept.reference, state=[before, after.value])
    return kept


def referral_mark_duplicate(
    actor: Actor, *, reason: str, referral_id: UUID, of_id: UUID
) -> Referral:
    """Say that a referral repeats another one; it goes wherever that one goes.

    What repeated it so far repeats the other one from now on.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It is not where that can be done, or the other one is itself a duplicate.
    """
    roles = check_works(actor)
    with act(actor, "referrals.mark_duplicate", reason=reason, nature=Nature.COMBINATION) as deed:
        # In one order, so that two officers who mark both ways at once do not wait for ever.
        both = {each: locked(actor, each) for each in sorted({referral_id, of_id})}
        kept, other = both[referral_id], both[of_id]
        if kept.pk == other.pk:
            raise UsageError("a referral is no duplicate of itself: choose another one")
        if other.duplicate_of_id is not None:
            raise UsageError(f"{other.reference} is itself a duplicate: choose the one it repeats")
        before = kept.state
        REFERRAL_STATES.check_action("mark_duplicate", before, roles)
        kept.duplicate_of, kept.case = other, other.case
        _move(kept, ReferralState.DUPLICATE)
        kept.duplicates.update(duplicate_of=other, case=other.case)
        deed.about("referral", kept.id, label=kept.reference, duplicate_of=other.reference,
                   state=[before, kept.state])  # fmt: skip
    return kept


def referral_link(actor: Actor, *, reason: str, referral_id: UUID, other_id: UUID) -> ReferralLink:
    """Say that two referrals hang together; both stay what they are.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It is the same one, or they are linked already.
    """
    check_works(actor)
    with act(actor, "referrals.link", reason=reason, nature=Nature.COMBINATION) as deed:
        both = [locked(actor, each) for each in sorted({referral_id, other_id})]
        if len(both) != 2:
            raise UsageError("a referral is not linked with itself: choose another one")
        first, second = both
        if ReferralLink.objects.filter(first=first, second=second).exists():
            raise UsageError("these two are linked already")
        kept = ReferralLink(first=first, second=second, note=reason, added_by=actor.name)
        check_fits(kept)
        kept.save()
        deed.about("referral", referral_id, label=_label(both, referral_id),
                   linked=_label(both, other_id))  # fmt: skip
    return kept


def referral_open_case(  # noqa: PLR0913  # the facts of a new case, and whom it is about
    actor: Actor,
    *,
    reason: str,
    referral_id: UUID,
    reference: str,
    title: str,
    operation: str = "",
    offences: Sequence[str] = (),
    suspects: Sequence[GivenSuspect] = (),
) -> Case:
    """Open a case from a referral: it takes over suspects with their accounts, area and team.

    The actor leads the case. From now on only who has access to it sees the referral.

    Args:
        actor: Who opens it.
        reason: Why.
        referral_id: The referral.
        reference: The case's reference, unique.
        title: A few words without names.
        operation: The operation's name; empty for none.
        offences: Codes of kinds of offence.
        suspects: Whom the referral points to.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The referral is in a case already, or the case's facts are none.
    """
    check_works(actor)
    with act(actor, "referrals.open_case", reason=reason) as deed:
        kept = locked(actor, referral_id)
        case = case_open(
            actor, reason=reason, reference=reference, title=title, operation=operation,
            offences=offences,
        )  # fmt: skip
        case.area, case.team = kept.area, kept.team
        case.save()
        _into_case(actor, kept, case, "open_case")
        places = [_suspect(actor, kept, case, each, reason) for each in suspects]
        deed.about("referral", kept.id, label=kept.reference, case=case.reference,
                   suspects=[place.label for place in places])  # fmt: skip
    return case


def referral_link_case(
    actor: Actor,
    *,
    reason: str,
    referral_id: UUID,
    case: CaseLike,
    suspects: Sequence[GivenSuspect] = (),
) -> Referral:
    """Put a referral into a case that the actor has access to.

    Raises:
        AuthorityError: Their roles do not allow it, or they have no access to the case.
        UsageError: The referral is in a case already.
    """
    check_works(actor)
    check_in_case(actor, case.id)
    with act(actor, "referrals.link_case", reason=reason, case=case) as deed:
        kept = locked(actor, referral_id)
        _into_case(actor, kept, Case.objects.get(pk=case.id), "link_case")
        places = [_suspect(actor, kept, case, each, reason) for each in suspects]
        deed.about("referral", kept.id, label=kept.reference, case=case.reference,
                   suspects=[place.label for place in places])  # fmt: skip
    return kept


def _into_case(actor: Actor, kept: Referral, case: Case, action: str) -> None:
    REFERRAL_STATES.check_action(action, kept.state, check_works(actor))
    kept.case = case
    _move(kept, ReferralState.IN_CASE)
    kept.duplicates.update(case=case)


def _suspect(
    actor: Actor, kept: Referral, case: CaseLike, given: GivenSuspect, reason: str
) -> CasePerson:
    place = PlaceInCase(PersonRole.SUSPECT, note=f"From referral {kept.reference}")
    if given.person_id is None:
        added = person_add(actor, reason=reason, case=case, details=given.details, place=place)
    else:
        added = person_link(actor, reason=reason, case=case, person_id=given.person_id, place=place)
    held = set(
        added.person.identifiers.filter(ended_at=None).values_list(
            "kind", "service_key", "value_key"
        )
    )
    accounts = kept.accounts.filter(ended_at=None, pk__in=given.account_ids)
    for each in accounts.order_by("recorded_at", "pk"):
        if (each.kind, each.service_key, each.value_key) not in held:
            identifier_add(
                actor, reason=reason, case=case, person_id=added.person_id,
                given=GivenIdentifier(each.kind, each.value, each.service),
            )  # fmt: skip
    return added


def _move(kept: Referral, state: ReferralState) -> None:
    kept.state, kept.state_since = state.value, now_utc()
    check_fits(kept)
    kept.save()


def _label(both: Sequence[Referral], referral_id: UUID) -> str:
    return next(each.reference for each in both if each.pk == referral_id)
