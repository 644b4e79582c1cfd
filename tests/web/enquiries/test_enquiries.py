"""Enquiries: sent, awaited, answered, corrected, and their facts taken over with one click."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.due_asked import due_asked

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.due import due_sources
from polit.web.core.rules import Role
from polit.web.enquiries.kinds import current_enquiry_kinds, enquiry_scheme
from polit.web.enquiries.models import Enquiry
from polit.web.enquiries.queries import enquiries_for
from polit.web.enquiries.rules import (
    ENQUIRY_STATES,
    EnquiryState,
    GivenAnswer,
    GivenEnquiry,
    GivenReminder,
    Result,
    days_waited,
    is_overdue,
)
from polit.web.enquiries.services import (
    answer_correct,
    enquiry_answer,
    enquiry_cancel,
    enquiry_remind,
    enquiry_send,
    facts_to_person,
    facts_to_referral,
    reminder_correct,
    step_withdraw,
)
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.referrals.hints import subscribers_of
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import referral_act, referral_link_case, referral_receive

WHY = "a test"
SENT_AT = now_utc() - timedelta(days=10)
ANSWER = GivenAnswer(
    SENT_AT + timedelta(days=8), Result.RESOLVED, "Found.", "Alex", "Example", "1 Example Road",
    "phone", "07700 900123",
)  # fmt: skip


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def referral() -> Referral:
    given = GivenReferral("public", SENT_AT)
    return referral_receive(SYSTEM, reason=WHY, given=given)


def sent(
    *, of: Referral | None = None, case: Case | None = None, kind: str = "ip_resolution"
) -> Enquiry:
    given = GivenEnquiry(kind, "Example Net", SENT_AT, "Whose address?", "AUTH/1")
    referral_id = of.pk if of else None
    return enquiry_send(SYSTEM, reason=WHY, given=given, referral_id=referral_id, case=case)


def answered(kept: Enquiry, given: GivenAnswer = ANSWER) -> Enquiry:
    enquiry_answer(SYSTEM, reason=WHY, enquiry_id=kept.pk, given=given)
    kept.refresh_from_db()
    return kept


def test_kinds_are_data_and_give_the_usual_time() -> None:
    scheme = current_enquiry_kinds()
    assert scheme.notice.startswith("An example")
    kept = sent(of=referral())
    assert kept.answer_due_at == SENT_AT + timedelta(days=scheme.kind("ip_resolution").answer_days)
    assert (kept.kind_label, kept.is_overdue, kept.waited_days) == (
        "Communications data: IP resolution", True, 10,
    )  # fmt: skip
    assert enquiry_scheme("england-wales", 1).label_of("of another") == "of another"
    with pytest.raises(UsageError, match="no kind of enquiry"):
        scheme.kind("other kind")


@pytest.mark.parametrize(("answered_days", "days"), [(None, 10), (0.5, 0), (1, 1), (9.99, 9)])
def test_wait_ends_with_the_answer(answered_days: float | None, days: int) -> None:
    now = SENT_AT + timedelta(days=10)
    came = None if answered_days is None else SENT_AT + timedelta(days=answered_days)
    assert days_waited(SENT_AT, came, now) == days


def test_answer_is_late_from_its_very_instant_and_only_while_it_is_awaited() -> None:
    now = now_utc()
    late = {state: is_overdue(now, state, now) for state in EnquiryState}
    assert late == {"sent": True, "answered": False, "cancelled": False}
    assert not is_overdue(None, EnquiryState.SENT, now)
    assert set(ENQUIRY_STATES.states) == {each.value for each in EnquiryState}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (GivenEnquiry("bank", " ", SENT_AT), "whom was asked"),
        (GivenEnquiry("bank", "B", now_utc() + timedelta(days=1)), "future"),
        (GivenEnquiry("bank", "B", SENT_AT, answer_due_at=SENT_AT - timedelta(1)), "not due"),
        (GivenEnquiry("other kind", "B", SENT_AT), "no kind of enquiry"),
        (GivenEnquiry("bank", "B" * 201, SENT_AT), "at most 200"),
    ],
)
def test_what_contradicts_itself_is_refused(given: GivenEnquiry, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        enquiry_send(SYSTEM, reason=WHY, given=given, referral_id=referral().pk)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (GivenAnswer(SENT_AT - timedelta(1), Result.NO_DATA), "before the enquiry was sent"),
        (GivenAnswer(now_utc() + timedelta(1), Result.NO_DATA), "future"),
        (GivenAnswer(SENT_AT, Result.NO_DATA, account_kind="phone"), "a kind and a value"),
        (
            GivenAnswer(SENT_AT, Result.RESOLVED, account_kind="phone", account_value="no"),
            "no telephone number",
        ),
    ],
)
def test_answer_that_cannot_be_is_refused(given: GivenAnswer, words: str) -> None:
    kept = sent(of=referral())
    with pytest.raises(UsageError, match=words):
        enquiry_answer(SYSTEM, reason=WHY, enquiry_id=kept.pk, given=given)


def test_enquiry_is_of_what_the_officer_may_reach(make_user: MakeUser, make_case: MakeCase) -> None:
    officer, grader = make_user("i", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    mine, strange = make_case("OP-1", officer), make_case("OP-2")
    given = GivenEnquiry("bank", "Bank", SENT_AT)
    inside = referral()
    referral_link_case(SYSTEM, reason=WHY, referral_id=inside.pk, case=strange)
    hidden = sent(of=inside)

    with pytest.raises(AuthorityError, match="no access"):
        enquiry_send(actor(officer), reason=WHY, given=given, case=strange)
    with pytest.raises(AuthorityError, match="do not allow"):
        enquiry_send(actor(grader), reason=WHY, given=given, case=mine)
    with pytest.raises(UsageError, match="no such referral"):
        enquiry_send(actor(officer), reason=WHY, given=given, referral_id=inside.pk)
    with pytest.raises(UsageError, match="say which"):
        enquiry_send(actor(officer), reason=WHY, given=given)
    with pytest.raises(UsageError, match="not one of the case"):
        enquiry_send(SYSTEM, reason=WHY, given=given, referral_id=inside.pk, case=mine)
    with pytest.raises(UsageError, match="no such enquiry"):
        enquiry_cancel(actor(officer), reason=WHY, enquiry_id=hidden.pk)
    kept = enquiry_send(actor(officer), reason=WHY, given=given, case=mine)
    assert list(enquiries_for(officer)) == [kept]
    assert not enquiries_for(grader).exists()
    event = AuditEvent.objects.filter(action="enquiries.send").latest("seq")
    assert "Bank" not in event.details  # whom one asks may tell a child's school


def test_answer_is_corrected_and_withdrawn_and_all_of_it_stays() -> None:
    kept = answered(sent(of=referral()))
    assert (kept.state, kept.result_label, kept.waited_days) == ("answered", "Resolved", 8)
    first = kept.steps.get()
    later = GivenAnswer(SENT_AT + timedelta(days=9), Result.PARTLY)

    second = answer_correct(
        SYSTEM, reason="wrong", enquiry_id=kept.pk, step_id=first.pk, given=later
    )
    kept.refresh_from_db()
    assert (kept.result, kept.waited_days) == ("partly", 9)
    with pytest.raises(UsageError, match="corrected or withdrawn"):
        step_withdraw(SYSTEM, reason=WHY, enquiry_id=kept.pk, step_id=first.pk)
    with pytest.raises(UsageError, match="no reminder"):
        reminder_correct(SYSTEM, reason=WHY, enquiry_id=kept.pk, step_id=second.pk,
                         given=GivenReminder(SENT_AT))  # fmt: skip
    step_withdraw(SYSTEM, reason="never came", enquiry_id=kept.pk, step_id=second.pk)
    kept.refresh_from_db()
    assert (kept.state, kept.answered_at, kept.result) == ("sent", None, "")
    assert kept.steps.count() == 3
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM enquiries_step")


def test_reminder_is_sent_while_an_answer_is_awaited() -> None:
    kept = sent(of=referral())
    given = GivenReminder(SENT_AT + timedelta(days=3), "By telephone.")
    step = enquiry_remind(SYSTEM, reason=WHY, enquiry_id=kept.pk, given=given)
    reminder_correct(SYSTEM, reason="other day", enquiry_id=kept.pk, step_id=step.pk,
                     given=GivenReminder(SENT_AT + timedelta(days=4)))  # fmt: skip
    enquiry_cancel(SYSTEM, reason="not needed", enquiry_id=kept.pk)
    with pytest.raises(UsageError, match="cannot answer"):
        enquiry_remind(SYSTEM, reason=WHY, enquiry_id=kept.pk, given=given)
    with pytest.raises(UsageError, match="this is no answer"):
        answer_correct(SYSTEM, reason=WHY, enquiry_id=kept.pk, given=ANSWER,
                       step_id=kept.steps.latest("recorded_at").pk)  # fmt: skip


def test_facts_become_an_account_a_suspect_and_the_words_of_a_form(make_case: MakeCase) -> None:
    of, case = referral(), make_case("OP-1")
    kept = answered(sent(of=of))

    facts_to_referral(SYSTEM, enquiry_id=kept.pk)
    assert of.accounts.get().value == "07700 900123"
    assert [each.family_name for each in subscribers_of(of)] == ["Example"]
    with pytest.raises(UsageError, match="not one of the case"):
        facts_to_person(SYSTEM, enquiry_id=kept.pk, case=case)
    referral_link_case(SYSTEM, reason=WHY, referral_id=of.pk, case=case)

    person_id = facts_to_person(SYSTEM, enquiry_id=kept.pk, case=case)

    place = CasePerson.objects.get(person_id=person_id)
    assert (place.role, place.person.addresses) == ("suspect", "1 Example Road")
    with pytest.raises(UsageError, match="has this identifier already"):
        facts_to_person(SYSTEM, enquiry_id=kept.pk, case=case, person_id=person_id)
    empty = answered(sent(case=case), GivenAnswer(SENT_AT, Result.NO_DATA))
    with pytest.raises(UsageError, match="no name and no account"):
        facts_to_person(SYSTEM, enquiry_id=empty.pk, case=case)
    named = answered(sent(case=case), GivenAnswer(SENT_AT, Result.PARTLY, family_name="B"))
    with pytest.raises(UsageError, match="brought no account"):
        facts_to_person(SYSTEM, enquiry_id=named.pk, case=case, person_id=person_id)
    with pytest.raises(UsageError, match="no account of a referral"):
        facts_to_referral(SYSTEM, enquiry_id=named.pk)


def test_awaited_answers_are_due_in_what_one_may_see(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    of, case = referral(), make_case("OP-1", officer)
    waiting, of_case = sent(of=of), sent(case=case, kind="school")
    sent(case=make_case("OP-2"))
    answered(sent(of=of))
    source = next(each for each in due_sources(officer.roles) if each.kind == "enquiries.answer")

    found = due_asked(source, officer, 10)

    assert [(each.reference, each.url) for each in found] == [
        ("OP-1", reverse("enquiries:case_page", args=[case.pk, of_case.pk])),
        (of.reference, reverse("enquiries:page", args=[of.pk, waiting.pk])),
    ]
    assert len(due_asked(source, officer, 1)) == 1


def test_pages_lead_from_asking_to_a_suspect(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    client, case = client_for(officer), make_case("OP-1", officer)
    when = {"0": "2", "1": "3", "2": "2026", "3": "9:00"}
    asked = {"kind": "bank", "asked_of": "<b id=x>\u202eBank", "reason": "money"}
    client.post(reverse("enquiries:case_add", args=[case.pk]),
                {**asked, **{f"sent_at_{at}": each for at, each in when.items()}})  # fmt: skip
    kept = Enquiry.objects.get()
    here = [case.pk, kept.pk]
    shown = client.get(reverse("enquiries:case_page", args=here)).content.decode()
    assert "Record the answer" in shown
    assert "<b id=x>" not in shown

    client.post(reverse("enquiries:case_answer", args=here), {
        **{f"answered_at_{at}": each for at, each in when.items()}, "result": "resolved",
        "family_name": "Example", "account_kind": "email", "account_value": "a@example.com",
    })  # fmt: skip
    assert client.get(reverse("enquiries:case_answer", args=here)).status_code == 404
    client.post(reverse("enquiries:case_take", args=here))
    assert CasePerson.objects.get(case=case).role == "suspect"
    assert "known already" not in shown
    other = person_add(SYSTEM, reason=WHY, case=case, details=PersonDetails(),
                       place=PlaceInCase(PersonRole.SUSPECT))  # fmt: skip
    client.post(reverse("enquiries:case_person", args=here), {"person": str(other.person_id)})
    assert other.person.identifiers.count() == 1
    step = kept.steps.get()
    form = client.get(reverse("enquiries:case_correct", args=[*here, step.pk])).context["form"]
    assert form.initial["account_value"] == "a@example.com"
    client.post(reverse("enquiries:case_withdraw", args=[*here, step.pk]), {"reason": "no"})
    kept.refresh_from_db()
    assert kept.state == "sent"


def test_enquiry_goes_with_its_referral_and_what_was_asked_in_a_case_stays_there(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer, other = make_user("i", Role.INVESTIGATOR), make_user("o", Role.INVESTIGATOR)
    of, case = referral(), make_case("OP-1", officer)
    kept = sent(of=of)
    address = reverse("enquiries:page", args=[of.pk, kept.pk])
    assert client_for(other).get(address).status_code == 200
    referral_link_case(SYSTEM, reason=WHY, referral_id=of.pk, case=case)
    in_case = sent(of=of, case=case)

    assert client_for(other).get(address).status_code == 404
    listed = client_for(officer).get(reverse("enquiries:case_list", args=[case.pk]))
    assert {each.pk for each in listed.context["listed"].page.rows} == {kept.pk, in_case.pk}
    referral_act(SYSTEM, reason=WHY, referral_id=of.pk, action="leave_case")
    hidden = reverse("enquiries:page", args=[of.pk, in_case.pk])
    assert client_for(other).get(hidden).status_code == 404
    assert json.loads(AuditEvent.objects.latest("seq").details)  # the look itself was recorded


def test_list_is_narrowed_and_asks_no_more_for_more_rows(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    client = client_for(make_user("i", Role.INVESTIGATOR))
    of = referral()
    answered(sent(of=of))
    address = reverse("enquiries:list")
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _each in range(9):
        sent(of=of, kind="bank")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
    for asked, count in (
        ({"state": "answered"}, 1), ({"kind": "bank", "sort": "due"}, 9),
        ({"result": "resolved"}, 1), ({"q": "example net"}, 10), ({"q": "\x00" * 300}, 10),
    ):  # fmt: skip
        assert len(client.get(address, asked).context["listed"].page.rows) == count


def test_referral_that_left_a_case_tells_nobody_whom_its_answers_named(
    make_case: MakeCase,
) -> None:
    case, of = make_case("OP-1"), referral()
    referral_link_case(SYSTEM, reason=WHY, referral_id=of.pk, case=case)
    answered(sent(of=of, case=case))
    of.refresh_from_db()
    assert [each.family_name for each in subscribers_of(of)] == ["Example"]
    left = referral_act(SYSTEM, reason=WHY, referral_id=of.pk, action="leave_case")
    assert subscribers_of(left) == ()
