"""Break-glass: who gets in, for how long, who is told, and that its end is the end."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, NoAct, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases import queries
from polit.web.cases.models import BreakGlass, Case, Notice
from polit.web.cases.queries import (
    break_glass_get,
    break_glass_used,
    case_access,
    cases_for,
    notice_count,
)
from polit.web.cases.rules import BreakGlassRequest
from polit.web.cases.services import (
    break_glass_acknowledge,
    break_glass_open,
    break_glass_revoke,
    member_add,
    member_end,
    notice_put,
    notice_read,
)
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role

REASON = "A child may be in danger now"


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def ask(second: User, reference: str = "OP-1", hours: int = 2) -> BreakGlassRequest:
    return BreakGlassRequest(reference, Purpose.SAFEGUARDING, hours, second.pk)


@pytest.fixture
def case(make_case: MakeCase) -> Case:
    return make_case("OP-1")


@pytest.fixture
def officer(make_user: MakeUser) -> User:
    return make_user("officer", Role.SAFEGUARDING)


@pytest.fixture
def second(make_user: MakeUser) -> User:
    return make_user("second", Role.SUPERVISOR)


@pytest.fixture
def opened(case: Case, officer: User, second: User) -> BreakGlass:
    del case
    return break_glass_open(actor(officer), reason=REASON, asked=ask(second))


def set_clock(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    monkeypatch.setattr(queries, "now_utc", lambda: instant)


def test_it_gives_access_at_once_and_says_how(
    opened: BreakGlass, case: Case, officer: User
) -> None:
    granted = case_access(officer, case.id)
    assert granted is not None
    assert (granted.via, granted.purpose, granted.duty) == (
        "break_glass",
        Purpose.SAFEGUARDING,
        None,
    )
    assert granted.expires_at == opened.recorded_at + timedelta(hours=2)
    assert list(cases_for(officer)) == [case]


def test_truth_table_of_access(
    case: Case, make_user: MakeUser, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = {name: make_user(name, Role.EXAMINER) for name in ("outsider", "former", "member")}
    people |= {name: make_user(name, Role.EXAMINER) for name in ("open", "expired", "revoked")}
    people["administrator"] = make_user("administrator", Role.SYSTEM_ADMINISTRATOR)
    people["without a role"] = make_user("without a role")
    for name in ("former", "member"):
        member = member_add(
            SYSTEM,
            reason="a",
            case=case,
            user_id=people[name].pk,
            purpose=Purpose.EXAMINATION,
        )
    ending = next(each for each in case.members.all() if each.user == people["former"])
    member_end(SYSTEM, reason="a", case=case, member_id=ending.id)
    assert member.user == people["member"]
    for name, hours in (("open", 8), ("expired", 1), ("revoked", 8)):
        found = break_glass_open(actor(people[name]), reason=REASON, asked=ask(second, hours=hours))
        if name == "revoked":
            break_glass_revoke(actor(second), reason="a", break_glass_id=found.id)
    set_clock(monkeypatch, now_utc() + timedelta(hours=1))
    may = {name for name, user in people.items() if case_access(user, case.id)}
    listed = {name for name, user in people.items() if cases_for(user).exists()}
    assert may == listed == {"member", "open"}


def test_revoking_ends_it_at_once_and_the_other_is_told(
    opened: BreakGlass, case: Case, officer: User, second: User
) -> None:
    break_glass_revoke(actor(second), reason="not needed", break_glass_id=opened.id)
    assert case_access(officer, case.id) is None
    assert Notice.objects.filter(user=officer).count() == 1
    with pytest.raises(UsageError, match="ended already"):
        break_glass_revoke(actor(second), reason="a", break_glass_id=opened.id)


def test_who_opened_it_may_end_it_and_the_second_is_told(
    opened: BreakGlass, officer: User, second: User
) -> None:
    break_glass_revoke(actor(officer), reason="done", break_glass_id=opened.id)
    assert notice_count(second) == 2


def test_only_the_two_answer(opened: BreakGlass, officer: User, make_user: MakeUser) -> None:
    stranger = make_user("t", Role.SUPERVISOR)
    with pytest.raises(AuthorityError):
        break_glass_revoke(actor(stranger), reason="a", break_glass_id=opened.id)
    with pytest.raises(AuthorityError):
        break_glass_acknowledge(actor(officer), reason="a", break_glass_id=opened.id)
    assert break_glass_get(stranger, opened.id) is None
    assert break_glass_get(officer, opened.id) == opened


def test_it_is_acknowledged_once(opened: BreakGlass, second: User) -> None:
    kept = break_glass_acknowledge(actor(second), reason="seen", break_glass_id=opened.id)
    assert kept.acknowledged_at is not None
    with pytest.raises(UsageError, match="answered already"):
        break_glass_acknowledge(actor(second), reason="a", break_glass_id=opened.id)
    with pytest.raises(UsageError, match="no such"):
        break_glass_acknowledge(actor(second), reason="a", break_glass_id=uuid4())


def test_second_person_is_told_with_a_link(
    opened: BreakGlass, second: User, client_for: ClientFor
) -> None:
    notice = Notice.objects.get(user=second)
    assert notice.link == f"/cases/break-glass/{opened.id}/"
    client = client_for(second)
    assert b"1 new notice" in client.get("/").content
    answered = client.post(f"/notices/{notice.id}/read/")
    assert answered["Location"] == notice.link
    assert b"new notice" not in client.get("/").content


def test_refusals(case: Case, officer: User, second: User, make_user: MakeUser) -> None:
    def refused(who: User, asked: BreakGlassRequest, reason: str = REASON) -> None:
        with pytest.raises((UsageError, AuthorityError)):
            break_glass_open(actor(who), reason=reason, asked=asked)

    refused(officer, ask(second, "op-1"))
    refused(officer, ask(second), "too short")
    refused(officer, ask(second, hours=9))
    refused(officer, ask(officer))
    refused(officer, ask(make_user("grader", Role.GRADER)))
    refused(officer, BreakGlassRequest("OP-1", Purpose.SAFEGUARDING, 2, UUID(int=0)))
    refused(make_user("auditor", Role.AUDITOR), ask(second))
    with pytest.raises(AuthorityError):
        break_glass_open(SYSTEM, reason=REASON, asked=ask(second))
    member_add(SYSTEM, reason="a", case=case, user_id=officer.pk, purpose=Purpose.SAFEGUARDING)
    refused(officer, ask(second))
    assert not BreakGlass.objects.exists()
    assert not Notice.objects.exists()


def test_pages_carry_the_banner_and_consultations_say_how(
    opened: BreakGlass, case: Case, officer: User, client_for: ClientFor
) -> None:
    client = client_for(officer)
    page = client.get(f"/cases/{case.id}/")
    assert b"polit-break-glass" in page.content
    event = AuditEvent.objects.latest("seq")
    assert (event.nature, event.reason) == ("consultation", "Safeguarding (break glass)")
    assert break_glass_used(opened) == 1
    assert b"polit-break-glass" not in client.get("/").content


def test_pages_of_opening_and_answering(
    case: Case, officer: User, second: User, client_for: ClientFor
) -> None:
    client = client_for(officer)
    form = {"reference": "OP-1", "purpose": "safeguarding", "hours": "2", "second": second.pk}
    assert b"at least 20" in client.post("/cases/break-glass/", {**form, "reason": "a"}).content
    unknown = {**form, "reference": "OP-2", "reason": REASON}
    assert b"no case with exactly" in client.post("/cases/break-glass/", unknown).content
    hidden = {**form, "reference": "OP\u202e2", "reason": REASON}
    assert b"can be seen" in client.post("/cases/break-glass/", hidden).content
    made = client.post("/cases/break-glass/", {**form, "reason": REASON})
    assert made["Location"] == f"/cases/{case.id}/"
    address = f"/cases/break-glass/{BreakGlass.objects.get().id}/"
    assert b"Acknowledge" not in client.get(address).content
    client = client_for(second)
    assert b"Acknowledge" in client.get(address).content
    assert client.get(f"/cases/{case.id}/").status_code == 404
    client.post(address, {"answer": "acknowledge", "reason": "seen"})
    assert b"Acknowledge:" not in client.get(address).content
    client.post(address, {"answer": "revoke", "reason": "enough"})
    assert client.post(address, {"answer": "revoke", "reason": "enough"}).status_code == 200
    client = client_for(officer)
    assert client.get(f"/cases/{case.id}/").status_code == 404
    assert client.get(address).status_code == 200


def test_what_ran_out_unseen_is_still_acknowledged(
    opened: BreakGlass, second: User, client_for: ClientFor
) -> None:
    with act(SYSTEM, "tests.act", reason="a") as deed:
        opened.recorded_at -= timedelta(hours=3)
        opened.expires_at -= timedelta(hours=3)
        opened.save()
        deed.about("break_glass", opened.id)
    client = client_for(second)
    address = f"/cases/break-glass/{opened.id}/"
    page = client.get(address).content
    assert b"Acknowledge" in page
    assert b"End it now" not in page
    client.post(address, {"answer": "acknowledge", "reason": "seen late"})
    assert (
        b"<form" not in client.get(address).content.partition(b"<main")[2].partition(b"</main")[0]
    )


def test_notice_belongs_to_an_act_and_to_one_person(officer: User, second: User) -> None:
    with pytest.raises(NoAct):
        notice_put(user_id=officer.pk, text="a")
    with act(SYSTEM, "tests.act", reason="a") as deed:
        notice = notice_put(user_id=officer.pk, text="a")
        deed.about("notice", notice.id)
    with pytest.raises(UsageError):
        notice_read(actor(second), notice_id=notice.id)
    first = notice_read(actor(officer), notice_id=notice.id).read_at
    assert notice_read(actor(officer), notice_id=notice.id).read_at == first
