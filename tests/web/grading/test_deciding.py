"""Decisions on items: what is recorded, what stands after it, what is taken back and refused."""

import json
import random
from uuid import UUID

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from reviewed import actor, content, granted, review_of, states_of
from web.conftest import ClientFor, MakeCase, MakeUser
from web.review.looked_at import session_of

from polit.base.errors import DecisionRefused
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import case_change_status
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.grading.models import Batch, Decision, Proposal, Standing
from polit.web.grading.queries import histories_of, second_queue, values_read
from polit.web.grading.rules import Change, values_of
from polit.web.grading.services import Recorded, Wish, batch_redo, batch_undo, decide
from polit.web.items.models import Item
from polit.web.items.rules import ItemState, Queue, item_number
from polit.web.safeguarding.models import SafeguardingTask
from polit.web.welfare.rules import ShownItem
from polit.web.welfare.services import exposures_add

A, B = "uk-2014/1/A", "uk-2014/1/B"
PENDING, GRADED, SETTLED, PROPOSED, UNSURE, DISPUTED = map(int, ItemState)


def grade(user: User, case: Case, places: list[int], code: str | None, **wish: object) -> Recorded:
    change = Change(code, unsure=bool(wish.pop("unsure", False)))
    made = Wish(change, **wish)  # type: ignore[arg-type]  # as the test names them
    return decide(actor(user), access=granted(user, case), places=places, wish=made)


@pytest.fixture
def first(make_user: MakeUser) -> User:
    return make_user("first.example", Role.GRADER)


@pytest.fixture
def second(make_user: MakeUser) -> User:
    return make_user("second.example", Role.INVESTIGATOR)


@pytest.fixture
def case(make_case: MakeCase, first: User, second: User) -> Case:
    return make_case("OP-1", first, second)


def test_decision_settles_every_copy_with_an_audit_row_for_each(case: Case, first: User) -> None:
    there = review_of(case, ["a", "b", "c+good"])

    done = grade(first, case, [1, 3], A, note="as agreed")

    assert states_of(there) == [GRADED, PENDING, GRADED]
    assert [row[:3] for row in done.items] == [(1, GRADED, 1), (3, GRADED, 1)]
    rows = AuditEvent.objects.filter(action="grading.grade").order_by("seq")
    assert [row.subject_id for row in rows] == [content("a").hex(), content("c+good").hex()]
    told = json.loads(rows[0].details)
    assert (told["copies"], told["exhibits"], told["rung"]) == (2, ["AB/1"], "tile")
    assert (told["code"], told["before"]) == (A, "")
    item = Item.objects.get(sha256=content("a"))
    assert (item.graded_by, item.revision) == (first.pk, done.revision)
    assert Decision.objects.get(sha256=content("a")).note == "as agreed"


def test_database_refuses_to_change_a_decision(case: Case, first: User) -> None:
    review_of(case, ["a"])
    grade(first, case, [1], A)

    for table in ("grading_decision", "grading_batch"):
        for verb in (f"UPDATE {table} SET kind = 'undo'", f"DELETE FROM {table}"):
            with pytest.raises(Error, match="append-only"), transaction.atomic():
                connection.cursor().execute(verb)


def test_lead_decides_for_itself_unless_the_whole_stack_is_wished(case: Case, first: User) -> None:
    there = review_of(case, ["a", "b<a", "c<a", "d"])

    grade(first, case, [1], B)
    alone = states_of(there)
    grade(first, case, [1], A, whole_stacks=True)

    assert alone == [GRADED, PENDING, PENDING, PENDING]
    assert states_of(there) == [GRADED, GRADED, GRADED, PENDING]
    rungs = Decision.objects.order_by("number", "sha256").values_list("rung", flat=True)
    assert sorted(rungs) == ["stack", "stack", "tile", "tile"]


