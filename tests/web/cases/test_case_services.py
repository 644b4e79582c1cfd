"""What is done to cases: who may, what is kept, what the audit says."""

import json
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from web.conftest import MakeCase, MakeUser

from polit.base.errors import AuthorityError, NoAct, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import BreakGlass, Case, CaseMember, CaseNote, Notice
from polit.web.cases.queries import case_access, duty_of, note_list, offence_codes, roles_of
from polit.web.cases.rules import CaseDetails, Duty
from polit.web.cases.services import (
    case_change_details,
    case_change_status,
    case_open,
    member_add,
    member_end,
    note_add,
)
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def last_event() -> AuditEvent:
    return AuditEvent.objects.latest("seq")


def test_who_opens_a_case_leads_it(make_user: MakeUser) -> None:
    user = make_user("a.example", Role.INVESTIGATOR)
    case = case_open(
        actor(user),
        reason="a referral",
        reference="OP/1",
        title=" A title ",
        offences=("making", "taking"),
    )
    member = CaseMember.objects.get(case=case)
    assert (member.user, member.duty, member.purpose) == (user, "lead", "investigation")
    assert (case.title, offence_codes(case.id)) == ("A title", ["making", "taking"])
    assert (last_event().action, last_event().case_reference) == ("cases.open", "OP/1")


def test_supervisor_who_opens_a_case_supervises_it(make_user: MakeUser) -> None:
    user = make_user("s.example", Role.SUPERVISOR)
    case = case_open(actor(user), reason="a referral", reference="OP-1", title="A")
    assert CaseMember.objects.get(case=case).purpose == "supervision"


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_others_open_no_case(make_user: MakeUser, role: Role) -> None:
    with pytest.raises(AuthorityError):
        case_open(actor(make_user("e", role)), reason="a", reference="OP-1", title="A")
    assert not Case.objects.exists()


def test_reference_is_taken_once_whatever_its_form(make_case: MakeCase) -> None:
    make_case("Caf\u00e9")
    before = AuditEvent.objects.count()
    with pytest.raises(UsageError, match="already"):
        case_open(SYSTEM, reason="a", reference="Cafe\u0301", title="B")
    assert AuditEvent.objects.count() == before


