"""A running examination is followed: its items are provisional, and what is decided stands on."""

import json
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import examination_of
from web.matching.stacked import Shot, package_of_shots
from web.review.looked_at import TellingBroker, session_of
from web.review.test_review_data import ordered, tiles_of
from web.review.test_unveiling import Desk
from web.seized import seized_exhibit

from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import Code, ProvisionalItem, ProvisionalPage
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.examinations.models import Examination
from polit.web.examinations.rules import ExaminationState
from polit.web.examinations.services import Step, examination_step
from polit.web.items.models import FollowedItem, Following, Item
from polit.web.items.rules import ItemMark, ItemState, alert_verdict, enters_review, place_of
from polit.web.items.services.building import items_build
from polit.web.review.views import running, unveil
from polit.web.welfare.models import Exposure

SHOTS = tuple(Shot(f"running {number}", bytes([number] * 32)) for number in range(6))
PACKAGE = "OP-1/AB%2F9.polit"
GOOD = 5
"""What a set settles as known-good."""


class RunningBroker(TellingBroker):
    """A broker whose examination has found more each time; two contents a page."""

    def __init__(self, order_id: str) -> None:
        """Take the order that it knows."""
        super().__init__()
        self.order_id = order_id
        self.told: dict[str, ProvisionalItem] = {}
        self.error: Exception | None = None
        self.lists = 0

    def find(self, *numbers: int, **facts: int) -> None:
        """Find pictures."""
        for number in numbers:
            sha256 = SHOTS[number].sha256.hex()
            self.told[sha256] = ProvisionalItem(
                sha256, "still", "image/png", 900, 64, 48, None, 1, has_tile=number != 2,
                alerts=facts.get("alerts", 0), is_settled=number == GOOD,
            )  # fmt: skip

    def provisional_list(
        self, order_id: str, *, case_reference: str, after: str = ""
    ) -> ProvisionalPage:
        """Return what was found, in the order of digests."""
        self.lists += 1
        assert (order_id, case_reference) == (self.order_id, "OP-1")
        if self.error is not None:
            raise self.error
        page = [self.told[each] for each in sorted(self.told) if each > after][:2]
        following = page[-1].sha256 if len(page) == 2 else ""
        return ProvisionalPage("AB/9", PACKAGE, tuple(page), following)

    def provisional_tiles(
        self, order_id: str, sha256s: Sequence[str], *, case_reference: str
    ) -> dict[str, bytes]:
        """Return tiles that say whose they are."""
        assert (order_id, case_reference) == (self.order_id, "OP-1")
        if self.error is not None:
            raise self.error
        return {each: each[:8].encode() for each in sha256s}


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("g.example", Role.GRADER)


@pytest.fixture
def case(make_case: MakeCase, user: User) -> Case:
    return make_case("OP-1", user)


@pytest.fixture
def examination(case: Case) -> Examination:
    exhibit = seized_exhibit(case, "AB/9")
    return examination_of(exhibit, "root/x", kind="queued", state="running", package="")


@pytest.fixture
def finding(examination: Examination, monkeypatch: pytest.MonkeyPatch) -> RunningBroker:
    made = RunningBroker(str(examination.order_id))
    monkeypatch.setattr(running, "broker", lambda: made)
    monkeypatch.setattr(unveil, "broker", lambda: made)
    return made


@pytest.fixture
def client(user: User, case: Case, client_for: ClientFor) -> Client:
    session_of(user, case)
    return client_for(user)


def address(name: str, examination: Examination) -> str:
    at = {"case_id": examination.case_id, "examination_id": examination.pk}
    return reverse(f"review:{name}", kwargs=at)


def due() -> None:
    """Let the time pass until what runs is read on."""
    for each in Following.objects.all():
        assert each.read_at is not None
        Following.objects.filter(pk=each.pk).update(read_at=each.read_at - timedelta(minutes=1))


def place(number: int) -> int:
    return place_of(Item.objects.get(sha256=SHOTS[number].sha256).pk)


@pytest.fixture
def urls(client: Client, examination: Examination, finding: RunningBroker) -> dict[str, str]:
    """Load the page, let more be found, and be told of it; return the page's addresses."""
    finding.find(0, 1, 2, GOOD)
    page = client.get(address("running", examination))
    config = page.context["config"]
    assert (config["provisional"], config["is_ready"]) == (True, True)
    assert b"Provisional." in page.content
    finding.find(3, alerts=2)
    finding.find(4, alerts=1)
    due()
    found: dict[str, str] = config["urls"]
    told = client.get(found["changes"], {"since": 0}).json()
    assert (told["count"], told["items"]) == (5, [])
    return found


def test_what_was_found_so_far_is_shown_alerts_first(
    client: Client, case: Case, finding: RunningBroker, urls: dict[str, str]
) -> None:
    calls = finding.lists
    with CaptureQueriesContext(connection) as queries:
        header, arrays = ordered(client, urls["order"])
    assert len([each for each in queries if "items_" in each["sql"]]) == 3
    assert finding.lists == calls, "an order reads nothing on"
    assert (header["count"], header["read"]) == (5, 5)
    assert arrays["places"][:2] == [place(3), place(4)], "alerts first"
    assert not Item.objects.filter(sha256=SHOTS[GOOD].sha256).exists(), "settled: never"
    marks = dict(zip(arrays["places"], map(ItemMark, arrays["marks"]), strict=True))
    assert marks[place(3)] == ItemMark.PROVISIONAL | ItemMark.ALERT
    assert marks[place(4)] == ItemMark.PROVISIONAL | ItemMark.ALERT | ItemMark.NEAR
    assert marks[place(2)] == ItemMark.PROVISIONAL | ItemMark.NO_TILE
    assert set(arrays["states"]) == {ItemState.PENDING}
    tiles = client.get(urls["tiles"], {"places": f"{place(0)},{place(2)}"})
    assert tiles_of(tiles.content) == {
        place(0): SHOTS[0].sha256.hex()[:8].encode(), place(2): b"",
    }  # fmt: skip
    facts = client.get(reverse("review:item", kwargs={"case_id": case.id, "place": place(3)}))
    assert facts.json()["standing"].startswith("Provisional")
    ordinary = reverse("review:order", kwargs={"case_id": case.id})
    assert ordered(client, ordinary)[0]["count"] == 0, "no page of the case's mixes them in"