def test_two_officers_lose_no_decision_and_are_disputed(
    case: Case, first: User, second: User
) -> None:
    there = review_of(case, ["a", "b", "c"])

    grade(first, case, [1, 2, 3], A)
    grade(second, case, [1], B)
    grade(second, case, [2], None, unsure=True)

    assert states_of(there) == [DISPUTED, UNSURE, GRADED]
    assert Decision.objects.count() == 5
    stands = Standing.objects.get(sha256=content("a"))
    assert (stands.code, stands.version, stands.voters) == (B, 2, 2)
    grade(first, case, [1], B)
    assert states_of(there)[0] == GRADED


def test_undo_takes_back_the_own_last_batch_and_leaves_what_others_said(
    case: Case, first: User, second: User
) -> None:
    there = review_of(case, ["a", "b", "c+good"])
    grade(first, case, [1, 2, 3], A)
    grade(second, case, [1], B)

    batch_undo(actor(first), access=granted(first, case))
    undone = states_of(there)
    batch_redo(actor(first), access=granted(first, case))
    redone = states_of(there)
    batch_undo(actor(second), access=granted(second, case))

    assert undone == [GRADED, PENDING, SETTLED]
    assert redone == [DISPUTED, GRADED, GRADED]
    assert states_of(there) == [GRADED, GRADED, GRADED]
    assert list(Batch.objects.order_by("number").values_list("kind", flat=True)) == [
        "grade", "grade", "undo", "redo", "undo",
    ]  # fmt: skip
    with pytest.raises(DecisionRefused, match="nothing of yours"):
        batch_undo(actor(second), access=granted(second, case))


def test_standing_is_what_a_replay_of_the_history_gives(
    case: Case, first: User, second: User
) -> None:
    names = ["a", "b", "c", "d"]
    review_of(case, names)
    dice = random.Random(5)
    kept = 0
    for _turn in range(60):
        user = dice.choice([first, second])
        move = dice.choice([batch_undo, batch_redo, None, None])
        before = Decision.objects.count()
        if move is not None:
            try:
                move(actor(user), access=granted(user, case))
            except DecisionRefused:
                continue
        else:
            code = dice.choice([A, B, "", None])
            change = Change(code, dice.choice([0, 1, 16]),
                            unsure=dice.random() < 0.2,
                            tags=dice.choice([(), ("x",), ("-x",)]))  # fmt: skip
            places = dice.sample([1, 2, 3, 4], 2)
            if not change.is_empty:
                decide(actor(user), access=granted(user, case), places=places, wish=Wish(change))
        kept += 1
        assert Decision.objects.count() >= before
        contents = [content(name) for name in names]
        histories = histories_of(case, contents)
        for stands in Standing.objects.all():
            history = histories[bytes(stands.sha256)]
            assert values_read(stands) == values_of(history)
            assert stands.version == len(history)
    assert kept > 40


def test_what_may_not_be_decided_is_refused(case: Case, first: User) -> None:
    there = review_of(case, [f"n{number}" for number in range(60)])
    everything = list(range(1, 61))

    refused = {
        "batch_unseen": (everything, A), "no_item": ([61], A), "bad_code": ([1], "uk-2014/1/Z"),
        "too_many": ([], A), "nothing": ([1], None),
    }  # fmt: skip
    for code, (places, category) in refused.items():
        with pytest.raises(DecisionRefused) as error:
            grade(first, case, places, category)
        assert error.value.code == code
    assert not Decision.objects.exists()
    grade(first, case, everything, A, was_shown=True)
    assert set(states_of(there)) == {GRADED}
    assert AuditEvent.objects.filter(action="grading.grade").count() == 60

    case_change_status(SYSTEM, reason="a test", case=case, action="take_to_court")
    with pytest.raises(DecisionRefused, match="as it was served"):
        grade(first, case, [1], B)
    with pytest.raises(DecisionRefused, match="as it was served"):
        batch_undo(actor(first), access=granted(first, case))


