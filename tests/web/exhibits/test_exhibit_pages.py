"""The pages of exhibits: what they show, to whom, and in how many questions to the database."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import MakeCase, MakeUser
from web.exhibits import samples
from web.exhibits.custody_stories import PHONE, SEIZURE, after, happening, record, seized
from web_sessions import client_of, signed_in_session

from polit.broker.client import BrokerGone, BrokerRefused, Code, ReencodedPhotograph
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, Role
from polit.web.exhibits.continuity import PARTS
from polit.web.exhibits.forms import things as things_forms
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.rules import CUSTODY_ROLES, EventKind, Person
from polit.web.exhibits.services import GivenPasscode, exhibit_seize, photographs

HOSTILE = "<script>alert(1)</script>\u202e=cmd|\"&'{{7*7}}"


@pytest.fixture
def officer(make_user: MakeUser) -> User:
    return make_user("a.example", Role.SUPERVISOR, Role.EXAMINER)


@pytest.fixture
def case(make_case: MakeCase, officer: User) -> Case:
    return make_case("OP/1", officer)


@pytest.fixture
def client(officer: User) -> Client:
    return client_of(signed_in_session(officer))


def instant(name: str, hours: float) -> dict[str, str]:
    at = after(hours)
    return dict(
        zip(
            [f"{name}_{index}" for index in range(4)],
            [str(at.day), str(at.month), str(at.year), at.strftime("%H:%M")],
            strict=True,
        )
    )


def seize_fields(**other: str) -> dict[str, str]:
    return {
        "reference": "AB/1",
        "description": "A phone",
        "kind": "phone:smartphone",
        "powered": "off",
        "quantity": "1",
        "place": "1 Example Street",
        "producer_name": "A. Example",
        "producer_number": "1234",
        "power_code": "pace-1984-s8",
        "power_reference": "W-1",
        **instant("seized_at", 0),
        **other,
    }


def test_seizing_leads_to_the_exhibit_and_offers_the_next_with_nothing_retyped(
    client: Client, case: Case
) -> None:
    url = reverse("exhibits:seize", args=[case.id])

    answer = client.post(url, seize_fields(another="on"))

    assert (answer.status_code, answer["Location"]) == (302, url)
    form = client.get(url).context["form"]
    assert form.initial["reference"] == "AB/2"
    assert form.initial["place"] == "1 Example Street"
    assert form.initial["power_reference"] == "W-1"
    assert form.initial["seized_at"] == after(0)
    assert Exhibit.objects.get(case=case).events.get().kind == "seizure"


def test_next_reference_goes_on_from_each_producers_last(client: Client, case: Case) -> None:
    url = reverse("exhibits:seize", args=[case.id])
    assert client.get(url).context["form"].initial["reference"] == ""
    for reference, name in (("AB/9", "A.Example"), ("ab/10", "A.Example"), ("CD/4", "C. Example")):
        seizure = replace(SEIZURE, producer=Person(name))
        thing = replace(PHONE, reference=reference)
        exhibit_seize(SYSTEM, reason="search", case=case, seizure=seizure, thing=thing)
    form = client.get(url).context["form"]
    assert form.initial["reference"] == "ab/11"  # whoever is signed in goes on from their own
    assert "Next: ab/11, CD/5." in form.fields["reference"].help_text
    assert "lawyer" in form.fields["power_code"].help_text


def test_refusal_of_a_service_stands_on_the_form(client: Client, case: Case) -> None:
    seized(case)
    answer = client.post(reverse("exhibits:seize", args=[case.id]), seize_fields())
    assert answer.status_code == 200
    assert "has an exhibit of that reference already" in answer.content.decode()


def test_hostile_text_is_shown_as_text_everywhere(client: Client, case: Case) -> None:
    exhibit = seized(case, description=HOSTILE, condition=HOSTILE, owner=HOSTILE)
    record(exhibit, happening(EventKind.HAND_OVER, note=HOSTILE))

    for url in (
        reverse("exhibits:page", args=[case.id, exhibit.id]),
        reverse("exhibits:list", args=[case.id]),
        reverse("cases:page", args=[case.id]),
        reverse("exhibits:correct", args=[case.id, exhibit.id]),
        reverse("exhibits:search") + "?q=AB/1",
    ):
        answer = client.get(url)
        text = answer.content.decode()
        assert answer.status_code == 200, url
        assert "<script>alert" not in text, url
        if not url.endswith("correct/"):  # what is in an input is the value itself
            assert "\u202e" not in text, url


def test_event_moves_the_exhibit_and_the_second_of_two_at_once_is_told_so(
    client: Client, case: Case
) -> None:
    exhibit = seized(case)
    url = reverse("exhibits:event", args=[case.id, exhibit.id, "hand_over"])
    fields = {
        "after_number": "1",
        "place": "Office",
        "given_signature": "A Example",
        "taker_name": "B. Example",
        "taker_number": "5678",
        "reason": "For store",
        "seal_found": "",
        **instant("occurred_at", 1),
    }
    assert client.get(url).status_code == 200

    first, second = client.post(url, fields), client.post(url, fields)

    assert first.status_code == 302
    event = exhibit.events.get(number=2)
    assert (event.holder_after, event.taken_signature) == ("B. Example (5678)", "B. Example")
    text = second.content.decode()
    assert second.status_code == 200
    assert "Somebody recorded event 2 meanwhile" in text
    assert 'name="after_number" value="2"' in text


def test_several_are_handed_over_in_one_form(client: Client, case: Case) -> None:
    exhibits = [seized(case, f"AB/{index}") for index in (1, 2, 3)]
    url = reverse("exhibits:together", args=[case.id, "store"])
    assert client.get(url).status_code == 200
    fields = {
        "turns": [f"{each.id}:1" for each in exhibits[:2]],
        "place": "Station",
        "taker_name": "Property store",
        "reason": "Kept",
        "seal_found": "",
        **instant("occurred_at", 1),
    }

    assert client.post(url, fields).status_code == 302
    again = client.post(url, fields)

    assert [each.events.count() for each in exhibits] == [2, 2, 1]
    assert (
        "AB/1: somebody recorded event 2 meanwhile" in again.content.decode().replace("&#x27;", "'")
        or "meanwhile" in again.content.decode()
    )
    assert client.get(reverse("exhibits:together", args=[case.id, "seal"])).status_code == 404


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "1:1", "", "\u0661"])
def test_number_that_no_event_can_have_is_refused_on_the_form(
    number: str, client: Client, case: Case
) -> None:
    exhibit = seized(case)
    url = reverse("exhibits:together", args=[case.id, "store"])
    fields = {
        "turns": [f"{exhibit.id}:{number}"], "place": "Station", "taker_name": "Property store",
        "reason": "Kept", "seal_found": "", **instant("occurred_at", 1),
    }  # fmt: skip
    assert client.post(url, fields).status_code == 200
    assert exhibit.events.count() == 1


def test_correction_offers_what_the_event_says(client: Client, case: Case) -> None:
    exhibit = seized(case)
    url = reverse("exhibits:event_correct", args=[case.id, exhibit.id, 1])
    offered = {value for value, _label in client.get(url).context["form"].fields["field"].choices}
    assert offered >= {"authority", "producer", "holder"}
    assert not offered & {"copy", "document", "signature"}


def test_stale_correction_of_a_description_is_refused(client: Client, case: Case) -> None:
    exhibit = seized(case)
    url = reverse("exhibits:correct", args=[case.id, exhibit.id])
    known = client.get(url).context["form"].initial
    fields = {k: str(v or "") for k, v in known.items() if k != "is_imei_unreadable"}
    assert client.post(url, fields | {"make": "Acme", "reason": "Read"}).status_code == 302
    stale = client.post(url, fields | {"model": "X", "reason": "Read"})
    assert "Somebody else corrected it meanwhile" in stale.content.decode()


def test_code_is_in_no_page_and_no_audit_row_until_it_is_shown(client: Client, case: Case) -> None:
    exhibit = seized(case)
    add = reverse("exhibits:passcode_add", args=[case.id, exhibit.id])
    fields = {
        "opens": "screen",
        "code": "  4711-secret ",
        "given_by": "C. Example",
        "power": "RIPA 2000 s.49",
        **instant("given_at", 1),
    }
    assert client.get(add).status_code == 200
    assert client.post(add, fields).status_code == 302
    page = client.get(reverse("exhibits:page", args=[case.id, exhibit.id])).content.decode()
    assert "4711-secret" not in page
    passcode = exhibit.passcodes.get()
    show = reverse("exhibits:passcode_show", args=[case.id, exhibit.id, passcode.id])
    assert client.get(show).status_code in {403, 404, 405}

    shown = client.post(show)

    assert "4711-secret" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert AuditEvent.objects.filter(action="exhibits.passcode_show").count() == 1
    assert not [e for e in AuditEvent.objects.all() if "4711" in e.details + e.reason]
    assert b"4711" not in bytes(passcode.sealed)


def test_refused_form_does_not_show_the_code_again(client: Client, case: Case) -> None:
    exhibit = seized(case)
    add = reverse("exhibits:passcode_add", args=[case.id, exhibit.id])
    answer = client.post(add, {"opens": "", "code": "4711-secret", **instant("given_at", 1)})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "4711-secret" not in text
    assert 'autocomplete="off"' in text[text.index('name="code"') - 200 :][:600]


def test_given_passcode_does_not_print_its_code() -> None:
    given = GivenPasscode("4711", "screen", "C. Example", after(0), "free will")
    assert "4711" not in repr(given)


@pytest.mark.parametrize("role", [None, *Role])
def test_who_reaches_the_pages(
    role: Role | None, case: Case, make_user: MakeUser, make_case: MakeCase
) -> None:
    person = make_user("b.example", *([role] if role else []))
    if role in CASE_ROLES:
        case = make_case("OP/2", person)
    exhibit = seized(case)
    browser = client_of(signed_in_session(person))
    reads = role in CASE_ROLES
    handles = role in CUSTODY_ROLES
    expected: dict[str, bool] = {
        reverse("exhibits:list", args=[case.id]): reads,
        reverse("exhibits:page", args=[case.id, exhibit.id]): reads,
        reverse("exhibits:papers", args=[case.id]): reads,
        reverse("exhibits:seize", args=[case.id]): handles,
        reverse("exhibits:split", args=[case.id, exhibit.id]): handles,
        reverse("exhibits:event", args=[case.id, exhibit.id, "seal"]): handles,
        reverse("exhibits:event_correct", args=[case.id, exhibit.id, 1]): handles,
        reverse("exhibits:correct", args=[case.id, exhibit.id]): handles,
    }
    for url, may in expected.items():
        assert (browser.get(url).status_code == 200) is may, url


def test_outsider_finds_nothing_by_search_code_or_another_case_address(
    case: Case, make_user: MakeUser, make_case: MakeCase, client: Client
) -> None:
    exhibit = seized(case)
    outsider = make_user("c.example", Role.EXAMINER)
    other = make_case("OP/3", outsider)
    browser = client_of(signed_in_session(outsider))
    code = f"polit:exhibit:{exhibit.id}"

    assert client.get(reverse("exhibits:scan"), {"code": code}).status_code == 302
    assert browser.get(reverse("exhibits:scan"), {"code": code}).status_code == 200
    assert browser.get(reverse("exhibits:scan"), {"code": "polit:exhibit:x"}).status_code == 200
    assert not browser.get(reverse("exhibits:search"), {"q": "AB/1"}).context["rows"]
    assert not browser.get(reverse("exhibits:search"), {"q": code}).context["rows"]
    assert browser.get(reverse("exhibits:page", args=[other.id, exhibit.id])).status_code == 404
    assert client.get(reverse("exhibits:page", args=[other.id, exhibit.id])).status_code == 404


@pytest.mark.parametrize("text", ["ab/1", "AB/\u200b1", "SN-9", "35 6938 03 5643 809", "S-77"])
def test_search_finds_by_reference_serial_imei_and_seal(
    text: str, client: Client, case: Case
) -> None:
    device = replace(PHONE.device, serial="sn-9", imei="356938035643809")
    seized(case, device=device, seal="S-77")
    rows = client.get(reverse("exhibits:search"), {"q": text}).context["rows"]
    assert [row.exhibit.reference for row in rows] == ["AB/1"]
    assert AuditEvent.objects.filter(action="exhibits.search").count() == 1


def test_list_asks_the_same_number_of_questions_for_three_and_for_a_hundred(
    client: Client, case: Case
) -> None:
    url = reverse("exhibits:list", args=[case.id])
    for index in range(3):
        seized(case, f"AB/{index}")
    client.get(url)
    few = _questions(lambda: client.get(url))
    for index in range(3, 60):
        seized(case, f"AB/{index}")

    many = _questions(lambda: client.get(url))

    assert many == few
    page = client.get(url).context["page"]
    assert (len(page.rows), bool(page.after)) == (50, True)
    assert len(client.get(url, {"after": page.after}).context["page"].rows) == 10


def test_exhibit_page_asks_the_same_number_of_questions_however_long_its_continuity(
    client: Client, case: Case
) -> None:
    exhibit = seized(case)
    url = reverse("exhibits:page", args=[case.id, exhibit.id])
    client.get(url)
    few = _questions(lambda: client.get(url))
    for index in range(20):
        record(exhibit, happening(EventKind.HAND_OVER, index + 1, taker=Person(f"P. {index}")))
    assert _questions(lambda: client.get(url)) == few


def _questions(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_samples_are_good_addresses(client: Client, case: Case) -> None:
    values = {name: make(case) for name, make in samples.SAMPLES.items()}
    exhibit = values["exhibit_id"]
    picture = reverse("exhibits:photograph", args=[case.id, exhibit, values["photograph_id"]])
    small = reverse("exhibits:thumbnail", args=[case.id, exhibit, values["photograph_id"]])
    event = reverse("exhibits:event", args=[case.id, exhibit, values["kind"]])
    for url in (picture, small, event):
        answer = client.get(url)
        assert answer.status_code == 200, url
    assert "no-store" in client.get(picture)["Cache-Control"]
    show = reverse("exhibits:passcode_show", args=[case.id, exhibit, values["passcode_id"]])
    assert client.post(show).status_code == 200


def test_part_is_split_off_corrected_and_shown_below_its_parent(client: Client, case: Case) -> None:
    parent = seized(case)
    fields = seize_fields(
        reference="AB/1/1",
        after_number="1",
        reason="SIM card taken out",
        **instant("occurred_at", 1),
    )
    url = reverse("exhibits:split", args=[case.id, parent.id])
    assert client.get(url).context["form"].initial["reference"] == "AB/1/1"

    answer = client.post(url, fields)

    part = Exhibit.objects.get(case=case, reference="AB/1/1")
    assert answer["Location"] == reverse("exhibits:page", args=[case.id, part.id])
    seized(case, "AB/10")
    seized(case, "AB/2")
    rows = client.get(reverse("exhibits:list", args=[case.id])).context["page"].rows
    assert [row.exhibit.reference for row in rows] == ["AB/1", "AB/1/1", "AB/2", "AB/10"]
    correct = reverse("exhibits:correct", args=[case.id, part.id])
    known = client.get(correct).context["form"].initial
    changed = {
        **{k: str(v or "") for k, v in known.items()},
        "make": "Acme",
        "reason": "Read again",
    }
    changed.pop("is_imei_unreadable")
    assert client.post(correct, changed).status_code == 302
    event = AuditEvent.objects.get(action="exhibits.correct")
    assert '"make":{"new":"Acme","old":""}' in event.details
    page = client.get(reverse("exhibits:page", args=[case.id, part.id])).content.decode()
    assert "Taken off" in page


def test_event_is_corrected_by_a_further_one(client: Client, case: Case) -> None:
    exhibit = seized(case)
    url = reverse("exhibits:event_correct", args=[case.id, exhibit.id, 1])
    fields = {
        "after_number": "1",
        "field": "place",
        "text": "2 Example Street",
        "reason": "Notebook",
    }
    assert client.get(url).status_code == 200
    assert "Enter what is right" in client.post(url, fields | {"text": ""}).content.decode()
    assert client.post(url, fields).status_code == 302
    exhibit.refresh_from_db()
    assert exhibit.seized_place == "2 Example Street"
    page = client.get(reverse("exhibits:page", args=[case.id, exhibit.id])).content.decode()
    assert "Corrected by event 2" in page
    assert "Entered later" in page.split("2. Correction")[0]
    assert "Entered later" not in page.split("2. Correction")[1]
    assert (
        client.get(reverse("exhibits:event_correct", args=[case.id, exhibit.id, 9])).status_code
        == 404
    )


class Broker:
    """Answers as the broker does: with a new encoding, with a refusal, or not at all."""

    error: Exception | None = None

    def photograph_reencode(self, data: bytes) -> ReencodedPhotograph:
        if self.error:
            raise self.error
        return ReencodedPhotograph("image/jpeg", b"full" + data, 4, 3, b"small" + data)


def test_photograph_is_uploaded_or_its_refusal_stands_on_the_form(
    client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photographs, "broker", Broker)
    exhibit = seized(case)
    url = reverse("exhibits:photograph_add", args=[case.id, exhibit.id])
    assert client.get(url).status_code == 200

    def upload(data: bytes) -> HttpResponse:
        file = SimpleUploadedFile("a.jpg", data, "image/jpeg")
        return client.post(url, {"photograph": file, "caption": "Back"})  # type: ignore[return-value]

    assert upload(b"one").status_code == 302
    page = client.get(reverse("exhibits:page", args=[case.id, exhibit.id])).content.decode()
    assert "Photograph 1 of the device" in page
    monkeypatch.setattr(Broker, "error", BrokerRefused(Code.UNDECODABLE, "no picture"))
    assert "The file was not taken" in upload(b"two").content.decode()
    monkeypatch.setattr(Broker, "error", BrokerGone("nobody answers"))
    assert "try again later" in upload(b"two").content.decode()
    monkeypatch.setattr(things_forms, "MAX_UPLOAD_BYTES", 2)
    assert "at most 30 MB" in upload(b"two").content.decode()


@pytest.mark.parametrize("kind", [*PARTS])
def test_every_kind_has_its_form(kind: EventKind, client: Client, case: Case) -> None:
    is_sealed = kind in {EventKind.CHANGE_SEAL, EventKind.OPEN_SEAL}
    exhibit = seized(case, seal="S-1" if is_sealed else "")
    if kind is EventKind.TAKE_OUT:
        record(exhibit, happening(EventKind.STORE, 1))
    if kind is EventKind.END_EXAMINATION:
        record(exhibit, happening(EventKind.BEGIN_EXAMINATION, 1))
    url = reverse("exhibits:event", args=[case.id, exhibit.id, kind.value])
    fields = {
        "after_number": str(exhibit.events.count()),
        "place": "Office",
        "old_seal": "S-1",
        "seal_found": "intact",
        "new_seal": "S-2",
        "given_signature": "A Example",
        "taker_name": "B. Example",
        "document": "D-1",
        "copy_what": "All of it",
        "copy_digest": "SHA256:" + "0" * 64,
        "copy_place": "Vault",
        "reason": "Because",
        **instant("occurred_at", 2),
    }
    assert client.get(url).status_code == 200
    assert client.post(url, fields).status_code == 302
    assert exhibit.events.order_by("-number")[0].kind == kind
    if kind is EventKind.COPY:
        wrong = client.post(url, fields | {"copy_digest": "abc"})
        assert "Enter the algorithm" in wrong.content.decode()


def test_form_that_could_only_be_refused_is_not_there(client: Client, case: Case) -> None:
    exhibit = seized(case)
    for kind in ("take_out", "open_seal", "seizure", "correct", "nonsense"):
        url = reverse("exhibits:event", args=[case.id, exhibit.id, kind])
        assert client.get(url).status_code == 404, kind
