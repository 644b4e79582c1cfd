"""The exchange log: what is kept, who keeps it, corrections, what is due, and its pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeCase, MakeUser
from web.dissemination.exchanged import access_to, answer, exchange
from web.due_asked import due_of_kind

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import CASE_ROLES, Purpose, Role
from polit.web.dissemination.models import Exchange, ExchangeReply
from polit.web.dissemination.queries import awaited_count
from polit.web.dissemination.rules import WRITERS, Direction, ReplyKind, check_sha256
from polit.web.dissemination.services import (
    exchange_correct,
    exchange_record,
    exchange_withdraw,
    reply_record,
    reply_withdraw,
)
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("i.example", Role.INVESTIGATOR)


@pytest.fixture
def case(make_case: MakeCase, user: User) -> Case:
    return make_case("OP-1", user)


@pytest.fixture
def desk(user: User, client_for: ClientFor) -> Client:
    return client_for(user)


def record(case: Case, **changes: Any) -> Exchange:
    return exchange_record(
        SYSTEM, reason="a test", access=access_to(case), given=exchange(**changes)
    )


def reply(case: Case, row: Exchange, **changes: Any) -> ExchangeReply:
    return reply_record(SYSTEM, reason="a test", access=access_to(case), exchange_id=row.pk,
                        given=answer(**changes))  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [{"authority": "none"}, {"means": "none"}, {"handling": "none"}, {"handling": "c"},
     {"sha256": "xyz"}, {"sha256": "0" * 63}, {"size_bytes": -1}, {"purpose": " "},
     {"occurred_at": now_utc() + timedelta(days=3)},
     {"answer_due_at": now_utc() - timedelta(days=3)}],
    ids="-".join,
)  # fmt: skip
def test_what_contradicts_itself_is_refused(case: Case, changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        record(case, **changes)
    assert not Exchange.objects.exists()


def test_what_is_sent_twice_is_kept_once(case: Case) -> None:
    same = {"occurred_at": now_utc(), "answer_due_at": now_utc() + timedelta(days=9)}
    first = record(case, **same)
    with pytest.raises(UsageError, match="recorded already"):
        record(case, **same)
    exchange_withdraw(SYSTEM, reason="a", access=access_to(case), exchange_id=first.pk)
    assert record(case, **same).corrects is None


def test_digest_is_kept_in_one_form() -> None:
    assert check_sha256(" AB" * 32) == "ab" * 32
    assert check_sha256("") == ""


@pytest.mark.parametrize("role", sorted(Role))
def test_writers_alone_keep_the_log(case: Case, role: Role, make_user: MakeUser) -> None:
    actor = Actor("user", str(make_user("u.example", role).pk), "u.example")
    given = {"reason": "a test", "access": access_to(case), "given": exchange()}
    if role in WRITERS:
        assert exchange_record(actor, **given).by == "u.example"  # type: ignore[arg-type]
        return
    with pytest.raises(AuthorityError):
        exchange_record(actor, **given)  # type: ignore[arg-type]


def test_correction_is_a_further_row_and_withdrawal_ends_it(case: Case) -> None:
    first = record(case)
    access = access_to(case)
    last = exchange_correct(SYSTEM, reason="the country", access=access, exchange_id=first.pk,
                            given=exchange(country="Ruritania"))  # fmt: skip
    assert (last.corrects, last.first) == (first, first)
    assert [each.country for each in Exchange.objects.standing()] == ["Ruritania"]
    exchange_withdraw(SYSTEM, reason="never sent", access=access, exchange_id=first.pk)
    assert not Exchange.objects.standing().exists()
    with pytest.raises(UsageError, match="withdrawn"):
        exchange_correct(SYSTEM, reason="a", access=access, exchange_id=first.pk, given=exchange())
    assert Exchange.objects.count() == 3


def test_answer_is_due_until_it_came(case: Case, user: User) -> None:
    row = record(case)
    exchange_correct(SYSTEM, reason="a test", access=access_to(case), exchange_id=row.pk,
                     given=exchange(contact="B. Example"))  # fmt: skip
    (due,) = due_of_kind("dissemination.answer", user, 10)
    assert (due.subject, due.reference) == ("Example Police Bureau", "OP-1")
    assert str(row.pk) in due.url

    reply(case, row, kind=ReplyKind.CONFIRMATION, result="")
    assert awaited_count(access_to(case)) == 1
    kept = reply(case, row)
    assert awaited_count(access_to(case)) == 0
    assert not due_of_kind("dissemination.answer", user, 10)
    reply_withdraw(SYSTEM, reason="of another", access=access_to(case), exchange_id=row.pk,
                   reply_id=kept.pk)  # fmt: skip
    assert awaited_count(access_to(case)) == 1
    for changes in ({"result": "none"}, {"occurred_at": now_utc() - timedelta(days=9)}):
        with pytest.raises(UsageError):
            reply(case, row, **changes)


def test_due_answers_are_of_ones_own_cases(case: Case, make_user: MakeUser) -> None:
    record(case)
    assert not due_of_kind("dissemination.answer", make_user("other", Role.INVESTIGATOR), 10)


def test_child_stands_in_the_log_by_its_label_alone(
    case: Case, make_case: MakeCase, make_user: MakeUser, client_for: ClientFor
) -> None:
    child = PersonDetails(given_name="Zzyzx")
    place = person_add(
        SYSTEM, reason="a test", case=case, details=child, place=PlaceInCase(PersonRole.CHILD)
    )
    row = record(case, children=(place.pk,))
    url = f"/cases/{case.pk}/exchange/{row.pk}/"
    grader = make_user("g.example", Role.GRADER)
    member_add(SYSTEM, reason="a", case=case, user_id=grader.pk, purpose=Purpose.GRADING)
    page = client_for(grader).get(url).content.decode()
    assert "Child 1" in page
    assert "Zzyzx" not in page
    assert "Zzyzx" not in AuditEvent.objects.get(action="dissemination.record").details
    with pytest.raises(UsageError, match="not of this case"):
        record(make_case("OP-2"), children=(place.pk,))


# ---- pages ---------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    when = now_utc() - timedelta(days=1)
    return {
        "direction": "out", "agency": "<b>Bureau\u202e</b>", "country": "Utopia",
        "authority": "policing_purpose", "purpose": "To find\x0b", "description": "A list",
        "means": "secure_mail", "handling": "p", "handled_by": "A. Example", "reason": "a test",
        "sha256": "AB" * 32, "size_bytes": "12", "occurred_at_0": when.day,
        "occurred_at_1": when.month, "occurred_at_2": when.year, "occurred_at_3": "10:00",
        **changes,
    }  # fmt: skip


def test_pages_record_correct_reply_and_withdraw(desk: Client, case: Case) -> None:
    base = f"/cases/{case.pk}/exchange/"
    answered = desk.post(f"{base}record/", typed())
    assert answered.status_code == 302, answered.content.decode()[-3000:]
    url = answered["Location"]
    page = desk.get(url).content.decode()
    assert "<b>Bureau" not in page
    assert "ab" * 32 in page.replace("\u200b", "").replace("<wbr>", "").replace(" ", "")
    assert desk.post(f"{url}correct/", typed(agency="Other Bureau")).status_code == 302
    when = {f"occurred_at_{place}": typed()[f"occurred_at_{place}"] for place in range(4)}
    came = {"kind": "answer", "result": "acted_on", "text": "Yes", "reason": "a", **when}
    assert desk.post(f"{url}reply/", came | {"occurred_at_3": "11:00"}).status_code == 302
    kept = ExchangeReply.objects.get()
    again = f"{url}replies/{kept.pk}/"
    assert desk.post(f"{again}correct/", came | {"occurred_at_3": "12:00"}).status_code == 302
    assert desk.get(f"{again}withdraw/").status_code == 404  # it was corrected
    last = ExchangeReply.objects.standing().get()
    assert desk.post(f"{url}replies/{last.pk}/withdraw/", {"reason": "no"}).status_code == 302
    assert "Other Bureau" in desk.get(url).content.decode()
    assert desk.post(f"{url}withdraw/", {"reason": "never sent"}).status_code == 302
    assert "never happened" in desk.get(url).content.decode()
    assert desk.get(f"{url}correct/").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"sha256": "xyz"}, {"agency": "x" * 10_000}, {"agency": "\x00"}, {"size_bytes": "9" * 40},
     {"handling": "c"}, {"occurred_at_2": "2999"}],
    ids=str,
)  # fmt: skip
def test_hostile_forms_come_back_with_words(
    desk: Client, case: Case, changes: dict[str, Any]
) -> None:
    page = desk.post(f"/cases/{case.pk}/exchange/record/", typed(**changes))
    assert page.status_code == 200
    assert not Exchange.objects.exists()


def test_lists_filter_search_and_ask_no_more_for_more(
    desk: Client, case: Case, make_case: MakeCase
) -> None:
    record(make_case("FOREIGN"), agency="Far Away")
    record(case, agency="Near Bureau")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page = desk.get("/exchange/").content.decode()
        counts.append(len(queries))
        assert "Far Away" not in page
        for number in range(4):
            record(case, agency=f"Bureau {number}", direction=Direction.IN, answer_due_at=None)
    assert counts[0] == counts[1]
    found = desk.get("/exchange/?q=near&direction=out&answer=yes&sort=oldest").content.decode()
    assert "Near Bureau" in found
    assert "Bureau 1" not in found
    assert (
        "Near Bureau" not in desk.get(f"/cases/{case.pk}/exchange/?direction=in").content.decode()
    )
    assert set(CASE_ROLES) > WRITERS
