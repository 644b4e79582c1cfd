"""Children of a case: recorded, protected, corrected, counted; no log names them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.due_asked import due_asked
from web.safeguarding.samples import (
    CHILD_NAME,
    Granted,
    child_of,
    contact_id,
    disclosure_given,
    disclosure_id,
    place_of,
    step_id,
)

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case, Notice
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_link
from polit.web.safeguarding.due import due_sources
from polit.web.safeguarding.models import ChildRecord, ProtectiveAction, SupportContact
from polit.web.safeguarding.queries import (
    child_get,
    children_for,
    further_cases,
    next_steps,
    standing_protective_actions,
)
from polit.web.safeguarding.rules import (
    GivenAction,
    GivenChild,
    GivenConference,
    GivenEnquiryStep,
    GivenIdentified,
    GivenReply,
    GivenShared,
    GivenStep,
    GivenStrategy,
    StepKind,
)
from polit.web.safeguarding.services import (
    child_add,
    child_change,
    child_identify,
    child_record,
    child_version,
    contact_act,
    disclosure_record,
    disclosure_withdraw,
    protective_action_correct,
    protective_action_record,
    protective_action_withdraw,
    step_record,
)

KNOWN = datetime(2026, 3, 27, 9, tzinfo=UTC)


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def done(case: Case, child: ChildRecord, given: GivenStep) -> None:
    step_record(SYSTEM, reason="a test", access=Granted(case), child_id=child.pk, given=given)


def labels(case: Case, child: ChildRecord) -> list[str]:
    return [each.label for each in next_steps(child_get(Granted(case), child.pk))]


def test_child_is_recorded_once_with_the_versions_that_it_runs_by(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    child = child_add(
        SYSTEM, reason="a test", access=Granted(case), details=PersonDetails("Una", "Pettigold"),
        given=GivenChild(KNOWN),
    )  # fmt: skip

    # A Friday; the Friday after is Good Friday, the Monday in between a working day.
    assert child.share_due_at == datetime(2026, 3, 30, 22, 59, tzinfo=UTC)
    assert (child.clocks, child.holidays) == ("england-wales-1", "england-wales-1")
    with pytest.raises(UsageError, match="already"):
        child_record(SYSTEM, reason="again", access=Granted(case), place_id=child.place_id,
                     given=GivenChild(KNOWN))  # fmt: skip
    with pytest.raises(UsageError, match="a child in this case"):
        child_record(SYSTEM, reason="no child", access=Granted(case), given=GivenChild(KNOWN),
                     place_id=place_of(case, PersonRole.SUSPECT, "Ambrose Tindle").pk)  # fmt: skip


def test_refused_record_leaves_no_person_behind(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    ahead = GivenChild(now_utc() + timedelta(days=1))
    with pytest.raises(UsageError, match="future"):
        child_add(SYSTEM, reason="a test", access=Granted(case), given=ahead,
                  details=PersonDetails("Una", "Pettigold"))  # fmt: skip
    assert not case.people.exists()


def test_steps_follow_each_other_and_end_their_clocks(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    child = child_of(case)
    at = now_utc() - timedelta(minutes=30)

    assert "Share with children's social care" in labels(case, child)
    done(case, child, GivenShared(at, "Example County", "A. Officer"))
    assert "Strategy discussion" in labels(case, child)
    done(case, child, GivenStrategy(at, "section_47", ("police", "social_care")))
    assert "Child protection conference" in labels(case, child)
    done(case, child, GivenConference(at, "adjourned"))
    assert "Child protection conference" in labels(case, child)
    done(case, child, GivenConference(at, "plan"))
    assert labels(case, child) == ["Take a protective action"]
    done(case, child, GivenAction("safety_plan", at, "A. Officer"))
    assert labels(case, child) == []


def test_enquiry_without_a_conference_ends_its_clock(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    child, at = child_of(case), now_utc() - timedelta(minutes=30)
    done(case, child, GivenStrategy(at, "section_47", ("police",)))
    done(case, child, GivenEnquiryStep(at))
    assert "Child protection conference" in labels(case, child)
    done(case, child, GivenEnquiryStep(at, "not_substantiated"))
    assert "Child protection conference" not in labels(case, child)


def conferences(case: Case, child: ChildRecord) -> int:
    return labels(case, child).count("Child protection conference")


def test_second_enquiry_has_a_conference_clock_of_its_own(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    child, now = child_of(case), now_utc()
    first, held = now - timedelta(days=40), now - timedelta(days=30)
    done(case, child, GivenStrategy(first, "section_47", ("police",)))
    done(case, child, GivenStrategy(first + timedelta(days=1), "section_47", ("police",)))
    assert conferences(case, child) == 1
    done(case, child, GivenConference(held, "plan"))
    assert conferences(case, child) == 0
    done(case, child, GivenStrategy(now - timedelta(days=2), "section_47", ("police",)))
    done(case, child, GivenStrategy(now - timedelta(days=1), "section_47", ("police",)))
    assert conferences(case, child) == 1


def test_police_protection_ends_after_72_hours_unless_something_follows(
    make_case: MakeCase,
) -> None:
    case = make_case("OP-1")
    child, at = child_of(case), now_utc() - timedelta(hours=80)
    done(case, child, GivenAction("police_protection", at, "A. Officer"))
    action = ProtectiveAction.objects.get()
    assert action.ends_at == at + timedelta(hours=72)
    assert any("ends" in each for each in labels(case, child))
    done(case, child, GivenAction("interim_care_order", now_utc(), "the court"))
    assert not any("ends" in each for each in labels(case, child))


def test_correction_and_withdrawal_leave_what_was_recorded(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    access, child = Granted(case), child_of(case)
    given = GivenAction("safety_plan", now_utc(), "A. Officer")
    first = protective_action_record(
        SYSTEM, reason="a test", access=access, child_id=child.pk, given=given
    )
    with pytest.raises(UsageError, match="recorded already"):  # a form that was sent twice
        protective_action_record(
            SYSTEM, reason="a test", access=access, child_id=child.pk, given=given
        )
    advice = GivenAction("advice", now_utc(), "A. Officer")
    second = protective_action_correct(
        SYSTEM, reason="only advice", access=access, action_id=first.pk, given=advice
    )
    with pytest.raises(UsageError, match="already"):
        protective_action_correct(
            SYSTEM, reason="twice", access=access, action_id=first.pk, given=given
        )
    assert not standing_protective_actions().exists()
    protective_action_withdraw(SYSTEM, reason="never", access=access, action_id=second.pk)

    assert ProtectiveAction.objects.count() == 3
    assert not ProtectiveAction.objects.standing().exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE safeguarding_action SET counts = NOT counts")


def test_child_in_two_cases_counts_once_and_hides_the_other(
    make_case: MakeCase, make_user: MakeUser
) -> None:
    guard = make_user("s.example", Role.SAFEGUARDING)
    one, two = make_case("OP-1", guard), make_case("OP-2")
    first = child_of(one)
    person_link(SYSTEM, reason="the same", case=two, person_id=first.place.person_id,
                place=PlaceInCase(PersonRole.CHILD))  # fmt: skip
    step_id(one)
    step_id(two)

    roots = [vars(each)["person_root"] for each in standing_protective_actions()]
    assert (len(roots), len(set(roots))) == (2, 1)
    further = further_cases(guard, first)
    assert (further.seen, further.hidden) == ((), 1)
    assert [each.pk for each in children_for(guard)] == [first.pk]


def test_identified_victim_is_owed_contacts_and_standing_has_its_table(
    make_case: MakeCase, make_user: MakeUser
) -> None:
    lead = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", lead)
    access, child = Granted(case), child_of(case)
    given = GivenIdentified(now_utc(), "by her school")
    kept = child_identify(
        actor(lead), reason="a test", access=access, child_id=child.pk, given=given
    )
    assert kept.contacts.filter(state="owed").count() == 2
    with pytest.raises(AuthorityError):
        child_identify(actor(lead), reason="no", access=access, child_id=child.pk, given=None)
    child_identify(SYSTEM, reason="no", access=access, child_id=child.pk, given=None)
    contact = SupportContact.objects.earliest("due_at")
    with pytest.raises(UsageError, match="when and how"):
        contact_act(SYSTEM, reason="a test", access=access, contact_id=contact.pk, action="give")
    reply = GivenReply(now_utc(), "by telephone to the carer")
    given_one = contact_act(SYSTEM, reason="a test", access=access, contact_id=contact.pk,
                            action="give", reply=reply)  # fmt: skip
    assert given_one.state == "given"


def test_change_is_refused_where_somebody_was_quicker(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    child = child_of(case)
    seen, given = child_version(child), GivenChild(KNOWN, school="Example School")
    child_change(SYSTEM, reason="a", access=Granted(case), child_id=child.pk, given=given,
                 seen=seen)  # fmt: skip
    with pytest.raises(UsageError, match="somebody else"):
        child_change(SYSTEM, reason="b", access=Granted(case), child_id=child.pk, given=given,
                     seen=seen)  # fmt: skip


def test_disclosure_needs_a_supervisor_and_a_pressing_need(
    make_case: MakeCase, make_user: MakeUser
) -> None:
    lead = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", lead)
    with pytest.raises(AuthorityError):
        disclosure_record(actor(lead), reason="a", access=Granted(case),
                          given=disclosure_given(case))  # fmt: skip
    kept = disclosure_id(case)
    disclosure_withdraw(SYSTEM, reason="never", access=Granted(case), disclosure_id=kept)
    with pytest.raises(UsageError, match="already"):
        disclosure_withdraw(SYSTEM, reason="twice", access=Granted(case), disclosure_id=kept)


def test_no_log_no_notice_and_no_deadline_names_the_child(
    make_case: MakeCase, make_user: MakeUser
) -> None:
    guard = make_user("s.example", Role.SAFEGUARDING)
    case = make_case("OP-1", guard)
    child_of(case)
    step_id(case)
    contact_id(case)

    events = AuditEvent.objects.filter(action__startswith="safeguarding.")
    texts = [each.details + each.subject_label + each.reason for each in events]
    texts += [each.text + each.link for each in Notice.objects.all()]
    dues = [each for source in due_sources() for each in due_asked(source, guard, 9)]
    texts += [each.label + each.subject + each.url for each in dues]
    assert {each.kind for each in dues} == {"safeguarding.share", "safeguarding.contact"}
    assert not [text for text in texts for name in CHILD_NAME.split() if name in text]
    assert not [text for text in texts if "safety_plan" in text]


def test_reading_a_child_is_audited_and_others_see_a_label(
    make_case: MakeCase, make_user: MakeUser, client_for: ClientFor
) -> None:
    guard, grader = make_user("s.example", Role.SAFEGUARDING), make_user("g", Role.GRADER)
    case = make_case("OP-1", guard, grader)
    child = child_of(case)
    url = reverse("safeguarding:child", args=[case.id, child.pk])

    page = client_for(guard).get(url)

    assert CHILD_NAME in page.content.decode()
    event = AuditEvent.objects.get(action="safeguarding.child_consult")
    assert (event.subject_id, event.subject_label) == (str(child.pk), "Child 1")
    assert client_for(grader).get(url).status_code == 404
    seen = client_for(grader).get(reverse("cases:page", args=[case.id])).content.decode()
    assert "1 recorded: Child 1" in seen
    assert "Quillfeather" not in seen


def test_lists_are_searched_audited_and_ask_as_much_for_many(
    make_case: MakeCase, make_user: MakeUser, client_for: ClientFor
) -> None:
    guard = make_user("s.example", Role.SAFEGUARDING)
    case = make_case("OP-1", guard)
    child_of(case)
    client, url = client_for(guard), reverse("safeguarding:children")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        found = client.get(url, {"q": "quillfeather", "missing": "share", "standing": "at_risk"})
    for name in ("Una", "Ina", "Ona"):
        child_add(SYSTEM, reason="a test", access=Granted(case), given=GivenChild(KNOWN),
                  details=PersonDetails(name, "Quillfeather"))  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(url, {"q": "quillfeather", "missing": "share", "standing": "at_risk"})

    assert CHILD_NAME in found.content.decode()
    assert len(many) == len(few)
    event = AuditEvent.objects.filter(action="safeguarding.children_consult").latest("seq")
    assert event.details.count("-") >= 16


def test_pages_record_a_new_child_and_what_protects_them(
    make_case: MakeCase, make_user: MakeUser, client_for: ClientFor
) -> None:
    guard = make_user("s.example", Role.SAFEGUARDING)
    case = make_case("OP-1", guard)
    client = client_for(guard)
    when = {"_0": "27", "_1": "3", "_2": "2026", "_3": "14:05"}
    data = {
        "child": "new", "given_name": "<b>Una</b>", "relation": "pupil", "access": "regular",
        "reason": "a test", **{f"risk_known_at{key}": value for key, value in when.items()},
    }  # fmt: skip
    kept = client.post(reverse("safeguarding:child_add", args=[case.id]), data)
    child = ChildRecord.objects.get()
    assert kept["Location"] == reverse("safeguarding:child", args=[case.id, child.pk])
    step = {"kind": "device_removed", "done_by": "A. Officer", "reason": "a test",
            **{f"occurred_at{key}": value for key, value in when.items()}}  # fmt: skip
    args = [case.id, child.pk, StepKind.ACTION.value]
    assert client.post(reverse("safeguarding:step_add", args=args), step).status_code == 302
    page = client.get(kept["Location"]).content.decode()
    assert "Devices removed" in page
    assert "<b>Una</b>" not in page