def test_another_case_gets_a_proposal_and_is_not_told_of_which(
    make_case: MakeCase, case: Case, first: User
) -> None:
    review_of(case, ["a", "b"])
    other = make_case("OP-2", first)
    there = review_of(other, ["b", "a"])
    grade(first, other, [1], B)

    grade(first, case, [1, 2], A)
    proposed = states_of(there)
    events = AuditEvent.objects.filter(action="grading.propose", case_id=other.id)
    told = " ".join(f"{each.details}{each.reason}{each.actor_name}" for each in events)
    batch_undo(actor(first), access=granted(first, case))

    assert proposed == [GRADED, PROPOSED]
    assert "OP-1" not in told
    assert str(case.id) not in told
    assert first.username not in told
    assert states_of(there) == [GRADED, PENDING]
    states = Proposal.objects.filter(case=other).values_list("state", flat=True)
    assert set(states) == {"withdrawn"}


def test_second_queue_is_blind_to_whoever_decided(case: Case, first: User, second: User) -> None:
    review_of(case, ["a", "b", "c"])
    grade(first, case, [1], None, unsure=True)
    grade(first, case, [2, 3], A)

    assert second_queue(granted(first, case), first) == []
    assert second_queue(granted(second, case), second) == [1]
    grade(second, case, [2], A, blind=Queue.SECOND)
    told = grade(second, case, [1], B, blind=Queue.SECOND)
    assert second_queue(granted(second, case), second) == []
    assert [row[1:3] for row in told.items] == [(GRADED, 2)]
    assert Decision.objects.get(kind="second").before == ""
    grade(first, case, [1], A)
    # Item 2 was due to nobody and item 3 is their own: neither counts as blind.
    grade(first, case, [3], B, blind=Queue.SECOND)
    assert set(Decision.objects.exclude(sha256=content("a")).values_list("kind", flat=True)) == {
        "grade"
    }
    undone = batch_undo(actor(second), access=granted(second, case))
    assert [row[1:3] for row in undone.items] == [(PENDING, 0)]


