"""Strategy, second review, proposals, samples, served schedules and the force's own set."""

import csv
import io
from datetime import date

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from reviewed import actor, content, granted, review_of, states_of
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.base.errors import DecisionRefused, UsageError
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.services import case_change_status
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.grading.agreement import drawn
from polit.web.grading.models import Decision, FrozenSchedule, Proposal, Standing
from polit.web.grading.queries import second_queue
from polit.web.grading.queries.figures import (
    is_missed,
    locally_agreed,
    progress_of,
    sample_figures,
    sample_queue,
    second_figures,
    strategy_list,
)
from polit.web.grading.rules import Change
from polit.web.grading.services import (
    Agreed,
    Chosen,
    Wish,
    batch_undo,
    decide,
    dispute_settle,
    force_list,
    force_set_order,
    proposals_accept,
    proposals_accept_all,
    proposals_decline,
    sample_draw,
    strategy_agree,
)
from polit.web.hashsets.models import SetOrder
from polit.web.hashsets.rules import SentFile
from polit.web.items.models import Item
from polit.web.items.rules import ItemState, Queue
from polit.web.items.signals import items_built
from polit.web.media.models import Package

SCHEME = "uk-2014/1"
A, B, CLEAN = f"{SCHEME}/A", f"{SCHEME}/B", f"{SCHEME}/non-pertinent"
PENDING, GRADED, SETTLED, PROPOSED, UNSURE, DISPUTED = map(int, ItemState)


def grade(
    user: User, case: Case, places: list[int], code: str, *, blind: Queue | None = None
) -> None:  # fmt: skip
    made = Wish(Change(code), was_shown=True, blind=blind)
    decide(actor(user), access=granted(user, case), places=places, wish=made)


def agree(user: User, case: Case, **changes: object) -> None:
    given: dict[str, object] = {
        "scheme": SCHEME, "stop": "until 2 of A", "agreed_by": "CPS", "agreed_on": date(2026, 3, 1),
        **changes,
    }  # fmt: skip
    made = Agreed(**given)  # type: ignore[arg-type]  # as the test names them
    strategy_agree(actor(user), reason="agreed", access=granted(user, case), agreed=made)


@pytest.fixture
def people(make_user: MakeUser) -> list[User]:
    roles = [Role.SUPERVISOR, Role.GRADER, Role.INVESTIGATOR, Role.EXAMINER]
    return [make_user(f"p{number}.example", role) for number, role in enumerate(roles)]


@pytest.fixture
def case(make_case: MakeCase, people: list[User]) -> Case:
    return make_case("OP-1", *people)


def test_strategy_has_versions_and_says_how_far_it_is(case: Case, people: list[User]) -> None:
    review_of(case, ["a", "b", "c", "d+good"])
    access = granted(people[0], case)
    Item.objects.filter(sha256=content("c")).update(first_generation=80)
    agree(people[0], case, stop_code="A", stop_count=1, stop_first_generation=True)
    before = progress_of(access, strategy_list(access)[0])
    grade(people[1], case, [1, 3], A)
    after = progress_of(access, strategy_list(access)[0])
    agree(people[0], case, stop="all of it", is_everything=True)

    assert (before.text, before.candidates, before.is_reached) == ("0 of 3", 1, False)
    assert (after.text, after.found) == ("2 of 3, stopped by agreement", 2)
    assert [each.version for each in strategy_list(access)] == [2, 1]
    assert progress_of(access, strategy_list(access)[0]).text == "2 of 3"
    with pytest.raises(UsageError, match="it stays while a grade stands"):
        agree(people[0], case, scheme="us-vics-current/1")
    for wrong in ({"stop": " "}, {"stop_count": 3}, {"second_percent": 101}):
        with pytest.raises(UsageError):
            agree(people[0], case, **wrong)


