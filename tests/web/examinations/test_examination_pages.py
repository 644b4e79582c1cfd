"""Pages of examinations: lists, ordering, progress, notes; who may; hostile names."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import examination_of
from web.seized import seized_exhibit

from polit.base.errors import BrokerGone
from polit.broker.client import EvidenceItem
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, Role
from polit.web.examinations import views
from polit.web.examinations.models import Examination, Note
from polit.web.intake import views as intake_views
from polit.web.tasks.examining import order_of

HOSTILE = "<script>alert(1)</script>\u202e'\"=1+1"


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@dataclass(frozen=True)
class Broker:
    """Lists what it is told to."""

    def evidence_list(self, place: str) -> tuple[EvidenceItem, ...]:
        if not place:
            return (EvidenceItem("evidence", "folder", 0),)
        return (EvidenceItem("AB%2F1.E01", "file", 5), EvidenceItem("b.dd", "file", 5),
                EvidenceItem(HOSTILE, "folder", 0))  # fmt: skip

    def package_list(self) -> tuple[str, ...]:
        return ("T-1/AB%2F1.polit", f"T-1/{HOSTILE}.polit")


@dataclass(frozen=True)
class NoBroker:
    """Does not answer."""

    def evidence_list(self, place: str) -> tuple[EvidenceItem, ...]:
        raise BrokerGone(f"the broker does not answer {place}")

    def package_list(self) -> tuple[str, ...]:
        raise BrokerGone("the broker does not answer")


@pytest.fixture(autouse=True)
def _broker(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (views, intake_views):
        monkeypatch.setattr(module, "broker_client", Broker)


@pytest.fixture
def case(make_case: MakeCase, make_user: MakeUser) -> Case:
    found = make_case("T-1", make_user("e.example", Role.EXAMINER))
    seized_exhibit(found, "AB/1")
    return found


@pytest.fixture
def examiner(case: Case, client_for: ClientFor) -> Client:
    return client_for(case.members.get().user)


def at(name: str, case: Case, **more: object) -> str:
    return reverse(name, kwargs={"case_id": case.id, **more})


def order(case: Case) -> dict[str, object]:
    return {
        "exhibit_0": str(case.exhibits.get().id), "authority": "warrant 7", "acquisition": "",
        "clock_offset_s": "-60", "time_zone": "Europe/London", "keep_originals": "on",
        "priority": "2", "reason": "asked by the officer in the case",
    }  # fmt: skip


def test_roots_and_folders_are_browsed(case: Case, examiner: Client) -> None:
    roots = examiner.get(at("examinations:browse", case)).content.decode()
    inside = examiner.get(at("examinations:browse", case), {"place": "evidence"}).content.decode()

    assert "evidence" in roots
    assert "Queue all 2 images" in inside
    assert "<script>alert(1)" not in inside


def test_images_are_queued_each_for_itself(case: Case, examiner: Client) -> None:
    url = at("examinations:order", case) + "?evidence=evidence/AB%252F1.E01&evidence=evidence/b.dd"
    shown = examiner.get(url).content.decode()
    exhibit = str(case.exhibits.get().id)

    response = examiner.post(url, {**order(case), "exhibit_1": exhibit})

    assert f'value="{exhibit}" selected' in shown  # guessed from the name of the first
    assert response.status_code == 302, response.content.decode()
    assert sorted(Examination.objects.values_list("place", flat=True)) == [
        "evidence/AB%2F1.E01", "evidence/b.dd",
    ]  # fmt: skip


def test_exhibit_that_led_here_is_chosen_already(case: Case, examiner: Client) -> None:
    exhibit = str(case.exhibits.get().id)
    page = reverse("exhibits:page", args=[case.id, exhibit])
    browse = at("examinations:browse", case) + f"?exhibit={exhibit}"
    assert f'href="{browse}"' in examiner.get(page).content.decode()
    inside = examiner.get(browse, {"exhibit": exhibit, "place": "evidence"}).content.decode()
    assert f'name="exhibit" value="{exhibit}"' in inside
    asked = {"evidence": "evidence/b.dd", "exhibit": exhibit}
    shown = examiner.get(at("examinations:order", case), asked).content.decode()
    assert f'value="{exhibit}" selected' in shown


def test_what_is_ticked_reaches_the_broker(case: Case, examiner: Client) -> None:
    url = at("examinations:order", case) + "?evidence=evidence/b.dd"
    assert 'name="carve"' in (shown := examiner.get(url).content.decode())
    assert "checked" in shown[shown.index('name="carve"') :].partition(">")[0]

    examiner.post(url, {**order(case), "shadow_copies": "on"})

    examination = Examination.objects.get()
    asked = order_of(examination)
    assert (asked.carve, asked.shadow_copies, asked.keep_originals) == (False, True, True)
    page = examiner.get(at("examinations:page", case, examination_id=examination.id))
    assert "examined for what differs" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"authority": ""}, "Enter authority to examine"),
        ({"exhibit_0": ""}, "Choose"),
        ({"acquisition": "md5:1"}, "write md5:"),
        ({"reason": ""}, "Enter the reason"),
    ],
)
def test_order_without_what_it_needs_is_shown_again(
    case: Case, examiner: Client, changes: dict[str, str], said: str
) -> None:
    url = at("examinations:order", case) + "?evidence=evidence/b.dd"

    page = examiner.post(url, {**order(case), **changes}).content.decode()

    assert said in page
    assert not Examination.objects.exists()


def test_digests_are_stated_for_one_image_at_a_time(case: Case, examiner: Client) -> None:
    url = at("examinations:order", case) + "?evidence=a&evidence=b"
    digest = "md5:" + "0" * 32

    page = examiner.post(url, {**order(case), "acquisition": digest}).content.decode()

    assert "one image at a time" in page


def test_nothing_chosen_leads_back(case: Case, examiner: Client) -> None:
    response = examiner.get(at("examinations:order", case), {"evidence": " "})

    assert response.status_code == 302


def test_broker_that_is_gone_is_said(
    case: Case, examiner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (views, intake_views):
        monkeypatch.setattr(module, "broker_client", NoBroker)

    for name in ("examinations:browse", "intake:attach"):
        assert b"does not answer" in examiner.get(at(name, case)).content


def test_package_is_attached(case: Case, examiner: Client) -> None:
    given = {
        "package": "T-1/AB%2F1.polit", "exhibit": str(case.exhibits.get().id),
        "authority": "warrant 7", "mismatch_reason": "", "reason": "from the laboratory",
    }  # fmt: skip

    response = examiner.post(at("intake:attach", case), given)

    assert response.status_code == 302
    examination = Examination.objects.get()
    assert (examination.kind, examination.package) == ("attached", "T-1/AB%2F1.polit")
    page = examiner.get(response["Location"]).content.decode()
    assert "Package attached" in page


def test_examination_is_cancelled_and_moved_in_the_queue(case: Case, examiner: Client) -> None:
    examination = examination_of(case.exhibits.get(), "root/a", kind="queued", state="asked")
    one = {"examination_id": examination.id}

    moved = examiner.post(at("examinations:priority", case, **one), {"priority": 1, "reason": "x"})
    ended = examiner.post(
        at("examinations:act", case, **one, examination_action="cancel"), {"reason": "withdrawn"}
    )
    again = examiner.post(
        at("examinations:act", case, **one, examination_action="stop"), {"reason": "x"}
    )
    unknown = examiner.get(at("examinations:act", case, **one, examination_action="burn"))

    assert (moved.status_code, ended.status_code, unknown.status_code) == (302, 302, 404)
    assert "load the page again" in again.content.decode()
    examination.refresh_from_db()
    assert (examination.state, examination.priority) == ("cancelled", 1)


def test_progress_asks_again_only_while_it_moves(case: Case, examiner: Client) -> None:
    exhibit = case.exhibits.get()
    moving = examination_of(exhibit, "root/a", state="running")
    ended = examination_of(exhibit, "root/b", state="failed", message=HOSTILE)

    first = examiner.get(at("examinations:progress", case, examination_id=moving.id))
    second = examiner.get(at("examinations:progress", case, examination_id=ended.id))

    assert b"every 5s" in first.content
    assert b"every 5s" not in second.content
    assert b"<script>alert(1)" not in second.content
    assert first["Cache-Control"] == "no-store"


def test_note_is_written_and_corrected_with_both_visible(case: Case, examiner: Client) -> None:
    examination = examination_of(case.exhibits.get(), "root/a")
    one = {"examination_id": examination.id}
    when = {"occurred_at_0": "5", "occurred_at_1": "1", "occurred_at_2": "2026",
            "occurred_at_3": "14:05"}  # fmt: skip

    examiner.post(at("examinations:note", case, **one), {**when, "text": f"seal intact {HOSTILE}"})
    note = Note.objects.get()
    url = at("examinations:note_correct", case, **one, examination_note_id=note.id)
    before = examiner.get(url).content.decode()
    examiner.post(url, {**when, "text": "seal broken"})
    page = examiner.get(at("examinations:page", case, **one)).content.decode()

    assert "seal intact" in before
    assert "<s>" in page
    assert "seal broken" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("is_member", [True, False])
def test_who_reads_and_who_orders(
    case: Case, make_user: MakeUser, client_for: ClientFor, role: Role, is_member: bool
) -> None:

    user = make_user("w.example", role)
    if is_member:
        with act(SYSTEM, "tests.member", reason="a test", case=case) as deed:
            CaseMember(case=case, user=user, purpose="quality").save()
            deed.about("member", user.id)
    client = client_for(user)
    reads = is_member and role in CASE_ROLES
    orders = is_member and role in {Role.EXAMINER, Role.SUPERVISOR}

    assert (client.get(at("examinations:list", case)).status_code == 200) is reads
    for name in ("examinations:browse", "intake:attach"):
        assert (client.get(at(name, case)).status_code == 200) is orders


def test_list_asks_the_same_number_of_queries_for_one_and_for_many(
    case: Case, examiner: Client
) -> None:
    exhibit = case.exhibits.get()
    counts = []
    for number in (1, 9):
        for more in range(number):
            examination_of(exhibit, f"root/{number}{more}", state="running")
        with CaptureQueriesContext(connection) as queries:
            assert examiner.get(at("examinations:list", case)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 13


def test_case_page_names_its_examinations(case: Case, examiner: Client) -> None:
    examination_of(case.exhibits.get(), "root/a", state="running")

    page = examiner.get(reverse("cases:page", kwargs={"case_id": case.id})).content.decode()

    assert "Being examined" in page
