"""All registers are one record: each is named, found, told, due, listed and on the case page."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from web.arrests.samples import access_to, arrest_of_case, suspect_of
from web.conftest import ClientFor, MakeCase, MakeUser
from web.court.samples import charge_of_case
from web.dissemination.exchanged import exchange
from web.dissemination.samples import exchange_id
from web.orders.samples import order_of
from web.risk.samples import given_assessment
from web.safeguarding.samples import CHILD_NAME, child_of, place_of
from web.seized import seized_exhibit

import polit.web
from polit.base.clock import now_utc
from polit.web.arrests.rules import ArrestKind, GivenArrest
from polit.web.arrests.services import arrest_correct
from polit.web.cases.event_titles import TITLES
from polit.web.cases.models import Case
from polit.web.cases.rules import event_title
from polit.web.core.acting import SYSTEM
from polit.web.core.chronology import happenings_of, tellers
from polit.web.core.due import due_sources
from polit.web.core.rules import CHILD_READERS, Role
from polit.web.core.searching import searchables
from polit.web.core.titles import titled
from polit.web.court.services import court_withdraw
from polit.web.dissemination.services import exchange_record
from polit.web.enquiries.rules import GivenAnswer, GivenEnquiry, Result
from polit.web.enquiries.services import enquiry_answer, enquiry_send
from polit.web.people.models import CasePerson
from polit.web.people.queries import details_of
from polit.web.people.rules import GivenIdentifier, PersonRole
from polit.web.people.services import identifier_add, person_change
from polit.web.referrals.rules import GivenAccount, GivenParts, GivenReferral
from polit.web.referrals.services import referral_link_case, referral_receive
from polit.web.risk.services import assessment_record
from polit.web.search.models import SearchEntry
from polit.web.search.services import index_rebuild

REGISTERS = {
    "referrals", "enquiries", "risk", "warrants", "arrests", "safeguarding", "court", "orders",
    "dissemination", "victims",
}  # fmt: skip
"""Legal privilege has no entry: what is quarantined is not searched, and is of no person."""
LISTS = (
    "referrals/", "enquiries/", "risk/", "warrants/", "arrests/", "children/", "court/",
    "court/hearings/", "orders/", "exchange/",
    "unknown-children/", "series/",
)  # fmt: skip
HEADINGS = (
    "Referrals", "Enquiries", "Risk", "Warrants", "Arrests", "Children", "Court", "Orders",
    "Exchange with other agencies", "Disclosure", "Legal privilege", "Victim identification",
)  # fmt: skip
REASON = "a test"
WEB = Path(polit.web.__file__).parent


def acts() -> Iterator[tuple[str, bool]]:
    """Return what acts are called, and whether that is all of it: ``("court.withdraw_", False)``.

    An action that is put together from parts is told by its first part.
    """
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id != "act" or len(node.args) < 2:
                continue
            action = node.args[1]
            if isinstance(action, ast.Constant) and isinstance(action.value, str):
                yield action.value, True
            elif isinstance(action, ast.JoinedStr) and isinstance(action.values[0], ast.Constant):
                yield str(action.values[0].value), False


def test_every_act_has_words() -> None:
    found = set(acts())
    assert len(found) > 150  # the search for them still finds them
    whole = {action for action, is_whole in found if is_whole}
    assert not {each for each in whole if each not in TITLES and each not in titled()}
    assert not {each for each in whole if "." in event_title(each) or "_" in event_title(each)}
    for prefix in {action for action, is_whole in found if not is_whole}:
        assert any(each.startswith(prefix) for each in {*TITLES, *titled()}), prefix


def test_every_register_is_found_told_and_due() -> None:
    assert {each.model._meta.app_label for each in searchables()} >= REGISTERS
    assert tellers() >= REGISTERS
    due = {each.kind.partition(".")[0] for each in due_sources(frozenset(Role))}
    assert due >= REGISTERS - {"referrals"}  # a referral waits for its response, which is a risk's


def test_every_register_has_a_list_and_stands_on_the_case_page(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    supervisor = make_user("s", Role.SUPERVISOR)
    case = make_case("OP-1", supervisor)
    client = client_for(supervisor)
    for address in LISTS:
        shown = client.get(f"/{address}").content.decode()
        assert 'name="q"' in shown, address
        assert '<select class="govuk-select"' in shown, address
        assert 'name="sort"' in shown or address == "risk/", address  # its order is its point
    shown = client.get(f"/cases/{case.id}/").content.decode()
    headings = set(re.findall(r"<h2[^>]*>([^<]+)</h2>", shown))
    assert set(HEADINGS) <= headings


def written(case: Case) -> UUID:
    """Write a record of every register, correct some, and return the exchange."""
    given = GivenReferral("public", now_utc() - timedelta(days=5))
    referral = referral_receive(SYSTEM, reason=REASON, given=given)
    asked = GivenEnquiry("ip_resolution", "Example Net", now_utc() - timedelta(days=4))
    enquiry = enquiry_send(SYSTEM, reason=REASON, referral_id=referral.pk, given=asked)
    answer = GivenAnswer(now_utc(), Result.RESOLVED, family_name="Subscriberson")
    enquiry_answer(SYSTEM, reason=REASON, enquiry_id=enquiry.pk, given=answer)
    assessment_record(SYSTEM, reason=REASON, given=given_assessment(), referral_id=referral.pk)
    referral_link_case(SYSTEM, reason=REASON, referral_id=referral.pk, case=case)
    access, arrest = access_to(case), arrest_of_case(case)
    meant = GivenArrest(arrest.place_id, ArrestKind.ARREST, arrest.occurred_at, "at a station",
                        "as reported", "PC Sample", ("investigation",))  # fmt: skip
    arrest_correct(SYSTEM, reason=REASON, access=access, arrest_id=arrest.first_id, given=meant)
    charge = charge_of_case(case)
    court_withdraw(SYSTEM, reason=REASON, access=access, kind="charge", row_id=charge.pk)
    kept = exchange_id(case)
    order_of(case)
    child = child_of(case)
    changed = replace(details_of(child.place.person), family_name="Othername")
    person_change(SYSTEM, reason=REASON, case=case, person_id=child.place.person_id,
                  details=changed)  # fmt: skip
    return kept


def test_index_follows_every_register_as_a_rebuild_would(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    kept = written(case)
    kinds = Counter(each.kind for each in SearchEntry.objects.all())
    # What it corrects is found no more; it is found with its place, and without it by others.
    assert kinds["arrest"] == 2
    assert "charge" not in kinds
    assert SearchEntry.objects.get(kind="exchange").record_id == kept
    held = SearchEntry.objects.get(kind="child")
    assert (held.reader_roles, "Othername" in held.text) == (CHILD_READERS, True)
    assert not {"Othername", CHILD_NAME.split()[1]} & set(held.title.split())
    for kind, words in (("enquiry", "Subscriberson"), ("risk", "As the tool said")):
        found = SearchEntry.objects.get(kind=kind)
        assert (found.case_id, found.reader_roles) == (case.pk, CHILD_READERS)
        assert words in found.text
    assert "Show every device" in SearchEntry.objects.get(kind="order").text
    before = set(SearchEntry.objects.values_list("kind", "record_id", "case_id", "text", "url"))
    index_rebuild()
    after = SearchEntry.objects.values_list("kind", "record_id", "case_id", "text", "url")
    assert set(after) == before


def test_enquiries_and_exchanges_are_told_to_their_readers_alone(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer, grader = make_user("i", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    case, other = make_case("OP-1", officer, grader), make_case("OP-2")
    for each in (case, other):
        child = place_of(each, PersonRole.CHILD)
        given = replace(exchange(), children=(child.pk,))
        exchange_record(SYSTEM, reason=REASON, access=access_to(each), given=given)
        suspect = suspect_of(each)
        account = GivenIdentifier("email", "a@example.org")
        identifier_add(SYSTEM, reason=REASON, case=each, person_id=suspect.person_id, given=account)
        referral = referral_receive(SYSTEM, reason=REASON, given=GivenReferral(
            "public", now_utc() - timedelta(days=5),
            parts=GivenParts(accounts=(GivenAccount("email", "A@example.org"),))))  # fmt: skip
        referral_link_case(SYSTEM, reason=REASON, referral_id=referral.pk, case=each)
        asked = GivenEnquiry("ip_resolution", "Example Net", now_utc() - timedelta(days=4))
        enquiry_send(SYSTEM, reason=REASON, referral_id=referral.pk, given=asked)
    people = frozenset(CasePerson.objects.values_list("person_id", flat=True))
    told = [(each.title, each.reference) for each in happenings_of(officer, people)]
    mine = [("Referral received", "OP-1"), ("Enquiry sent", "OP-1"),
            (f"Given: {exchange().agency}", "OP-1")]  # fmt: skip
    assert set(mine) < set(told)
    assert {reference for _title, reference in told} == {"OP-1"}
    assert not {title for title, _reference in mine} & {
        each.title for each in happenings_of(grader, people)
    }


def test_next_step_is_one_click_from_an_arrest_and_from_an_exhibit(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    supervisor = make_user("s", Role.SUPERVISOR)
    case = make_case("OP-1", supervisor)
    client, base = client_for(supervisor), f"/cases/{case.id}/"
    arrest, exhibit = arrest_of_case(case), seized_exhibit(case, "AB/1")
    shown = client.get(f"{base}arrests/{arrest.first_id}/").content.decode()
    for step in (f"{base}court/defendants/{arrest.place_id}/", f"{base}exhibits/seize/"):
        assert f'href="{step}' in shown
    shown = client.get(f"{base}exhibits/{exhibit.pk}/").content.decode()
    assert f'href="{base}examinations/queue/?exhibit={exhibit.pk}"' in shown
