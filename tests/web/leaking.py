"""A world to look for leaks in: who reads, and what must stand on none of their pages.

One world: case A with a protected child, case B that nobody of the test is in, and every tie
between the two that people make (a merged person, a shared identifier, linked referrals). Every
address that is read, and every search, is asked for by each kind of reader.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from address_samples import CaseSamples
from django.db.models import CharField, TextField
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from web_sessions import client_of, signed_in_session

from polit.base.clock import now_utc
from polit.web.accounts.models import RoleGrant, User
from polit.web.arrests.rules import (
    ArrestKind,
    GivenArrest,
    GivenInterview,
    GivenOutcome,
    OutcomeKind,
)
from polit.web.arrests.services import arrest_record, interview_record, outcome_record
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember, Unit
from polit.web.cases.queries import header_of
from polit.web.cases.rules import GrantedAccess
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Purpose, Role
from polit.web.court.rules import GivenCharge
from polit.web.court.services import charge_record
from polit.web.people.models import CasePerson
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import identifier_add, person_add, person_merge
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import (
    referral_link,
    referral_link_case,
    referral_mark_duplicate,
    referral_receive,
)
from polit.web.safeguarding.models import SupportContact
from polit.web.safeguarding.rules import GivenChild, GivenContact
from polit.web.safeguarding.rules.children import (
    GivenAction,
    GivenIdentified,
    GivenShared,
    GivenStrategy,
)
from polit.web.safeguarding.rules.contacts import GivenReply
from polit.web.safeguarding.services import child_record, contact_act, contact_owe, step_record
from polit.web.site.addresses import Address, all_addresses
from polit.web.warrants.rules import GivenExecution, GivenGrant, GivenPremises, GivenWarrant
from polit.web.warrants.services import execution_record, warrant_apply, warrant_grant

KID, CLOSED, CLOSED_REFERENCE, REASON = "ZQKID", "ZQCLOSED", "OP-ZQSHUT", "ZQREASON"
BORN = date(2017, 3, 9)
OF_A_CHILD = (KID, "zqkid", "9 March 2017", "09 March 2017", "2017-03-09", "09/03/2017")
OF_CLOSED = (CLOSED, "zqclosed", CLOSED_REFERENCE)
MARKED_APPS = {
    "arrests", "cases", "court", "disclosure", "dissemination", "enquiries", "examinations",
    "exhibits", "orders", "people", "privilege", "referrals", "risk", "safeguarding", "victims",
    "warrants",
}  # fmt: skip
KEYS = {"necessity", "search_text", "sort_key", "safe_name", "reference"}
"""Long columns that hold codes, or what is compared."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads, and what must stand on none of their pages.

    Args:
        roles: What they hold.
        inside: Whether they are in case A.
        never: What they must never see.
        purpose: What they are in case A for.
        told: Addresses at which the references of cases are told to them all the same.
    """

    roles: frozenset[Role]
    inside: bool
    never: tuple[str, ...]
    purpose: Purpose = Purpose.INVESTIGATION
    told: frozenset[str] = frozenset()


TEAMS = frozenset({"cases:teams"})
"""Where a supervisor sees that every case has a team, and no content of it."""
READERS = {
    "member": Reader(CASE_ROLES, True, OF_CLOSED, told=TEAMS),
    "who reads no children": Reader(
        CASE_ROLES - CHILD_READERS, True, (*OF_A_CHILD, *OF_CLOSED, REASON)
    ),
    "supervisor outside": Reader(
        frozenset({Role.SUPERVISOR}), False, (*OF_A_CHILD, *OF_CLOSED, REASON), told=TEAMS
    ),
    "auditor": Reader(frozenset({Role.AUDITOR}), False, OF_A_CHILD),
    "system administrator": Reader(
        frozenset({Role.SYSTEM_ADMINISTRATOR}), False, (*OF_A_CHILD, CLOSED, REASON)
    ),
    "counsel": Reader(
        frozenset({Role.COUNSEL}), True, (*OF_A_CHILD, *OF_CLOSED, REASON),
        Purpose.LEGAL_PRIVILEGE,
    ),
}  # fmt: skip


@contextmanager
def every_text_marked(word: str) -> Iterator[None]:
    """Put a word into every free text that is kept meanwhile."""

    def mark(sender: Any, instance: Any, **_: Any) -> None:
        if sender is Unit or sender._meta.app_label not in MARKED_APPS:
            return
        for field in sender._meta.concrete_fields:
            if not isinstance(field, CharField | TextField) or field.choices:
                continue
            is_long = field.max_length is None or field.max_length >= 100
            value = getattr(instance, field.attname)
            if not is_long or field.name in KEYS or field.name.endswith("_key"):
                continue
            if isinstance(value, str) and value and word not in value:
                setattr(instance, field.attname, f"{value} {word}"[: field.max_length])

    pre_save.connect(mark, weak=False)
    try:
        yield
    finally:
        pre_save.disconnect(mark)


def keep(*records: Any) -> None:
    with act(SYSTEM, "tests.leaks", reason="a test") as deed:
        for record in records:
            record.save()
        deed.about("leaks", "1")


def case_kept(reference: str, title: str) -> Case:
    case = Case(reference=reference, title=title)
    keep(case)
    return case


def details_of(word: str) -> PersonDetails:
    return PersonDetails(
        f"Quillon {word}", f"Feather {word}", f"Pip {word}", BORN,
        gender=word, addresses=f"7 {word} Lane",
    )  # fmt: skip


def child_kept(case: Case) -> CasePerson:
    """Record a child with a word in everything that is known of it, in two records."""
    access = GrantedAccess(header_of(case), Purpose.SAFEGUARDING, "member")
    mail = GivenIdentifier("email", "zqkid@example.com")
    child = person_add(
        SYSTEM, reason=REASON, case=case, details=details_of(KID), identifier=mail,
        place=PlaceInCase(PersonRole.CHILD, note=f"at {KID} school"),
    )  # fmt: skip
    # The addresses of people lead to the first witness: the same child, by another record.
    # A suspect who is a child: what follows an arrest must not name them either.
    suspect = person_add(
        SYSTEM,
        reason=REASON,
        case=case,
        details=details_of(KID),
        place=PlaceInCase(PersonRole.SUSPECT, note=KID),
    )
    witness = person_add(
        SYSTEM, reason=REASON, case=case, identifier=replace(mail, value="zqkid2@example.com"),
        details=replace(details_of(KID), born_on=None),
        place=PlaceInCase(PersonRole.WITNESS, note=f"sister of {KID}"),
    )  # fmt: skip
    person_merge(SYSTEM, reason=REASON, case=case, person_id=child.person_id,
                 into_id=witness.person_id)  # fmt: skip
    person_add(
        SYSTEM, reason=REASON, case=case, details=PersonDetails("Una", "Carer"),
        place=PlaceInCase(PersonRole.HOUSEHOLD, note=f"mother of {KID}"),
    )  # fmt: skip
    now = now_utc()
    kept = child_record(
        SYSTEM, reason=REASON, access=access, place_id=child.pk,
        given=GivenChild(
            now - timedelta(days=2), school=f"{KID} Academy",
            identified=GivenIdentified(now - timedelta(days=1), f"her {KID} badge"),
        ),
    )  # fmt: skip
    for given in (
        GivenAction("safety_plan", now - timedelta(hours=5), KID, KID, KID),
        GivenShared(now - timedelta(hours=4), KID, KID, KID, KID),
        GivenStrategy(now - timedelta(hours=3), "section_47", ("police",), KID),
    ):
        step_record(SYSTEM, reason=REASON, access=access, child_id=kept.pk, given=given)
    owed = contact_owe(
        SYSTEM, reason=REASON, access=access, child_id=kept.pk, given=GivenContact("update", now)
    )
    contact_act(
        SYSTEM, reason=REASON, access=access, contact_id=owed.pk, action="give",
        reply=GivenReply(now, f"told {KID}"),
    )  # fmt: skip
    assert SupportContact.objects.filter(how__contains=KID).exists()
    texts_kept(case, access, suspect, child)
    return witness


def texts_kept(case: Case, access: GrantedAccess, suspect: CasePerson, child: CasePerson) -> None:
    """Record at each stage what officers write of a child, and a warrant for the child's home."""
    given: dict[str, Any] = {"reason": REASON, "access": access}
    now = now_utc()
    arrest = arrest_record(
        SYSTEM, **given,
        given=GivenArrest(
            suspect.pk, ArrestKind.ARREST, now - timedelta(hours=6), "at home", f"touched {KID}",
            "PC Sample", ("investigation",),
        ),
    ).first_id  # fmt: skip
    after = now - timedelta(hours=5)
    interview_record(
        SYSTEM, **given, arrest_id=arrest,
        given=GivenInterview(after, "Anytown", "PC Sample", "none", summary=f"knows {KID}"),
    )  # fmt: skip
    told = GivenOutcome(OutcomeKind.NO_FURTHER_ACTION, after, f"{KID} said nothing")
    outcome_record(SYSTEM, **given, arrest_id=arrest, given=told)
    charge_record(
        SYSTEM, **given,
        given=GivenCharge(
            suspect.pk, now - timedelta(days=3), 1, f"pictures of {KID}", date(2026, 1, 2),
            offence="possessing",
        ),
    )  # fmt: skip
    applied = datetime(2026, 3, 2, 9, tzinfo=UTC)  # before what the samples do with it
    home = GivenPremises(f"7 {KID} Lane\nAnytown", child.pk)
    warrant = warrant_apply(
        SYSTEM, **given,
        given=GivenWarrant("W/1", "pace-1984-s8", "Anytown", "DC Reed", applied, premises=(home,)),
    )  # fmt: skip
    warrant_grant(
        SYSTEM, **given, warrant_id=warrant.pk, given=GivenGrant(applied + timedelta(hours=2))
    )
    execution_record(
        SYSTEM, **given, warrant_id=warrant.pk,
        given=GivenExecution(
            applied + timedelta(hours=4), "no_entry", "DS Hill", warrant.premises.get().pk,
        ),
    )  # fmt: skip
    report = GivenReferral("public", now, f"about {KID}", summary=f"a neighbour of {KID}")
    referral = referral_receive(SYSTEM, reason=REASON, given=report)
    referral_link_case(SYSTEM, reason=REASON, referral_id=referral.pk, case=case)