def test_second_looks_are_counted_by_hand(case: Case, people: list[User]) -> None:
    names = [f"n{number}" for number in range(10)]
    review_of(case, names)
    agree(people[0], case, second_percent=100)
    grade(people[1], case, [1, 2, 3, 4, 5], A)
    grade(people[1], case, [6, 7, 8, 9, 10], B)
    assert len(second_queue(granted(people[2], case), people[2])) == 10
    # Second officer: 4 of 5 A again, 3 of 5 B again: agreed 0.7, by chance 0.5, kappa 0.4.
    grade(people[2], case, [1, 2, 3, 4, 6, 7], A, blind=Queue.SECOND)
    grade(people[2], case, [5, 8, 9, 10], B, blind=Queue.SECOND)

    found = second_figures(granted(people[0], case))
    assert found.pairs == 10
    assert found.kappa == pytest.approx(0.4)
    assert (found.reversed.hits, found.due) == (3, 3)
    dispute_settle(actor(people[0]), reason="looked at together", access=granted(people[0], case),
                   place=5, code="A")  # fmt: skip
    assert second_figures(granted(people[0], case)).reversed.hits == 2
    with pytest.raises(DecisionRefused):
        dispute_settle(actor(people[0]), reason="again", access=granted(people[0], case),
                       place=5, code="A")  # fmt: skip
    batch_undo(actor(people[2]), access=granted(people[2], case))
    assert second_figures(granted(people[0], case)).pairs == 6


def test_three_undisputed_votes_across_cases_are_agreed(
    case: Case, make_case: MakeCase, people: list[User]
) -> None:
    other = make_case("OP-2", *people)
    review_of(case, ["a", "b"])
    review_of(other, ["a", "b"])
    grade(people[0], case, [1, 2], A)
    grade(people[1], case, [1, 2], A)
    grade(people[0], other, [1, 2], A)
    contents = [content("a"), content("b")]

    assert locally_agreed(contents) == frozenset()
    grade(people[2], other, [1], A)
    grade(people[2], other, [2], B)
    assert locally_agreed(contents) == {content("a")}


