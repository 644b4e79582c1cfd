"""The one door: nothing leaves before it is recorded, and nothing but what was recorded leaves."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.review.looked_at import (
    TellingBroker,
    items_of,
    session_of,
    settle,
    stacked,
)

from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role
from polit.web.items.models import Item, ItemPlace
from polit.web.items.rules import ItemState
from polit.web.media.models import Package
from polit.web.review.queries import unveiled_items
from polit.web.review.rules import UnveilWanted, What, check_wanted
from polit.web.review.services import unveiling as services
from polit.web.review.views import unveil as views
from polit.web.welfare.models import Exposure, ExposureSeen, ReviewSession
from polit.web.welfare.queries import exposure_rows
from polit.web.welfare.services import session_hide, session_pause


class Desk:
    """An officer at the gallery of a case."""

    def __init__(self, client: Client, case: Case) -> None:
        """Sit down."""
        self.client, self.case = client, case
        self.url = reverse("review:unveil", kwargs={"case_id": case.id})

    def post(self, body: object, **headers: Any) -> Any:
        """Send anything to the door."""
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.client.post(self.url, data, content_type="application/json", **headers)

    def ask(self, what: str, *places: int, **more: Any) -> tuple[dict[str, Any], list[bytes]]:
        """Ask for something; return the header of the answer and its parts."""
        answer = self.post({"what": what, "places": places, **more})
        assert answer.status_code == 200, answer.content[:300]
        assert answer["Cache-Control"] == "no-store"
        assert "ETag" not in answer
        return unpacked(answer.content)

    def refused(self, what: str, *places: int, **more: Any) -> tuple[int, str]:
        """Ask for something that is refused; return the status and the code."""
        answer = self.post({"what": what, "places": places, **more})
        assert answer["Cache-Control"] == "no-store"
        told = json.loads(answer.content)
        assert told["message"]
        return answer.status_code, told["error"]


def unpacked(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Take a packed answer apart."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    at = -(-(4 + length) // 4) * 4
    parts = []
    for each in header["parts"]:
        parts.append(data[at : at + each["bytes"]])
        at += each["bytes"]
    assert at == len(data)
    return header, parts


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("g.example", Role.GRADER)


@pytest.fixture
def case(make_case: MakeCase, user: User) -> Case:
    return make_case("OP-1", user)


@pytest.fixture
def items(case: Case) -> list[Item]:
    return items_of(case, 4)


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> TellingBroker:
    made = TellingBroker()
    monkeypatch.setattr(views, "broker", lambda: made)
    return made


@pytest.fixture
def desk(case: Case, user: User, items: list[Item], client_for: ClientFor) -> Desk:
    del items
    session_of(user, case)
    return Desk(client_for(user), case)


def test_page_is_one_event_that_stands_before_the_broker_is_asked(
    desk: Desk, items: list[Item], telling: TellingBroker
) -> None:
    stacked(items[0], items[1:2])

    header, parts = desk.ask("page", 1, 2, 4, 3, rung="colour160")

    assert telling.asked == [("pictures.page", 4)]
    event = AuditEvent.objects.get(action="pictures.page")
    assert (event.nature, event.subject_kind, event.subject_id) == ("consultation", "contents", "4")
    assert event.reason == "Review, grading"
    package = Package.objects.get().place
    asked = [items[number] for number in (0, 1, 3, 2)]
    assert json.loads(event.details) == {
        "rung": "colour160",
        "items": [{"package": package, "sha256": bytes(item.sha256).hex()} for item in asked],
    }
    assert [each["place"] for each in header["parts"]] == [1, 2, 4, 3]
    assert parts == [b"0", b"1", b"", b"3"]
    assert [each["error"] for each in header["parts"]] == ["", "", "no_thumbnail", ""]
    # Of what its package has no picture nothing was shown: it is no exposure.
    assert header["exposures"].pop(2) is None
    assert (Exposure.objects.count(), exposure_rows().count()) == (4, 3)
    assert json.loads(AuditEvent.objects.get(action="pictures.unshown").details) == {
        "code": "no_thumbnail", "exposures": 1,
    }  # fmt: skip
    del asked[2]
    kept = [Exposure.objects.get(pk=each) for each in header["exposures"]]
    lead = bytes(items[0].sha256)
    assert [bytes(each.stack_sha256) for each in kept[:2]] == [lead, lead]
    assert [bytes(each.content_sha256) for each in kept] == [bytes(one.sha256) for one in asked]
    assert {(each.what, each.rung, each.kind, each.is_avoidable) for each in kept} == {
        ("page", 2, "still", False)
    }


@pytest.mark.parametrize(
    ("body", "action", "details"),
    [
        ({"what": "original", "rung": "full_grey", "region": [1, 2, 30, 40]}, "pictures.show",
         {"rung": "full_grey", "region": [1, 2, 30, 40], "at_ms": 0}),
        ({"what": "original", "rung": "grey160", "from_ms": 70}, "pictures.show",
         {"rung": "grey160", "at_ms": 70}),
        ({"what": "story"}, "pictures.story", {"rung": "grey160", "package": "shots-1.polit"}),
        ({"what": "frames", "rung": "full", "from_ms": 5, "step_ms": 40, "count": 2},
         "pictures.frames",
         {"rung": "full", "from_ms": 5, "step_ms": 40, "count": 2, "side_px": 1280}),
        ({"what": "frames", "count": 1, "side_px": 900}, "pictures.frames",
         {"rung": "grey160", "from_ms": 0, "step_ms": 0, "count": 1, "side_px": 160}),
        ({"what": "sound", "from_ms": 9, "length_ms": 1000}, "sounds.play",
         {"from_ms": 9, "length_ms": 1000}),
    ],
)  # fmt: skip
def test_event_says_what_the_broker_may_render(
    desk: Desk,
    user: User,
    telling: TellingBroker,
    body: dict[str, Any],
    action: str,
    details: dict[str, Any],
) -> None:
    (item,) = items_of(desk.case, 1, exhibit="AB/2", kind=2)
    if body["what"] == "story":
        details = details | {"package": "shots-2.polit"}
    session_of(user, desk.case, "sound")

    header, parts = desk.ask(body.pop("what"), 5, **body)

    event = AuditEvent.objects.get(action=action)
    assert (event.subject_kind, event.subject_id) == ("content", bytes(item.sha256).hex())
    assert json.loads(event.details) == details
    assert telling.asked == [(action, 1)]
    assert len(header["exposures"]) == 1
    assert {each["place"] for each in header["parts"]} == {5}
    assert all(parts)
    exposure = Exposure.objects.get()
    assert exposure.kind == "video"
    assert exposure.length_ms == (1000 if action == "sounds.play" else 0)


def test_original_says_of_what_size_it_is_a_part(desk: Desk, telling: TellingBroker) -> None:
    header, parts = desk.ask("original", 1, rung="full_grey")

    (part,) = header["parts"]
    assert (part["of_width_px"], part["of_height_px"], part["at_ms"]) == (1600, 1200, None)
    assert parts == [b"full"]
    assert "at_ms" not in AuditEvent.objects.get(action="pictures.show").details
    assert len(telling.asked) == 1


WRONG = [
    {"what": "page", "places": list(range(1, 102))},
    {"what": "page", "places": [1, 1]},
    {"what": "page", "places": []},
    {"what": "page", "places": [0]},
    {"what": "page", "places": [1], "rung": "full"},
    {"what": "page", "places": [1], "region": [0, 0, 5, 5]},
    {"what": "original", "places": [1, 2]},
    {"what": "original", "places": [1], "region": [0, 0, 0, 5]},
    {"what": "original", "places": [1], "region": [0, 0, 160, 160], "rung": "grey160"},
    {"what": "story", "places": [1], "rung": "full_grey"},
    {"what": "frames", "places": [1]},
    {"what": "frames", "places": [1], "count": 65, "step_ms": 1},
    {"what": "frames", "places": [1], "count": 2},
    {"what": "sound", "places": [1]},
    {"what": "sound", "places": [1], "length_ms": 60_001},
    {"what": "original", "places": [1], "urgent": True, "urgent_reason": " "},
]  # fmt: skip


@pytest.mark.parametrize("body", WRONG, ids=str)
def test_too_much_at_a_time_is_refused(desk: Desk, telling: TellingBroker, body: object) -> None:
    answer = desk.post(body)

    assert (answer.status_code, json.loads(answer.content)["error"]) == (400, "bad_request")
    assert not Exposure.objects.exists()
    assert telling.asked == []


def test_what_is_no_message_is_refused(desk: Desk, telling: TellingBroker) -> None:
    for body in (b"", b"{", b"[]", b"\xff", '{"what":"page","places":[1],"more":1}', "[" * 9000):
        assert desk.post(body).status_code == 400
    assert desk.post(b" " * 65_537).status_code == 413
    assert desk.post({"what": "page", "places": [1]}, CONTENT_LENGTH="x").status_code == 413
    assert telling.asked == []
    check_wanted(UnveilWanted(What.PAGE, tuple(range(1, 101))))
    with pytest.raises(UsageError, match="at most 100"):
        check_wanted(UnveilWanted(What.PAGE, tuple(range(1, 102))))


def test_item_of_another_case_or_of_no_package_is_not_there(
    desk: Desk, user: User, items: list[Item], telling: TellingBroker, make_case: MakeCase
) -> None:
    other = make_case("OP-2", user)
    items_of(other, 5)
    ItemPlace.objects.filter(item=items[3]).delete()

    assert desk.refused("page", 5) == (404, "no_item")
    assert desk.refused("page", 1, 4) == (404, "no_item")
    elsewhere = Desk(desk.client, other)
    # A session is of one case.
    assert elsewhere.refused("page", 5) == (409, "no_session")
    nowhere = Desk(desk.client, make_case("OP-3", user))
    session_of(user, nowhere.case)
    assert nowhere.refused("page", 1) == (404, "no_item")
    assert (telling.asked, Exposure.objects.count()) == ([], 0)


def test_welfare_refuses_and_an_urgent_look_says_why(
    case: Case, user: User, items: list[Item], telling: TellingBroker, client_for: ClientFor
) -> None:
    desk = Desk(client_for(user), case)
    assert desk.refused("page", 1) == (409, "no_session")
    session = session_of(user, case, "stills")
    items_of(case, 1, exhibit="AB/2", kind=2)
    # A video on a page of a lane of stills is left out, and alone it is refused.
    header, parts = desk.ask("page", 5, 1)
    assert [each["error"] for each in header["parts"]] == ["opted_out", ""]
    assert [bool(each) for each in header["exposures"]] == [False, True]
    assert parts[0] == b""
    assert len(json.loads(AuditEvent.objects.get(action="pictures.page").details)["items"]) == 1
    assert desk.refused("story", 5) == (409, "opted_out")
    session_pause_of(user, session)
    assert desk.refused("page", 1) == (409, "on_break")
    telling.asked.clear()

    desk.ask("original", 1, rung="full", urgent=True, urgent_reason="taken this morning")

    assert AuditEvent.objects.get(action="pictures.show").reason == (
        "Urgent, a child is under threat: taken this morning"
    )
    assert Exposure.objects.get(what="original").is_urgent
    assert len(items) == 4


def session_pause_of(user: User, session: Any) -> None:
    session_pause(Actor("user", str(user.pk), user.username), session=session)


def test_what_is_settled_or_graded_is_avoidable_but_for_second_review(
    desk: Desk, items: list[Item], telling: TellingBroker
) -> None:
    for item, state in zip(items, (0, 1, 2, 5), strict=True):
        settle(item, ItemState(state))

    desk.ask("page", 1, 2, 3, 4)
    desk.ask("page", 1, 2, 3, 4, queue="second")
    desk.ask("original", 3, queue="sample", rung="full_grey")

    rows = Exposure.objects.order_by("recorded_at")
    assert sorted(rows.filter(what="page").values_list("is_avoidable", flat=True)) == [
        *[False] * 6, True, True,
    ]  # fmt: skip
    assert not rows.get(what="original").is_avoidable
    assert len(telling.asked) == 3


@pytest.mark.parametrize(
    ("what", "refuses", "expected"),
    [
        ("original", "unknown_item", (404, "no_original")),
        ("page", "no_package", (404, "no_picture")),
        ("original", "erased", (409, "erased")),
        ("original", "undecodable", (409, "undecodable")),
        ("original", "damaged", (409, "damaged")),
        ("original", "busy", (503, "busy")),
        ("original", "isolation", (503, "isolation")),
        ("original", "used", (503, "broker")),
        ("original", "a new one", (503, "broker")),
        ("page", "gone", (503, "broker")),
    ],
)
def test_broker_that_refuses_shows_nothing_and_the_record_says_so(
    desk: Desk, telling: TellingBroker, what: str, refuses: str, expected: tuple[int, str]
) -> None:
    telling.refuses = refuses

    assert desk.refused(what, 1) == expected

    event = AuditEvent.objects.get(action=What(what).action)
    unshown = AuditEvent.objects.get(action="pictures.unshown")
    assert unshown.subject_id == str(event.event_id)
    assert json.loads(unshown.details) == {"code": expected[1], "exposures": 1}
    # It stays in the record, and counts for nothing.
    assert (Exposure.objects.count(), exposure_rows().count()) == (1, 0)


def test_whether_one_may_look_is_asked_under_the_lock_of_the_session(
    desk: Desk, user: User, telling: TellingBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hide everything after a look has begun and before it is recorded: nothing is shown."""
    actor, begun = Actor("user", str(user.pk), user.username), unveiled_items

    def hidden_meanwhile(*told: Any) -> Any:
        session_hide(actor, session=ReviewSession.objects.get())
        return begun(*told)

    monkeypatch.setattr(services, "unveiled_items", hidden_meanwhile)
    assert desk.refused("page", 1) == (409, "on_break")
    assert (telling.asked, Exposure.objects.count()) == ([], 0)
    assert not AuditEvent.objects.filter(action="pictures.page").exists()