class World:
    """Both cases with all samples, what ties them, and everybody's session."""

    def __init__(self) -> None:
        """Make them once."""
        self.case_a = case_kept("OP-OPEN", "A test")
        with every_text_marked(CLOSED):
            self.case_b = case_kept(CLOSED_REFERENCE, "A test")
            self._fill(CaseSamples(self.case_b))
            self._referrals_into_b()
        witness = child_kept(self.case_a)
        self.of_a = CaseSamples(self.case_a)
        self._fill(self.of_a)
        self._tie(witness)
        self.clients = {name: self._client(name, each) for name, each in READERS.items()}

    def _fill(self, samples: CaseSamples) -> None:
        for address in all_addresses():
            for name in address.parameters:
                samples.value(address.name, name)

    def _referrals_into_b(self) -> None:
        """Put into case B what waits of it, and what repeats that."""
        for each in Referral.objects.filter(source_reference__startswith=CLOSED_REFERENCE):
            given = GivenReferral("public", now_utc(), f"again {CLOSED}", summary=f"Lane {CLOSED}")
            again = referral_receive(SYSTEM, reason=CLOSED, given=given)
            ids = {"referral_id": again.pk, "of_id": each.pk}
            referral_mark_duplicate(SYSTEM, reason=CLOSED, **ids)
            referral_link_case(SYSTEM, reason=CLOSED, referral_id=each.pk, case=self.case_b)

    def _tie(self, witness: CasePerson) -> None:
        with every_text_marked(CLOSED):
            other = person_add(
                SYSTEM, reason=CLOSED, case=self.case_b, details=details_of(CLOSED),
                identifier=GivenIdentifier("email", "zqkid2@example.com"),
                place=PlaceInCase(PersonRole.SUSPECT, note=CLOSED),
            )  # fmt: skip
        person_merge(SYSTEM, reason=CLOSED, case=self.case_b, person_id=other.person_id,
                     into_id=witness.person_id)  # fmt: skip
        account = GivenIdentifier("username", "zqclosed_name", "Example Chat")
        identifier_add(
            SYSTEM, reason=CLOSED, case=self.case_b, person_id=other.person_id, given=account
        )  # fmt: skip
        for mine in Referral.objects.filter(case=self.case_a):
            for theirs in Referral.objects.filter(case=self.case_b):
                referral_link(SYSTEM, reason=CLOSED, referral_id=mine.pk, other_id=theirs.pk)

    def _client(self, name: str, reader: Reader) -> Client:
        user = User(username=f"reader{len(name)}{name[0]}", full_name="A. Reader")
        user.set_password(CLOSED.lower())
        grants = [RoleGrant(user=user, role=each.value, granted_by="t") for each in reader.roles]
        keep(user, *grants)
        if reader.inside:
            now = {"ended_at": now_utc(), "ended_by": "t", "end_reason": "t"}
            purpose = reader.purpose.value
            keep(
                CaseMember(case=self.case_a, user=user, purpose=purpose),
                CaseMember(case=self.case_b, user=user, purpose=purpose, **now),
            )
        client = client_of(signed_in_session(user))
        client.raise_request_exception = False
        return client

    def url(self, address: Address) -> str:
        values = {name: self.of_a.value(address.name, name) for name in address.parameters}
        return reverse(address.name, kwargs=values)
