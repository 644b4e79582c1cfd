"""Pages of court: the way from charge to result, who reads what, the number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.arrests.samples import suspect_of
from web.arrests.test_arrest_pages import HOSTILE, PROMPT, instant
from web.conftest import ClientFor, MakeCase, MakeUser
from web.court.samples import charge_of_case, court_result_id, hearing_id
from web.court.test_court_services import SECRET, charged, decided

from polit.base.clock import now_utc
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.court.models import Appeal, Charge, CourtResult, Hearing, HearingOutcome, Plea
from polit.web.court.rules import GivenSentence

REASON = {"reason": "a test"}


def test_from_charge_to_result_by_pages(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    suspect, client = suspect_of(case), client_for(officer)
    base = f"/cases/{case.id}/court/"
    page = f"{base}defendants/{suspect.pk}/"
    now = now_utc()
    sent = {
        "place": str(suspect.pk), "count_number": "1", "offence": "", "statute": HOSTILE,
        "particulars": HOSTILE, "from_on_0": "1", "from_on_1": "2", "from_on_2": "2020",
        **REASON, **PROMPT, **instant("charged_at", now - timedelta(days=4)),
    }  # fmt: skip
    assert client.post(f"{base}charges/add/", sent)["Location"] == page
    charge = Charge.objects.get()
    hearing = {"place": str(suspect.pk), "kind": "trial", "court": "Crown Court", **REASON,
               **instant("starts_at", now + timedelta(days=4))}  # fmt: skip
    assert client.post(f"{base}hearings/add/", hearing).status_code == 302
    heard = {"held": "adjourned", "outcome": HOSTILE, "next_kind": "", "next_court": "", **REASON,
             **instant("next_at", now + timedelta(days=9))}  # fmt: skip
    close = f"{base}hearings/{Hearing.objects.get().pk}/close/"
    assert b"Choose the kind of the next hearing" in client.post(close, heard).content
    heard |= {"next_kind": "trial", "next_court": "Crown Court"}
    assert client.post(close, heard).status_code == 302
    assert HearingOutcome.objects.count() == 1
    plea = {"plea": "not_guilty", **REASON, **instant("occurred_at", now - timedelta(days=2))}
    assert client.post(f"{base}charges/{charge.pk}/plea/", plea).status_code == 302
    result = {"verdict": "guilty", "court": "Crown Court", "sentence_1": "custody",
              "amount_1": "18", **REASON, **instant("occurred_at", now)}  # fmt: skip
    assert client.post(f"{base}charges/{charge.pk}/result/", result).status_code == 302
    kept = CourtResult.objects.get()
    appeal = {"against": "both", "stage": "lodged", **REASON, **instant("occurred_at", now_utc())}
    later = client.post(f"{base}results/{kept.pk}/appeal/", appeal)
    assert later.status_code in {200, 302}
    shown = client.get(page).content.decode()
    assert "<script>alert" not in shown
    assert "Immediate custody: 18 months" in shown
    for address in ("/court/", "/court/hearings/", f"/cases/{case.id}/"):
        assert b"<script>alert" not in client.get(address).content


def test_every_kind_is_corrected_and_withdrawn_by_pages(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client, charge = client_for(officer), charge_of_case(case)
    base = f"/cases/{case.id}/court/"
    at = instant("occurred_at", now_utc() - timedelta(hours=1))
    result = decided(case, charge, "guilty", GivenSentence("fine", 70, "in a month"))
    client.post(f"{base}charges/{charge.pk}/plea/", {"plea": "guilty", **REASON, **at})
    appeal = {"against": "both", "stage": "lodged", **REASON, **instant("occurred_at", now_utc())}
    rows = {
        "charge": charge.pk, "plea": Plea.objects.get().pk, "hearing": hearing_id(case),
        "result": result.pk,
    }  # fmt: skip
    client.post(f"{base}hearings/{rows['hearing']}/close/",
                {"held": "vacated", "outcome": "no room", **REASON})  # fmt: skip
    rows["hearing_outcome"] = HearingOutcome.objects.get().pk
    for kind, row in rows.items():
        page = client.get(f"{base}{kind}/{row}/correct/").content.decode()
        assert ("Suspect 1: " if "hearing" in kind else "Suspect 1, count 1: ") in page
        assert f"{base}defendants/{charge.place_id}/" in page
    form = client.get(f"{base}result/{result.pk}/correct/").content
    assert b'value="70"' in form
    client.post(f"{base}results/{result.pk}/appeal/", appeal)
    changed = {"verdict": "not_guilty", "court": "Crown Court", **REASON, **at}
    assert client.post(f"{base}result/{result.pk}/correct/", changed).status_code == 302
    (held,) = CourtResult.objects.standing()
    assert (held.verdict, held.first_id) == ("not_guilty", result.pk)
    rows["result"] = held.pk
    for kind, row in rows.items():
        answer = client.post(f"{base}{kind}/{row}/withdraw/", REASON)
        assert answer.status_code == 302
        assert client.get(f"{base}{kind}/{row}/withdraw/").status_code == 404
    assert client.get(f"{base}nothing/{held.pk}/correct/").status_code == 404
    assert Appeal.objects.count() <= 1


@pytest.mark.parametrize("role", sorted(CASE_ROLES))
def test_particulars_are_for_readers_of_children(
    role: Role, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    reader = make_user("r", role)
    case = make_case("OP-1", reader)
    charge = charged(case)
    decided(case, charge, "guilty", GivenSentence("fine", 70, f"not to see {SECRET}"))
    client = client_for(reader)
    pages = [client.get(f"/cases/{case.id}/court/defendants/{charge.place_id}/"),
             client.get(f"/cases/{case.id}/"), client.get("/court/")]  # fmt: skip
    shown = "".join(each.content.decode() for each in pages)
    assert (SECRET in shown) is (role in CHILD_READERS)
    assert ("Aldous" in pages[0].content.decode()) is (role in CHILD_READERS)
    assert "Found guilty" in shown


def test_lists_are_of_own_cases_and_are_narrowed(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case, other = make_case("OP-1", officer), make_case("OP-2")
    for each in (case, other):
        court_result_id(each)
        hearing_id(each)
    client = client_for(officer)
    for query, found in (("court/?result=convicted", True), ("court/?result=none", False),
                         ("court/?result=other", False), ("court/?q=aldous", True),
                         ("court/hearings/?held=none", True), ("court/hearings/?held=held", False),
                         ("court/hearings/?q=sample", True)):  # fmt: skip
        page = client.get(f"/{query}").content
        assert (b"OP-1" in page) is found
        assert b"OP-2" not in page


def test_number_of_queries_of_court_does_not_grow(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client, charge = client_for(officer), charged(case)
    decided(case, charge, "guilty", GivenSentence("fine", 70))
    hearing_id(case)
    addresses = ("/court/", "/court/hearings/", f"/cases/{case.id}/",
                 f"/cases/{case.id}/court/defendants/{charge.place_id}/")  # fmt: skip

    def counts() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.append(len(queries))
        return found

    before = counts()
    for number in range(2, 5):
        each = charged(case, count_number=number)
        decided(case, each, "guilty", GivenSentence("fine", 70))
    assert counts() == before
