"""Pages of warrants: applied for with what the case knows, executed, and exhibits from it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from web.conftest import ClientFor, MakeCase, MakeUser
from web.due_asked import due_asked
from web.risk.samples import suspect_of
from web.warrants.samples import (
    APPLIED,
    SampleAccess,
    executed,
    execution_id,
    given_warrant,
    granted_warrant,
)

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.arrests.rules import ArrestKind, GivenArrest
from polit.web.arrests.services import arrest_record
from polit.web.core.acting import SYSTEM
from polit.web.core.chronology import happenings_of
from polit.web.core.due import due_sources
from polit.web.core.rules import CHILD_READERS, Role
from polit.web.core.searching import searchables
from polit.web.exhibits.models import Exhibit
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.risk.models import SuicideRiskPrompt
from polit.web.risk.stopping import stops_of
from polit.web.warrants.models import Warrant, WarrantExecution
from polit.web.warrants.rules import GivenExecution, GivenGrant, GivenPremises
from polit.web.warrants.services import (
    execution_record,
    premises_add,
    warrant_apply,
    warrant_grant,
    warrant_withdraw,
)

HOSTILE = "<b>W</b>\u202e" + "x" * 60


def typed(name: str, at: datetime) -> dict[str, str]:
    local = timezone.localtime(at)
    parts = (local.day, local.month, local.year, f"{local:%H:%M}")
    return {f"{name}_{number}": str(part) for number, part in enumerate(parts)}


def applied(**values: str) -> dict[str, str]:
    return {
        "power_code": "pca-1978-s4", "reference": "W/7", "court": "Anytown", "applicant": "DC Reed",
        "kind": "specific", "entries": "single", "reason": "a search",
        **typed("applied_at", APPLIED), **values,
    }  # fmt: skip


def test_application_begins_with_addresses_that_the_case_knows(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    suspect = suspect_of(case)
    client, base = client_for(user), f"/cases/{case.id}/warrants/"

    form = client.get(f"{base}apply/").content.decode()
    assert "Suspect 1: 1 High Street, Anytown" in form
    chosen = [each for each in re.findall(r"<input[^>]+>", form) if 'name="known"' in each]
    assert [(f"{suspect.pk}:0" in each, "checked" in each) for each in chosen] == [(True, True)]
    known = {"known": f"{suspect.pk}:0", "others": "2 Low Road\n"}
    assert client.post(f"{base}apply/", applied(**known)).status_code == 302
    warrant = Warrant.objects.get()
    lines = [(each.line, each.place_id) for each in warrant.premises.order_by("number")]
    assert lines == [("1 High Street, Anytown", suspect.pk), ("2 Low Road", None)]
    again = client.post(f"{base}apply/", applied(others="3 Low Road"))
    assert "already" in again.content.decode()
    grant = {**typed("granted_at", APPLIED), "reference": "W/7", "reason": "heard"}
    assert client.post(f"{base}{warrant.pk}/grant/", grant).status_code == 302
    assert str(Warrant.objects.get().expires_on) == "2026-06-02"


def test_execution_asks_about_suicide_and_stops_the_clock(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    suspect, warrant = suspect_of(case), granted_warrant(case)
    client, one = client_for(user), f"/cases/{case.id}/warrants/{warrant.pk}/"
    at = APPLIED + timedelta(days=2)

    sent = {
        **typed("occurred_at", at), "outcome": "searched", "officer": "DS Hill",
        "premises_id": str(warrant.premises.get().pk), "present": str(suspect.pk),
        "suicide_concern": "yes", "suicide_place_id": str(suspect.pk), "suicide_asked": "Asked",
    }  # fmt: skip
    refused = client.post(f"{one}execute/", sent).content.decode()
    assert "Enter what was done at once about the concern" in refused
    nobody = client.post(f"{one}execute/", {**sent, "suicide_place_id": ""}).content.decode()
    assert "Choose which suspect was asked" in nobody
    done = client.post(f"{one}execute/", {**sent, "suicide_action": "A doctor came"})

    assert done.status_code == 302
    prompt = SuicideRiskPrompt.objects.get()
    assert (prompt.occasion, prompt.occurred_at) == ("warrant", at)
    assert "There: Suspect 1." in client.get(one).content.decode()
    stop = stops_of([case.id])[case.id]
    assert (stop.at, stop.what) == (at, "Warrant W/1 executed")
    told = happenings_of(user, frozenset({suspect.person_id}))
    assert [each.title for each in told if "Warrant" in each.title] == [
        "Warrant W/1: entered and searched, things seized"
    ]


def test_exhibit_is_seized_from_an_execution_without_retyping(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case, other = make_case("OP-1", user), make_case("OP-2", user)
    warrant = granted_warrant(case)
    execution = executed(case, warrant)
    client, one = client_for(user), f"/cases/{case.id}/warrants/{warrant.pk}/"
    seize = f"/cases/{case.id}/exhibits/seize/?execution={execution.pk}"

    assert seize in client.get(one).content.decode()
    form = client.get(seize).content.decode()
    assert 'value="W/1"' in form
    assert 'value="1 High Street, Anytown"' in form
    thing = {
        "reference": "AB/1", "description": "A phone", "kind": "phone:", "powered": "off",
        "quantity": "1", **typed("seized_at", execution.occurred_at), "place": "Bedroom",
        "producer_name": "A. Beck", "power_code": "pace-1984-s8", "power_reference": "W/1",
        "execution_id": str(execution.pk), "another": "on",
    }  # fmt: skip
    assert client.post(seize, thing).status_code == 302
    exhibit = Exhibit.objects.get()
    assert exhibit.execution == execution
    assert "AB/1" in client.get(one).content.decode()
    assert one in client.get(f"/cases/{case.id}/exhibits/{exhibit.pk}/").content.decode()
    # The next exhibit of the same execution goes on from the room, not from the address.
    assert 'value="Bedroom"' in client.get(seize).content.decode()
    elsewhere = client.post(f"/cases/{other.id}/exhibits/seize/", thing).content.decode()
    assert "from the list" in elsewhere


def test_execution_is_corrected_and_withdrawn_on_its_page(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    warrant = granted_warrant(case)
    old = executed(case, warrant)
    client, base = client_for(user), f"/cases/{case.id}/warrants/"

    sent = {
        **typed("occurred_at", old.occurred_at), "outcome": "searched_nothing",
        "officer": "DS Hill", "place": "The barn", "reason": "nothing was taken",
    }  # fmt: skip
    assert client.post(f"{base}executions/{old.pk}/correct/", sent).status_code == 302
    page = client.get(f"{base}{warrant.pk}/").content.decode()
    assert "Corrected later" in page
    assert "The barn" in page
    assert "already" in client.post(f"{base}executions/{old.pk}/correct/", sent).content.decode()
    new = WarrantExecution.objects.standing().get()
    gone = client.post(f"{base}executions/{new.pk}/withdraw/", {"reason": "another house"})
    assert gone.status_code == 302
    assert Warrant.objects.get().state == "granted"
    assert "never happened" in client.get(f"{base}{warrant.pk}/").content.decode()


def test_warrant_is_changed_withdrawn_and_its_premises_too(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    warrant = granted_warrant(case)
    client, one = client_for(user), f"/cases/{case.id}/warrants/{warrant.pk}/"

    form = client.get(f"{one}change/").content.decode()
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', form)
    assert seen is not None
    changed = applied(reference="W/8", power_code="pace-1984-s8", seen=seen[1])
    changed |= typed("granted_at", APPLIED + timedelta(days=1))
    changed |= {"expires_on_0": "1", "expires_on_1": "5", "expires_on_2": "2026"}
    assert "say why it is another" in client.post(f"{one}change/", changed).content.decode()
    done = client.post(f"{one}change/", {**changed, "expiry_reason": "As the court wrote"})
    assert done.status_code == 302
    kept = Warrant.objects.get()
    assert (kept.reference, str(kept.expires_on)) == ("W/8", "2026-05-01")
    assert "load it again" in client.post(f"{one}change/", changed).content.decode()
    sole = warrant.premises.get()
    ended = client.post(f"{one}premises/{sole.pk}/end/", {"reason": "wrong"})
    assert "at least one" in ended.content.decode()
    added = {"address": HOSTILE, "reason": "on the warrant"}
    assert client.post(f"{one}premises/add/", added).status_code == 302
    assert client.post(f"{one}premises/{sole.pk}/end/", {"reason": "wrong"}).status_code == 302
    page = client.get(one).content.decode()
    assert "<b>W</b>" not in page
    assert "\u202e" not in page
    assert client.post(f"{one}withdraw/", {"reason": "not needed"}).status_code == 302
    refused = {**typed("refused_at", APPLIED), "reason": "no"}
    assert "cannot refuse" in client.post(f"{one}refuse/", refused).content.decode()


def test_lists_are_narrowed_and_ask_the_same_number_of_queries(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user, other = make_user("i.example", Role.INVESTIGATOR), make_user("o", Role.INVESTIGATOR)
    case, hidden = make_case("OP-1", user), make_case("OP-2", other)
    executed(case, granted_warrant(case))
    granted_warrant(hidden, "W/HIDDEN")
    client = client_for(user)
    pages = ("/warrants/", f"/cases/{case.id}/warrants/", f"/cases/{case.id}/")
    for page in pages:
        client.get(page)
    few = []
    for page in pages:
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        few.append(len(asked))
    for number in range(2, 12):
        granted_warrant(case, f"W/{number}")
    for page, count in zip(pages, few, strict=True):
        with CaptureQueriesContext(connection) as asked:
            shown = client.get(page).content.decode()
        assert len(asked) == count, page
        assert "W/HIDDEN" not in shown
    for query, count in (("state=expired", 10), ("state=executed", 1), ("q=W/11", 1),
                         ("state=granted", 0), ("power=pca-1978-s4", 0)):  # fmt: skip
        shown = client.get(f"/warrants/?{query}").content.decode()
        assert len(set(re.findall(r"/warrants/[0-9a-f-]{36}/", shown))) == count, query


def test_what_is_granted_is_due_until_its_last_day_is_over(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    warrant = granted_warrant(case)
    source = next(each for each in due_sources(user.roles) if each.kind == "warrants.expiry")

    (due,) = due_asked(source, user, 10)

    assert (due.subject, due.label) == ("Warrant W/1", "Expired unexecuted")
    # The last day is 2 June; it ends at midnight of British summer time.
    assert due.due_at == datetime(2026, 6, 2, 23, tzinfo=UTC)
    assert due.is_overdue(now_utc())
    warrant_withdraw(SYSTEM, reason="a", access=SampleAccess(case), warrant_id=warrant.pk)
    assert not due_asked(source, user, 10)


def test_home_of_a_child_suspect_is_withheld_from_who_may_not_know_them(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    grader, lead = make_user("g.example", Role.GRADER), make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", grader, lead)
    place = person_add(
        SYSTEM, reason="a", case=case,
        details=PersonDetails("Kim", "Sample", born_on=datetime(2012, 1, 1, tzinfo=UTC).date()),
        place=PlaceInCase(PersonRole.SUSPECT),
    )  # fmt: skip
    warrant = granted_warrant(case)
    premises_add(
        SYSTEM, reason="a", access=SampleAccess(case), warrant_id=warrant.pk,
        given=GivenPremises("9 Secret Lane", place.pk),
    )  # fmt: skip
    one = f"/cases/{case.id}/warrants/{warrant.pk}/"

    assert "9 Secret Lane" in client_for(lead).get(one).content.decode()
    assert "9 Secret Lane" not in client_for(grader).get(one).content.decode()
    (kind,) = [each for each in searchables() if each.kind == "warrant"]
    (entry,) = kind.entries([warrant])
    assert "9 Secret Lane" in entry.text
    assert Role.GRADER not in entry.readers


def test_home_of_a_child_suspect_leaks_by_no_arrest_or_seizure_there(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    examiner, lead = make_user("e.example", Role.EXAMINER), make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", examiner, lead)
    place = person_add(
        SYSTEM, reason="a", case=case,
        details=PersonDetails("Kim", "Sample", born_on=datetime(2012, 1, 1, tzinfo=UTC).date()),
        place=PlaceInCase(PersonRole.SUSPECT),
    )  # fmt: skip
    warrant, access = granted_warrant(case), SampleAccess(case)
    home = premises_add(SYSTEM, reason="a", access=access, warrant_id=warrant.pk,
                        given=GivenPremises("9 Secret Lane", place.pk))  # fmt: skip
    at = APPLIED + timedelta(days=2)
    there = execution_record(SYSTEM, reason="a", access=access, warrant_id=warrant.pk,
                             given=GivenExecution(at, "searched", "DS Hill", home.pk))  # fmt: skip
    arrest = arrest_record(
        SYSTEM, reason="a", access=access,
        given=GivenArrest(place.pk, ArrestKind.ARREST, at, there.place, "Grounds", "DS Hill",
                          ("investigation",), execution_id=there.pk),
    )  # fmt: skip
    page = f"/cases/{case.id}/arrests/{arrest.first_id}/"
    assert "9 Secret Lane" in client_for(lead).get(page).content.decode()
    assert "9 Secret Lane" not in client_for(examiner).get(page).content.decode()
    (kind,) = [each for each in searchables() if each.kind == "arrest"]
    told = {role for entry in kind.entries([arrest]) if "Lane" in entry.text
            for role in entry.readers}  # fmt: skip
    assert told == CHILD_READERS
    seize = f"/cases/{case.id}/exhibits/seize/?execution={there.pk}"
    for officer in (examiner, lead):
        # Everybody on the case reads where an exhibit was seized.
        form = client_for(officer).get(seize).content.decode()
        assert "9 Secret Lane" not in form
        assert "Premises 2 of warrant W/1" in form


def test_last_day_that_no_law_sets_must_be_given(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    access = SampleAccess(case)
    given = replace(given_warrant(), power_code="soa-2003-s96b")
    warrant = warrant_apply(SYSTEM, reason="a", access=access, given=given)

    def grant(expires_on: date | None) -> Warrant:
        return warrant_grant(
            SYSTEM, reason="a", access=access, warrant_id=warrant.pk,
            given=GivenGrant(APPLIED, expires_on=expires_on),
        )  # fmt: skip

    with pytest.raises(UsageError, match="give the one that stands on the warrant"):
        grant(None)
    with pytest.raises(UsageError, match="before the grant"):
        grant(date(2026, 1, 1))
    assert grant(date(2026, 4, 1)).expires_on == date(2026, 4, 1)


def test_warrant_for_one_entry_invites_to_no_second(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    warrant = granted_warrant(case)
    page = f"/cases/{case.id}/warrants/{warrant.pk}/"
    client = client_for(user)
    execution_id(case)  # nobody let them in
    assert "seize/?execution=" not in client.get(page).content.decode()
    executed(case, warrant, days=2)
    shown = client.get(page).content.decode()
    button = re.search(r"<a[^>]*>\s*Record a further execution", shown)
    assert button
    assert "govuk-button--secondary" in button[0]
    form = client.get(f"{page}execute/").context["form"]
    assert form.initial["occurred_at"].second == 0