def test_broker_that_makes_other_pictures_than_were_recorded_shows_none(
    desk: Desk, telling: TellingBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "render_many", lambda _event: ())

    assert desk.refused("page", 1, 2) == (503, "broker")


def test_door_has_no_way_in_but_its_own(
    desk: Desk, telling: TellingBroker, client_for: ClientFor, make_user: MakeUser
) -> None:
    for method in ("get", "head", "put", "options", "delete"):
        assert getattr(desk.client, method)(desk.url).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.client.cookies
    assert Desk(strict, desk.case).post({"what": "page", "places": [1]}).status_code == 403
    outsider = make_user("o.example", Role.GRADER)
    assert client_for(outsider).post(desk.url).status_code == 404
    assert Client().post(desk.url).status_code == 302
    ranged = desk.post({"what": "page", "places": [1]}, headers={"Range": "bytes=0-9"})
    assert (ranged.status_code, len(ranged.content) > 10) == (200, True)
    assert [action for action, _ in telling.asked] == ["pictures.page"]
    # The event of the door is the consultation: no second one beside it.
    assert not AuditEvent.objects.filter(action="cases.consult").exists()


def test_time_on_the_screen_is_kept_of_ones_own_looks_alone(
    desk: Desk, telling: TellingBroker, client_for: ClientFor, make_user: MakeUser
) -> None:
    colleague = make_user("c.example", Role.GRADER)
    member_add(SYSTEM, reason="a test", case=desk.case, user_id=colleague.pk,
               purpose=Purpose.GRADING)  # fmt: skip
    header, _ = desk.ask("page", 1, 2)
    first, second = header["exposures"]
    url = reverse("review:seen", kwargs={"case_id": desk.case.id})

    def tell(client: Client, seen: object) -> tuple[int, Any]:
        answer = client.post(url, json.dumps({"seen": seen}), content_type="application/json")
        return answer.status_code, json.loads(answer.content)

    assert tell(desk.client, [[first, 900], [second, 0]]) == (200, {"seen": 2})
    assert tell(desk.client, []) == (200, {"seen": 0})
    for wrong in ([["x", 1]], [[first, -1]], [[first, 1 << 40]], [["-" * 36, 1]], "no"):
        status, told = tell(desk.client, wrong)
        assert (status, told["error"]) == (400, "bad_request")
    large = desk.client.post(url, b" " * 65_537, content_type="application/json")
    assert large.status_code == 413
    assert sorted(ExposureSeen.objects.values_list("shown_ms", flat=True)) == [0, 900]
    assert tell(client_for(colleague), [[first, 70]]) == (200, {"seen": 0})
    assert len(telling.asked) == 1
