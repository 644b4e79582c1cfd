"""Takes the facts of an answer over: into the people of a case, or onto the referral."""

from uuid import UUID

from polit.base.errors import UsageError
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.enquiries.queries import answer_of
from polit.web.enquiries.services.asking import case_of, reached
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import identifier_add, person_add
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import GivenAccount, GivenParts
from polit.web.referrals.services import parts_add
from polit.web.referrals.services.reach import check_in_case


def facts_to_person(
    actor: Actor, *, enquiry_id: UUID, case: CaseLike, person_id: UUID | None = None
) -> UUID:
    """Make the subscriber of an answer a suspect of the case, or give a person their account.

    Args:
        actor: Who does it.
        enquiry_id: The enquiry, of the case or of one of its referrals.
        case: The case.
        person_id: Who the subscriber is, where they are in the case already.

    Returns:
        The person.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The answer brought nothing that can be taken over.
    """
    check_in_case(actor, case.id)
    kept = reached(actor, enquiry_id)
    found = case_of(kept)
    if found is None or found.pk != case.id:
        raise UsageError("this enquiry is not one of the case")
    answer = answer_of(kept)
    if answer is None or not answer.has_facts:
        raise UsageError("the answer brought no name and no account: record it by hand")
    identifier = None
    if answer.account_value:
        identifier = GivenIdentifier(
            answer.account_kind, answer.account_value, answer.account_service
        )
    reason = f"answer of {kept.kind_label.lower()}"
    if person_id is not None:
        if identifier is None:
            raise UsageError("the answer brought no account: record what it says by hand")
        identifier_add(actor, reason=reason, case=case, person_id=person_id, given=identifier)
        return person_id
    place = person_add(
        actor, reason=reason, case=case, identifier=identifier,
        details=PersonDetails(answer.given_name, answer.family_name, addresses=answer.address),
        place=PlaceInCase(PersonRole.SUSPECT, note="Subscriber, by the answer to an enquiry"),
    )  # fmt: skip
    return place.person_id


def facts_to_referral(actor: Actor, *, enquiry_id: UUID) -> Referral:
    """Add the account that an answer named to the referral that was enquired about.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The answer named none, or the enquiry is of no referral.
    """
    kept = reached(actor, enquiry_id)
    answer = answer_of(kept)
    if kept.referral_id is None or answer is None or not answer.account_value:
        raise UsageError("the answer named no account of a referral: record it by hand")
    account = GivenAccount(answer.account_kind, answer.account_value, answer.account_service)
    return parts_add(
        actor, reason=f"answer of {kept.kind_label.lower()}", referral_id=kept.referral_id,
        parts=GivenParts(accounts=(account,)),
    )  # fmt: skip