def test_the_one_door_unveils_from_the_running_package(
    client: Client, case: Case, finding: RunningBroker, urls: dict[str, str]
) -> None:
    del urls
    Desk(client, case).ask("page", place(3), place(0))
    event = json.loads(AuditEvent.objects.get(action="pictures.page").details)
    assert [each["package"] for each in event["items"]] == [PACKAGE] * 2
    assert finding.asked == [("pictures.page", 2)]
    assert Exposure.objects.count() == 2


def test_a_decision_stands_when_the_package_is_imported(
    client: Client, case: Case, examination: Examination, urls: dict[str, str]
) -> None:
    body = {"places": [place(3)], "code": "A", "rung": "grey160"}
    decided = client.post(urls["decide"], json.dumps(body), "application/json").json()
    ((_, state, _, mark),) = decided["items"]
    assert state == ItemState.GRADED
    assert mark & ItemMark.PROVISIONAL
    told = client.get(urls["changes"], {"since": 0}).json()
    assert [each[:2] for each in told["items"]] == [[place(3), ItemState.GRADED]]
    assert [ordered(client, f"{urls['order']}?queue={queue}")[0]["count"]
            for queue in ("", "all")] == [4, 5]  # fmt: skip

    before = {bytes(each.sha256): each.pk for each in Item.objects.all()}
    for standing in (ExaminationState.DONE, ExaminationState.IMPORTED):
        step = Step(standing)
        examination_step(SYSTEM, reason="a test", examination_id=examination.pk, turn=0, step=step)
    package_of_shots(case, SHOTS)
    assert items_build(case.id) is not None

    items = {bytes(each.sha256): each for each in Item.objects.all()}
    assert {sha256: items[sha256].pk for sha256 in before} == before
    assert all(each.is_present and each.content_id for each in items.values())
    graded = [sha256 for sha256, each in items.items() if each.state == ItemState.GRADED]
    assert graded == [SHOTS[3].sha256]
    assert not FollowedItem.objects.exists()
    assert client.get(address("running", examination)).status_code == 302
    header, arrays = ordered(client, reverse("review:order", kwargs={"case_id": case.id}))
    assert header["count"] == len(SHOTS) - 1
    assert not any(mark & ItemMark.PROVISIONAL for mark in arrays["marks"])


def test_what_changes_while_it_runs_changes_the_list(
    client: Client, examination: Examination, finding: RunningBroker, urls: dict[str, str]
) -> None:
    finding.find(0, alerts=1)
    found = finding.told[SHOTS[1].sha256.hex()]
    finding.told[found.sha256] = msgspec.structs.replace(found, is_settled=True)
    for _ in range(2):
        client.get(address("running", examination))
    assert ordered(client, urls["order"])[0]["count"] == 5, "it was read a moment ago"
    due()
    client.get(address("running", examination))
    _, arrays = ordered(client, urls["order"])
    assert sorted(arrays["places"]) == sorted(map(place, (0, 2, 3, 4))), "settled: it left"
    assert arrays["places"][0] == place(3)
    assert set(arrays["places"][1:3]) == {place(0), place(4)}


def test_trouble_with_the_broker_is_said(
    client: Client, examination: Examination, finding: RunningBroker
) -> None:
    troubles = (
        (BrokerRefused(Code.NO_PACKAGE, "nothing"), b"Nothing has been found so far"),
        (BrokerRefused(Code.ERASED, "the case was erased"), b"the case was erased"),
        (BrokerGone("a socket"), b"The broker does not answer."),
    )
    for error, words in troubles:
        finding.error = error
        due()
        assert words in client.get(address("running", examination)).content
    finding.find(0)
    finding.error = None
    due()
    client.get(address("running", examination))
    tiles = f"{address('running_tiles', examination)}?places={place(0)}"
    assert tiles_of(client.get(tiles).content)[place(0)]
    finding.error = BrokerGone("gone")
    assert client.get(tiles).status_code == 503


def test_another_case_sees_nothing_of_it(
    client: Client, examination: Examination, urls: dict[str, str], make_case: MakeCase, user: User
) -> None:
    del urls
    other = make_case("OP-2", user)
    for name in ("running", "running_order", "running_tiles", "running_changes"):
        at = {"case_id": other.pk, "examination_id": examination.pk}
        assert client.get(reverse(f"review:{name}", kwargs=at)).status_code == 404
    door = reverse("review:unveil", kwargs={"case_id": other.pk})
    session_of(user, other)
    answer = client.post(door, json.dumps({"what": "page", "places": [1]}), "application/json")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("alerts", "is_settled", "enters", "verdict"),
    [(0, False, True, 0), (0, True, False, 0), (1, False, True, 2), (1, True, False, 2),
     (2, False, True, 1), (2, True, True, 1)],
)  # fmt: skip
def test_settled_enters_only_where_it_alerts_by_a_digest(
    alerts: int, is_settled: bool, enters: bool, verdict: int
) -> None:
    assert enters_review(alerts, is_settled=is_settled) is enters
    assert alert_verdict(alerts) == verdict