def test_gallery_decides_over_http(case: Case, first: User, client_for: ClientFor) -> None:
    review_of(case, ["a", "b"])
    client = client_for(first)
    base = f"/cases/{case.id}/review/"

    def post(name: str, body: object) -> tuple[int, dict[str, object]]:
        answer = client.post(f"{base}{name}", json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json()

    with CaptureQueriesContext(connection) as queries:
        status, told = post("decide", {
            "places": [1], "code": "A", "flags_set": ["victim_visible", "first_generation"],
            "rung": "colour160", "tags": ["kitchen"],
        })  # fmt: skip
    assert status == 200
    assert told["items"] == [[1, GRADED, 1, 0b101_0000]]
    assert SafeguardingTask.objects.filter(case=case).count() == 1
    assert len(queries) <= 42
    assert post("decide", {"places": [1], "code": "Z"})[1]["error"] == "bad_code"
    assert post("decide", {"places": [1], "flags_set": ["sly"]})[1]["error"] == "bad_flags"
    assert post("decide", {"places": ["1"]})[1]["error"] == "bad_request"
    assert post("decide", {"places": [1], "note": "x" * 70_000})[0] == 413
    assert post("undo", {})[1]["items"] == [[1, PENDING, 0, 16]]
    assert post("redo", {})[0] == 200
    assert post("redo", {}) == (
        409, {"error": "nothing", "message": "there is nothing of yours to redo"}
    )  # fmt: skip


def test_item_is_taken_out_of_its_stack_for_everybody(
    case: Case, first: User, client_for: ClientFor
) -> None:
    there = review_of(case, ["a", "b<a", "c<a"])
    url = f"/cases/{case.id}/review/split"

    def split(place: int) -> int:
        body = json.dumps({"place": place})
        return client_for(first).post(url, body, content_type="application/json").status_code

    assert [split(2), split(2), split(9)] == [200, 409, 400]
    event = AuditEvent.objects.get(action="grading.split")
    assert event.subject_id == content("b").hex()
    leads = (
        Item.objects.filter(review_set=there).order_by("pk").values_list("lead_place", flat=True)
    )
    assert list(leads) == [1, 2, 1]


def test_rung_is_what_was_recorded_of_this_officer_in_this_case(
    case: Case, make_case: MakeCase, first: User, second: User
) -> None:
    review_of(case, ["a", "b", "c<a", "d<a"])
    elsewhere = make_case("OP-2", first)
    looks = [
        (first, case, "a", "grey160"), (first, case, "a", "full_grey"),
        (first, case, "a", "grey160"),
        (first, case, "d", "colour160"), (second, case, "b", "full"),
        (first, elsewhere, "b", "full"),
    ]  # fmt: skip
    for user, where, name, rung in looks:
        digest = content(name).hex()
        shown = ShownItem(digest, digest, "still", is_avoidable=False)
        with act(SYSTEM, "tests.look", reason="a look", case=where) as deed:
            exposures_add(session_of(user, where), shown=[shown], rung=rung, what="page")
            deed.about("content", digest)

    grade(first, case, [1, 2], A, whole_stacks=True)

    rungs = {bytes(row.sha256): row.rung for row in Decision.objects.all()}
    assert [rungs[content(name)] for name in "abcd"] == ["full_grey", "tile", "stack", "colour160"]


def test_same_key_is_answered_again_and_done_once(
    case: Case, first: User, second: User, client_for: ClientFor
) -> None:
    there = review_of(case, ["a", "b"])

    def send(user: User, name: str, body: dict[str, object]) -> object:
        url = f"/cases/{case.id}/review/{name}"
        return client_for(user).post(url, json.dumps(body), content_type="application/json").json()

    keys = [str(UUID(int=number)) for number in range(1, 5)]
    decided: dict[str, object] = {"places": [1], "code": "A", "key": keys[0]}
    told = send(first, "decide", decided)
    assert send(first, "decide", decided) == told
    send(second, "decide", {"places": [1], "code": "B", "key": keys[0], "queue": "second"})
    undone = send(first, "undo", {"key": keys[1]})
    assert send(first, "undo", {"key": keys[1]}) == undone
    assert states_of(there) == [GRADED, PENDING]
    blind: dict[str, object] = {"places": [1], "unsure": True, "key": keys[2], "queue": "sample"}
    answers = [send(first, "decide", blind) for _ in range(2)]
    assert answers[0] == answers[1]
    send(first, "redo", {"key": keys[3]})
    kinds = Batch.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["grade", "grade", "undo", "grade"]
    assert AuditEvent.objects.filter(action__startswith="grading.").count() == 4


def test_no_place_leads_out_of_the_case_or_to_what_is_gone(
    case: Case, make_case: MakeCase, first: User, client_for: ClientFor
) -> None:
    others = review_of(make_case("OP-2"), ["x", "y"])
    there = review_of(case, ["a", "b"])
    Item.objects.filter(sha256=content("b")).update(is_present=False)
    client, base = client_for(first), f"/cases/{case.id}/review/"
    astray = item_number(others.pk, 1) - item_number(there.pk, 0)

    for place in (2, 3, 0, -1, 1 << 32 | 1, astray, others.pk << 32 | 1, 10**30):
        for name, body in (
            ("decide", {"places": [place], "code": "A"}),
            ("split", {"place": place}),
        ):
            answer = client.post(base + name, json.dumps(body), content_type="application/json")
            assert (answer.status_code, answer.json()["error"]) == (400, "no_item"), (name, place)
    for raw in (b'{"places":[1],"note":"\xff"}', b"[" * 60_000, b'{"places":[1],"key":"1"}'):
        answer = client.post(base + "decide", raw, content_type="application/json")
        assert answer.json()["error"] == "bad_request"
    for typed in ("12345678901", "4294967297", "2"):
        client.post(base + "decide-form", {"place": typed, "code": "A"})
    assert not Decision.objects.exists()
    client.post(base + "decide", '{"places":[1,1,1],"code":"A"}', content_type="application/json")
    assert Decision.objects.count() == 1