def test_proposals_are_accepted_or_declined_one_decision_each(
    case: Case, make_case: MakeCase, people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_case("OP-2", people[1])
    there = review_of(other, ["a", "b", "c"])
    review_of(case, ["a", "b"])
    grade(people[0], case, [1, 2], A)
    access = granted(people[1], other)
    ids = [Proposal.objects.get(sha256=content(name)).pk for name in "ab"]

    proposals_accept(actor(people[1]), access=access, chosen=Chosen(ids[:1]), reason="the same")
    proposals_decline(actor(people[1]), access=access, chosen=Chosen(ids[1:]), reason="to be seen")

    assert states_of(there) == [GRADED, PENDING, PENDING]
    kept = Decision.objects.get(case=other)
    assert (kept.kind, kept.rung, kept.code) == ("accept", "copy", A)
    with pytest.raises(DecisionRefused):
        proposals_accept(actor(people[1]), access=access, chosen=Chosen(ids), reason="again")
    batch_undo(actor(people[1]), access=access)
    assert states_of(there)[0] == PROPOSED
    assert Proposal.objects.get(pk=ids[0]).state == "open"
    third = make_case("OP-3", people[0])
    review_of(third, ["a", "b"])
    grade(people[0], third, [1], B)
    grade(people[0], third, [2], A)
    monkeypatch.setattr("polit.web.grading.services.accepting._BATCH", 1)
    # Item 1 is proposed as two things: that is for eyes.
    done = proposals_accept_all(actor(people[1]), access=access, code="", reason="the same")
    assert (done, states_of(there)[:2]) == (1, [PROPOSED, GRADED])
    with pytest.raises(DecisionRefused):
        proposals_accept_all(actor(people[1]), access=access, code=B, reason="again")


def test_new_items_meet_what_was_decided_before(
    case: Case, make_case: MakeCase, people: list[User]
) -> None:
    review_of(case, ["a", "b"])
    grade(people[0], case, [1], A)
    other = make_case("OP-2", people[1])
    there = review_of(other, ["b", "a"])

    items_built.send(sender=type(there), review_set=there, fresh_places=range(1, 3))
    Item.objects.filter(review_set=there).update(state=0)
    again = items_built.send(sender=type(there), review_set=there, fresh_places=range(1, 3))

    assert again
    assert Proposal.objects.filter(case=other).count() == 1
    grade(people[1], other, [1], B)
    Item.objects.filter(review_set=there).update(state=0, grade=0)
    items_built.send(sender=type(there), review_set=there, fresh_places=range(1, 2))
    assert states_of(there)[0] == GRADED


def test_court_keeps_a_version_and_a_later_one_lists_what_differs(
    case: Case, make_case: MakeCase, people: list[User]
) -> None:
    other = make_case("OP-2", *people)
    there = review_of(case, ["a", "b", "c"])
    review_of(other, ["c"])
    grade(people[0], case, [1, 2], A)
    case_change_status(SYSTEM, reason="a test", case=case, action="take_to_court")
    grade(people[0], other, [1], B)
    frozen = states_of(there)
    for action in ("close", "reopen"):
        case_change_status(SYSTEM, reason="a test", case=case, action=action)
    assert states_of(there) == [GRADED, GRADED, PROPOSED]
    grade(people[0], case, [2], B)
    grade(people[0], case, [3], B)
    grade(people[0], case, [1], "")
    case_change_status(SYSTEM, reason="a test", case=case, action="take_to_court")

    assert frozen == [GRADED, GRADED, PENDING]
    first, second = FrozenSchedule.objects.filter(case=case).order_by("version")
    assert (first.count, second.count) == (2, 2)
    assert first.digest != second.digest
    told = msgspec.json.decode(second.changes)
    assert told == {"added": [content("c").hex()], "removed": [content("a").hex()],
                    "changed": [[content("b").hex(), A, B]]}  # fmt: skip


def test_blind_sample_is_drawn_by_its_key_and_counts_what_was_missed(
    case: Case, people: list[User]
) -> None:
    review_of(case, [*(f"g{number}+good" for number in range(30)), "open"])
    access = granted(people[0], case)

    sample = sample_draw(actor(people[0]), reason="monthly", access=access)
    queue = sample_queue(access)
    grade(people[1], case, queue[:1], A, blind=Queue.SAMPLE)
    grade(people[1], case, queue[1:10], CLEAN, blind=Queue.SAMPLE)
    # Decided in the open, with what settled it in sight: no part of the sample's figures.
    grade(people[1], case, queue[10:11], A)
    grade(people[2], case, queue[:1], A, blind=Queue.SAMPLE)

    everything = [content(f"g{number}+good") for number in range(30)]
    again = drawn(everything, key=bytes.fromhex(sample.key), most=20)
    assert [row[0] for row in msgspec.json.decode(sample.members)] == [one.hex() for one in again]
    found = sample_figures(sample)
    assert (found.drawn, found.looked_at, found.missed.hits) == (20, 10, 1)
    # R. G. Newcombe's method 3 for 1 of 10, worked by hand.
    assert (round(found.missed.low, 4), round(found.missed.high, 4)) == (0.0179, 0.4042)
    assert len(sample_queue(access)) == 9
    kinds = Decision.objects.filter(case=case).order_by("number").values_list("kind", flat=True)
    assert (list(kinds).count("sample"), kinds.last()) == (10, "grade")
    later = sample_draw(actor(people[0]), reason="monthly", access=access)
    assert later.settled == 19
    assert is_missed(2, A, B)
    assert not is_missed(2, A, A)
    Item.objects.filter(review_set__case=case).update(settled=0)
    with pytest.raises(UsageError):
        sample_draw(actor(people[0]), reason="none", access=access)


def test_force_list_holds_what_stands_and_nobody_disputes(
    case: Case, make_case: MakeCase, people: list[User]
) -> None:
    other = make_case("OP-2", *people)
    review_of(case, ["a", "b", "c", "d"])
    review_of(other, ["d"])
    for user in people[:3]:
        grade(user, case, [1], A)
    grade(people[0], case, [2, 3, 4], A)
    grade(people[1], case, [3], B)
    grade(people[1], other, [1], B)

    listed = force_list(SCHEME)
    rows = list(csv.DictReader(io.StringIO(listed.data.decode())))

    assert {row["sha256"]: row["basis"] for row in rows} == {
        content("a").hex(): "agreed", content("b").hex(): "decided",
    }  # fmt: skip
    assert rows[0]["md5"] == rows[0]["sha256"][:32]
    sent = SentFile("1" * 8, "force.csv", len(listed.data), listed.digest)
    kept = force_set_order(SYSTEM, listed=listed, sent=sent)
    order = SetOrder.objects.get(pk=kept.order_id)
    assert (order.status, order.scheme, kept.agreed) == ("categorised", SCHEME, 1)
    with pytest.raises(UsageError, match="nothing was decided"):
        force_set_order(SYSTEM, listed=listed, sent=sent)


def test_pages_show_and_do_what_they_say(
    case: Case, make_case: MakeCase, people: list[User], client_for: ClientFor
) -> None:
    other = make_case("OP-2", *people)
    review_of(case, [*(f"n{number}" for number in range(8)), "g+good"])
    review_of(other, ["n0"])
    client, reader = client_for(people[0]), client_for(people[1])

    def url(name: str) -> str:
        return reverse(f"review:{name}", kwargs={"case_id": case.id})

    agreed = {
        "scheme": SCHEME, "stop": "until 2 of A", "second_percent": "10", "agreed_by": "CPS",
        "agreed_on_0": "1", "agreed_on_1": "3", "agreed_on_2": "2026", "reason": "agreed",
    }  # fmt: skip
    assert client.post(url("strategy"), agreed).status_code == 302
    assert reader.post(url("strategy"), agreed).status_code == 404
    assert b"until 2 of A" in reader.get(url("strategy")).content
    assert b"Agree a further version" not in reader.get(url("strategy")).content

    grade(people[0], other, [1], A)
    proposal = str(Proposal.objects.get(case=case).pk)
    page = reader.get(url("proposals")).content
    assert b"Category A" in page
    assert b"OP-2" not in page
    done = {"does": "accept", "proposal": proposal, "reason": "the same"}
    assert b"at least one" in reader.post(url("proposals"), {**done, "proposal": []}).content
    assert reader.post(url("proposals"), done).status_code == 302
    assert Standing.objects.get(case=case).code == A

    grade(people[2], case, [1], B)
    assert b"Settle one" in client.get(url("second")).content
    assert b"Settle" not in reader.get(url("second")).content
    settled = {"item": "1", "code": "A", "reason": "looked at together"}
    assert client.post(url("second"), settled).status_code == 302
    assert client.post(url("sample"), {"reason": "monthly"}).status_code == 302
    assert b"1 of 1 settled items" in reader.get(url("sample")).content

    assert b"Strategy and progress" in client.get(f"/cases/{case.id}/").content
    assert client.post(reverse("review:force_set"), {"reason": "now"}).status_code == 302
    assert reader.get(reverse("review:force_set")).status_code == 403


def test_what_is_not_there_is_refused_in_words(
    make_case: MakeCase, case: Case, people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = make_case("OP-3", *people)
    access = granted(people[0], bare)
    nobody = Chosen([bare.pk])

    for refused in (
        lambda: grade(people[0], bare, [1], A),
        lambda: batch_undo(actor(people[0]), access=access),
    ):
        with pytest.raises(DecisionRefused, match="nothing to review"):
            refused()
    case_change_status(SYSTEM, reason="a test", case=bare, action="take_to_court")
    assert not FrozenSchedule.objects.filter(case=bare).exists()
    review_of(case, ["a", "b<a", "c<a"])
    with pytest.raises(DecisionRefused, match="wait no longer"):
        proposals_decline(actor(people[0]), access=granted(people[0], case), chosen=nobody,
                          reason="none")  # fmt: skip
    monkeypatch.setattr("polit.web.grading.services.held.MOST_PLACES", 2)
    with pytest.raises(DecisionRefused, match="the stacks hold more"):
        decide(actor(people[0]), access=granted(people[0], case), places=[1],
               wish=Wish(Change(A), whole_stacks=True))  # fmt: skip


def test_strategy_covers_exhibits_and_kinds_alone(
    case: Case, make_case: MakeCase, people: list[User]
) -> None:
    there = review_of(case, ["a", "b"])
    elsewhere = review_of(make_case("OP-2", *people), ["c"])
    access = granted(people[0], case)
    exhibits = {
        each.case_id: each.exhibit_id for each in Package.objects.all()
    }  # fmt: skip

    for changes, total in (
        ({"exhibits": (exhibits[there.case_id],)}, 2), ({"kinds": (2,)}, 0),
        ({"exhibits": (exhibits[elsewhere.case_id],), "kinds": (1,)}, 0),
    ):  # fmt: skip
        agree(people[0], case, **changes)
        assert progress_of(access, strategy_list(access)[0]).total == total


def test_queries_of_pages_do_not_grow(
    case: Case, make_case: MakeCase, people: list[User], client_for: ClientFor
) -> None:
    names = [f"n{number}" for number in range(12)]
    other = make_case("OP-2", *people)
    review_of(case, names)
    review_of(other, names)
    client = client_for(people[0])

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(f"review:{name}", kwargs={"case_id": case.id}))
        return len(found)

    counts = []
    for places in ([1], list(range(2, 13))):
        grade(people[0], other, places, A)
        grade(people[1], case, places, A)
        grade(people[2], case, places, B)
        Proposal.objects.filter(case=case)
        counts.append([queries(name) for name in ("proposals", "second", "strategy", "sample")])
    assert counts[0] == counts[1]