def test_changed_details_are_kept_with_old_and_new_values(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    details = CaseDetails("New", " OAK ", ("extreme",))
    case_change_details(SYSTEM, reason="a", case=case, details=details)
    case.refresh_from_db()
    assert (case.title, case.operation) == ("New", "OAK")
    told = json.loads(last_event().details)["changed"]
    assert told["title"] == ["A test", "New"]
    assert told["offences"] == ["", "extreme"]
    case_change_details(SYSTEM, reason="a", case=case, details=details)
    assert json.loads(last_event().details)["changed"] == {}


def test_others_change_no_details(make_user: MakeUser, make_case: MakeCase) -> None:
    case = make_case("OP-1")
    grader = make_user("g", Role.GRADER)
    with pytest.raises(AuthorityError):
        case_change_details(actor(grader), reason="a", case=case, details=CaseDetails("B"))


def test_status_follows_the_table(make_user: MakeUser, make_case: MakeCase) -> None:
    supervisor, investigator = make_user("s", Role.SUPERVISOR), make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1")
    case_change_status(actor(investigator), reason="a", case=case, action="take_to_court")
    with pytest.raises(AuthorityError):
        case_change_status(actor(investigator), reason="a", case=case, action="close")
    case_change_status(actor(supervisor), reason="a", case=case, action="close")
    with pytest.raises(UsageError):
        case_change_status(actor(supervisor), reason="a", case=case, action="close")
    kept = case_change_status(actor(supervisor), reason="a", case=case, action="reopen")
    assert kept.status == "reopened"
    assert json.loads(last_event().details)["status"] == ["closed", "reopened"]


def test_note_is_corrected_by_a_further_note_once(make_case: MakeCase) -> None:
    case, other = make_case("OP-1"), make_case("OP-2")
    note = note_add(SYSTEM, case=case, text="one")
    note_add(SYSTEM, case=case, text="two", corrects_id=note.id)
    with pytest.raises(UsageError, match="corrected already"):
        note_add(SYSTEM, case=case, text="three", corrects_id=note.id)
    with pytest.raises(UsageError, match="not one of this case"):
        note_add(SYSTEM, case=other, text="three", corrects_id=note.id)
    with pytest.raises(UsageError, match="says something"):
        note_add(SYSTEM, case=case, text=" \n")
    rows = note_list(case.id).rows
    assert {row.title: row.is_corrected for row in rows} == {"Correction": False, "Note": True}
    # By the instants that were kept: the clock of a machine may be set back between two notes.
    kept = [row.recorded_at for row in rows]
    assert kept == sorted(kept, reverse=True)


def test_note_is_never_changed(make_case: MakeCase) -> None:
    note = note_add(SYSTEM, case=make_case("OP-1"), text="one")
    with act(SYSTEM, "tests.act", reason="a") as deed:
        deed.about("note", note.id)
        with pytest.raises(UsageError):
            note.save()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_note SET text = 'two'")


def test_lead_investigator_adds_and_ends_members(make_user: MakeUser) -> None:
    lead, grader = make_user("i", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    case = case_open(actor(lead), reason="a", reference="OP-1", title="A")
    member = member_add(
        actor(lead), reason="grading", case=case, user_id=grader.pk, purpose=Purpose.GRADING
    )
    assert case_access(grader, case.id) is not None
    assert last_event().nature == "security"
    member_end(actor(lead), reason="done", case=case, member_id=member.id)
    assert case_access(grader, case.id) is None
    member.refresh_from_db()
    assert (member.added_by, member.reason) == ("i", "grading")
    assert (member.ended_by, member.end_reason) == ("i", "done")
    with pytest.raises(UsageError, match="ended already"):
        member_end(actor(lead), reason="done", case=case, member_id=member.id)
    again = member_add(
        actor(lead), reason="more", case=case, user_id=grader.pk, purpose=Purpose.GRADING
    )
    assert again.id != member.id


def test_member_who_does_not_lead_adds_and_ends_nobody(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    member, other = make_user("i", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    case = make_case("OP-1", member)
    held = CaseMember.objects.get(case=case)
    with pytest.raises(AuthorityError):
        member_add(actor(member), reason="a", case=case, user_id=other.pk, purpose=Purpose.GRADING)
    with pytest.raises(AuthorityError):
        member_end(actor(member), reason="a", case=case, member_id=held.id)


def test_supervisor_adds_also_themselves(make_user: MakeUser, make_case: MakeCase) -> None:
    supervisor, case = make_user("s", Role.SUPERVISOR), make_case("OP-1")
    member_add(
        actor(supervisor),
        reason="a",
        case=case,
        user_id=supervisor.pk,
        purpose=Purpose.SUPERVISION,
        duty=Duty.DEPUTY,
    )
    assert duty_of(actor(supervisor), case.id) is Duty.DEPUTY


@pytest.mark.parametrize("role", [None, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_who_works_on_no_cases_becomes_no_member(
    make_user: MakeUser, make_case: MakeCase, role: Role | None
) -> None:
    user = make_user("a", *([role] if role else []))
    with pytest.raises(AuthorityError):
        make_case("OP-1", user)
    assert not CaseMember.objects.exists()


def test_nobody_and_the_inactive_become_no_members(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    case, user = make_case("OP-1"), make_user("g", Role.GRADER)
    with act(SYSTEM, "tests.act", reason="a") as deed:
        user.is_active = False
        user.save()
        deed.about("user", user.pk)
    for user_id in (user.pk, uuid4()):
        with pytest.raises(UsageError):
            member_add(SYSTEM, reason="a", case=case, user_id=user_id, purpose=Purpose.GRADING)
    assert roles_of(actor(user)) == frozenset()


def test_nobody_is_a_member_twice(make_user: MakeUser, make_case: MakeCase) -> None:
    user = make_user("g", Role.GRADER)
    case = make_case("OP-1", user)
    with pytest.raises(UsageError, match="already"):
        member_add(SYSTEM, reason="a", case=case, user_id=user.pk, purpose=Purpose.GRADING)
    with act(SYSTEM, "tests.act", reason="a") as deed:
        deed.about("member", "1")
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseMember(case=case, user=user, purpose="grading").save()


def test_writes_outside_an_act_are_refused(make_user: MakeUser, make_case: MakeCase) -> None:
    case, user = make_case("OP-1"), make_user("g", Role.GRADER)
    records = [
        CaseMember(case=case, user=user, purpose="grading"),
        CaseNote(case=case, author="a", text="a"),
        Notice(user=user, text="a"),
        BreakGlass(case=case, user=user, second=user),
    ]
    for record in records:
        with pytest.raises(NoAct):
            record.save()
