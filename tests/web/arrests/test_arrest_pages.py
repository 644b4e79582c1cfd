"""Pages of arrests: the way through, who reads what, hostile text, the number of queries."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.arrests.samples import access_to, arrest_of_case, follow_id, suspect_of
from web.arrests.test_arrest_services import SECRET, outcome, recorded
from web.conftest import ClientFor, MakeCase, MakeUser
from web.warrants.samples import SampleAccess, executed, granted_warrant

from polit.base.clock import now_utc
from polit.web.arrests.models import Arrest, ArrestOutcome, CustodyStep
from polit.web.arrests.rules import GivenOutcome, OutcomeKind
from polit.web.arrests.services import arrest_withdraw, outcome_record
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.risk.models import SuicideRiskPrompt
from polit.web.signposts.rules import GivenSignpost
from polit.web.signposts.services import signpost_add
from polit.web.warrants.rules import GivenExecution
from polit.web.warrants.services import execution_correct, execution_withdraw

HOSTILE = "<script>alert(1)</script>\u202e{{7*7}}"
PROMPT = {"suicide_concern": "no", "suicide_asked": "asked at the desk"}


def instant(name: str, at: datetime) -> dict[str, str]:
    local = at.astimezone(ZoneInfo("Europe/London"))
    parts = (local.day, local.month, local.year, local.strftime("%H:%M"))
    return {f"{name}_{number}": str(part) for number, part in enumerate(parts)}


def test_from_arrest_to_charge_nothing_is_typed_twice(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    suspect, client = suspect_of(case), client_for(officer)
    base = f"/cases/{case.id}/arrests/"
    sent = {
        "place": str(suspect.pk), "kind": "arrest", "where": HOSTILE, "grounds": HOSTILE,
        "officer": "PC Sample", "necessity": ["name"], "reason": "a test", **PROMPT,
        **instant("occurred_at", now_utc() - timedelta(hours=3)),
    }  # fmt: skip
    page = client.post(f"{base}add/", sent)
    assert page.status_code == 302
    arrest = Arrest.objects.get()
    assert page["Location"] == f"{base}{arrest.pk}/"
    shown = client.get(page["Location"]).content.decode()
    assert "<script>alert" not in shown
    assert "Aldous Sample" in shown
    samaritans = GivenSignpost("<i>Samaritans</i>", "talk", ("family",), "116 123")
    signpost_add(SYSTEM, reason="a test", given=samaritans)
    offer = client.get(f"{base}{arrest.pk}/support/add/").content.decode()
    assert "&lt;i&gt;Samaritans&lt;/i&gt; (116 123)" in offer
    bail = client.get(f"{base}{arrest.pk}/outcome/add/?kind=bail").content.decode()
    assert 'value="23:59"' in bail
    charge = {"kind": "charge", "reason": "a test", **PROMPT,
              **instant("occurred_at", now_utc() - timedelta(hours=1))}  # fmt: skip
    answer = client.post(f"{base}{arrest.pk}/outcome/add/", charge)
    asked = urlencode({"place": suspect.pk, "arrest": arrest.pk})
    assert answer["Location"] == f"/cases/{case.id}/court/charges/add/?{asked}"
    form = client.get(answer["Location"]).content.decode()
    assert f'value="{suspect.pk}" selected' in form
    assert f'value="{arrest.pk}" selected' in form
    assert "suicide_concern" not in form
    assert sorted(SuicideRiskPrompt.objects.values_list("occasion", flat=True)) == [
        "arrest", "charge",
    ]  # fmt: skip


def test_rows_are_corrected_and_withdrawn_by_pages(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client, step_id = client_for(officer), follow_id(case)
    arrest = arrest_of_case(case)
    base = f"/cases/{case.id}/arrests/{arrest.pk}/"
    sent = {"kind": "arrival", "officer": "Sgt Other", "reason": "a test",
            **instant("occurred_at", now_utc() - timedelta(hours=1))}  # fmt: skip
    correct = f"{base}custody/{step_id}/correct/"
    assert b"Sgt Sample" in client.get(correct).content
    assert client.post(correct, sent).status_code == 302
    assert client.get(correct).status_code == 404
    (held,) = CustodyStep.objects.standing()
    assert held.officer == "Sgt Other"
    gone = f"{base}custody/{held.pk}/withdraw/"
    assert client.post(gone, {"reason": ""}).status_code == 200
    assert client.post(gone, {"reason": "a test"}).status_code == 302
    assert client.get(f"{base}nothing/add/").status_code == 404
    initial = client.get(f"{base}correct/").content
    assert b"reported by a sample" in initial
    assert client.post(f"{base}withdraw/", {"reason": "a test"}).status_code == 302
    assert b"counts nowhere" in client.get(base).content
    assert client.post(f"{base}withdraw/", {"reason": "a test"}).status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "bail"}, b"Say when the bail ends"),
        ({"kind": "no_further_action"}, b"Say why no further action"),
        ({"kind": "superb"}, b"from the list"),
        ({"kind": "caution", "detail": "x" * 10_000}, b"at most"),
        ({"kind": "caution", "detail": "\x00"}, b"Null characters"),
    ],
)
def test_refusals_stand_on_the_form(
    sent: dict[str, str], words: bytes, make_user: MakeUser, make_case: MakeCase,
    client_for: ClientFor,
) -> None:  # fmt: skip
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    arrest = arrest_of_case(case)
    more = {"reason": "a test", **PROMPT, **instant("occurred_at", now_utc())}
    page = client_for(officer).post(
        f"/cases/{case.id}/arrests/{arrest.pk}/outcome/add/", {**more, **sent}
    )
    assert page.status_code == 200
    assert words in page.content
    assert not ArrestOutcome.objects.exists()


@pytest.mark.parametrize("role", sorted(CASE_ROLES))
def test_words_are_for_readers_of_children(
    role: Role, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    reader = make_user("r", role)
    case = make_case("OP-1", reader)
    arrest = recorded(case)
    outcome(case, arrest, OutcomeKind.NO_FURTHER_ACTION, detail=SECRET)
    client = client_for(reader)
    pages = [client.get(f"/cases/{case.id}/arrests/{arrest.pk}/"),
             client.get(f"/cases/{case.id}/"), client.get("/arrests/")]  # fmt: skip
    shown = "".join(each.content.decode() for each in pages)
    assert (SECRET in shown) is (role in CHILD_READERS)
    assert ("Aldous" in pages[0].content.decode()) is (role in CHILD_READERS)
    assert "Suspect 1" in shown


def test_list_is_of_own_cases_and_is_narrowed(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer, manager = make_user("i", Role.INVESTIGATOR), make_user("m", Role.OFFENDER_MANAGER)
    case, other = make_case("OP-1", officer, manager), make_case("OP-2")
    outcome(case, recorded(case), OutcomeKind.BAIL)
    recorded(other)
    client = client_for(officer)
    assert b"OP-2" not in client.get("/arrests/").content
    for query, found in (("q=aldous", True), ("q=zz", False), ("outcome=bail", True),
                         ("outcome=open", False), ("kind=postal_requisition", False),
                         ("sort=oldest", True), ("kind=nonsense", True)):  # fmt: skip
        assert (b"OP-1" in client.get(f"/arrests/?{query}").content) is found
    assert b"OP-1" not in client_for(manager).get("/arrests/?q=aldous").content


def test_number_of_queries_does_not_grow(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client = client_for(officer)

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        return len(queries)

    arrest = recorded(case)
    outcome(case, arrest, OutcomeKind.BAIL)
    addresses = ("/arrests/", f"/cases/{case.id}/", f"/cases/{case.id}/arrests/{arrest.pk}/")
    before = [count(each) for each in addresses]
    for _each in range(3):
        outcome(case, recorded(case), OutcomeKind.BAIL)
        outcome(case, arrest, OutcomeKind.BAIL)
    assert [count(each) for each in addresses] == before


def test_withdrawn_arrest_is_on_no_list(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    arrest = recorded(case)
    arrest_withdraw(SYSTEM, reason="a", access=access_to(case), arrest_id=arrest.pk)
    client = client_for(officer)
    assert b"OP-1" not in client.get("/arrests/").content
    assert b"No arrest is recorded yet" in client.get(f"/cases/{case.id}/").content


def test_exhibit_is_seized_at_the_execution_as_it_stands(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client, warrant = client_for(officer), granted_warrant(case)
    old = executed(case, warrant)
    arrest = recorded(case, execution_id=old.pk)
    page, seize = f"/cases/{case.id}/arrests/{arrest.pk}/", f"/cases/{case.id}/exhibits/seize/"

    def execution_id_seized_at() -> str:
        shown = client.get(page).content.decode()
        found = set(re.findall(rf"{seize}\?execution=([-0-9a-f]+)", shown))
        asked = found.pop() if found else ""
        assert not found
        address = f"{seize}?execution={asked}" if asked else seize
        return str(client.get(address).context["form"].initial.get("execution_id", ""))

    assert execution_id_seized_at() == str(old.pk)
    given = GivenExecution(old.occurred_at, "searched", "DS Reed", warrant.premises.get().pk)
    new = execution_correct(
        SYSTEM, reason="a", access=SampleAccess(case), execution_id=old.pk, given=given
    )
    assert execution_id_seized_at() == str(new.pk)
    execution_withdraw(SYSTEM, reason="b", access=SampleAccess(case), execution_id=new.pk)
    assert execution_id_seized_at() == ""
    assert "an execution that was withdrawn" in client.get(page).content.decode()


def test_correction_keeps_the_execution_that_was_corrected_since(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    warrant = granted_warrant(case)
    old = executed(case, warrant)
    arrest = recorded(case, execution_id=old.pk)
    given = GivenExecution(old.occurred_at, "searched", "DS Reed", warrant.premises.get().pk)
    new = execution_correct(
        SYSTEM, reason="a", access=SampleAccess(case), execution_id=old.pk, given=given
    )
    url = f"/cases/{case.id}/arrests/{arrest.pk}/correct/"
    assert f'value="{new.pk}" selected' in client_for(officer).get(url).content.decode()
    execution_withdraw(SYSTEM, reason="b", access=SampleAccess(case), execution_id=new.pk)
    assert " selected" in client_for(officer).get(url).content.decode()
    assert str(old.pk) not in client_for(officer).get(url).content.decode()


def test_what_ran_out_is_overdue_and_a_charge_ends_it(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    arrest, client = arrest_of_case(case), client_for(officer)
    page, now = f"/cases/{case.id}/arrests/{arrest.pk}/", now_utc()
    kind = OutcomeKind.RELEASED_UNDER_INVESTIGATION
    for given in (
        GivenOutcome(kind, now - timedelta(hours=2), due_at=now - timedelta(hours=1)),
        GivenOutcome(OutcomeKind.CHARGE, now - timedelta(minutes=5)),
    ):
        outcome_record(SYSTEM, reason="a", access=access_to(case), arrest_id=arrest.pk,
                       given=given)  # fmt: skip
        is_running = given.kind is kind
        for address in (page, "/arrests/"):
            assert ("Overdue" in client.get(address).content.decode()) is is_running
        assert ("?kind=bail" in client.get(page).content.decode()) is is_running
    form = client.get(f"/cases/{case.id}/court/charges/add/").context["form"]
    assert form.initial["arrest"] == str(arrest.pk)  # there is no other
