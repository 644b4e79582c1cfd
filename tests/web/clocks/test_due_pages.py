"""The list of what is due: order, counts, filters, pages, who is asked, the home page."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.base.clock import now_utc
from polit.web.clocks import queries
from polit.web.clocks.queries import due_list
from polit.web.clocks.rules import DueFilter, Whose
from polit.web.core import due as seam
from polit.web.core.due import Asking, Due, DueAtOnce, DueSource, DueTime, register_due
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role

HOSTILE = "<b>\u202e\u200b\x07'\""


@pytest.fixture(autouse=True)
def _no_other_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the sources of the test alone."""
    monkeypatch.setattr(seam, "_sources", {})


def due(kind: str, number: int, *, days: float, owner: str = "", label: str = "A thing") -> Due:
    now = now_utc()
    at = now + timedelta(days=days)
    return Due(kind, label, f"Subject {number}", f"OP-{number}", f"/cases/{kind}/{number}/",
               since=min(at, now) - timedelta(days=3), due_at=at, owner=owner)  # fmt: skip


def source(kind: str, *rows: Due, readers: frozenset[Role] = CASE_ROLES) -> None:
    steps = DueAtOnce(lambda asking: rows[: asking.most])
    register_due(DueSource(kind, kind.capitalize(), readers, steps))


def test_list_is_of_all_kinds_that_somebody_may_see_by_time(make_user: MakeUser) -> None:
    officer, grader = make_user("i", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    source("bail", due("bail", 1, days=-2), due("bail", 2, days=3))
    source("visit", due("visit", 3, days=1), readers=CHILD_READERS)
    shown = due_list(officer, DueFilter())
    assert [each.due.subject for each in shown.rows] == ["Subject 1", "Subject 3", "Subject 2"]
    assert [(each.is_overdue, each.late_days) for each in shown.rows] == [
        (True, 2), (False, 0), (False, 0),
    ]  # fmt: skip
    assert [each.waits_days for each in shown.rows] == [5, 3, 3]
    assert [(each.kind, each.waiting, each.overdue) for each in shown.counts] == [
        ("bail", 2, 1), ("visit", 1, 0),
    ]  # fmt: skip
    assert [each.due.kind for each in due_list(grader, DueFilter()).rows] == ["bail", "bail"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (DueFilter(kind="visit"), [3]),
        (DueFilter(whose=Whose.MINE), [1]),
        (DueFilter(whose=Whose.UNASSIGNED), [2]),
        (DueFilter(overdue=True), [1, 3]),
        (DueFilter(kind="bail", whose=Whose.UNASSIGNED, overdue=True), []),
    ],
)
def test_list_is_narrowed_and_the_counts_are_not(
    wanted: DueFilter, expected: list[int], make_user: MakeUser
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    source("bail", due("bail", 1, days=-2, owner="i"), due("bail", 2, days=3))
    source("visit", due("visit", 3, days=-1, owner="other"))
    shown = due_list(officer, wanted)
    assert [each.due.subject for each in shown.rows] == [f"Subject {each}" for each in expected]
    assert (shown.waiting, shown.overdue) == (3, 2)


def test_pages_follow_each_other_and_a_full_kind_says_so(
    make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ASKED_MOST", 7)
    officer = make_user("i", Role.INVESTIGATOR)
    source("bail", *(due("bail", each, days=each) for each in range(7)))
    first = due_list(officer, DueFilter(), size=3)
    assert (first.after, first.is_cut) == ("3", True)
    last = due_list(officer, DueFilter(), after="6", size=3)
    assert ([each.due.subject for each in last.rows], last.after) == (["Subject 6"], "")
    for after in ("x", "-1", "9" * 400, "\u0663", "\x00"):
        assert due_list(officer, DueFilter(), after=after, size=3).rows == first.rows


def test_page_shows_hostile_words_harmless_and_leaves_out_what_is_misspelt(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    source("bail", due("bail", 1, days=-2, label=HOSTILE))
    client = client_for(officer)
    for query in ("", "?kind=%00&whose=nobody&state=late", "?kind=bail&state=overdue"):
        page = client.get(f"/tasks/{query}").content.decode()
        assert "<b>" not in page
        assert "\u202e" not in page
        assert "Overdue" in page
        assert page.count("<h1") == 1
    assert "Nothing like that waits" in client.get("/tasks/?whose=mine").content.decode()


def test_home_shows_the_first_five_and_nothing_where_nothing_waits(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    officer, auditor = make_user("i", Role.INVESTIGATOR), make_user("a", Role.AUDITOR)
    assert b"What is due: yours first" not in client_for(officer).get("/").content
    source("bail", *(due("bail", each, days=each) for each in range(7)), readers=frozenset(Role))
    page = client_for(officer).get("/").content.decode()
    assert "7 things wait, 1 of them overdue" in page
    assert page.count("Subject ") == 10
    source("visit", due("visit", 9, days=30, owner="i"))
    first = client_for(officer).get("/").content.decode()
    assert first.index("Subject 9") < first.index("Subject 0")
    assert b"What is due: yours first" not in client_for(auditor).get("/").content
    assert client_for(auditor).get("/tasks/").status_code == 403


def test_number_of_queries_does_not_grow_with_the_rows(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    make_case("OP-1", officer)
    client = client_for(officer)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/tasks/").status_code == 200
        return len(queries)

    source("bail", due("bail", 1, days=1))
    before = count()
    source("bail", *(due("bail", each, days=each) for each in range(60)))
    assert count() == before


def test_thing_is_late_from_its_instant_on() -> None:
    thing = due("bail", 1, days=0)
    assert thing.is_overdue(thing.due_at)
    assert not thing.is_overdue(thing.due_at - timedelta(microseconds=1))
    assert isinstance(thing.due_at, datetime)


def test_only_what_a_page_shows_is_read_whole_and_what_was_done_meanwhile_is_left_out(
    make_user: MakeUser,
) -> None:
    rows = [due("bail", each, days=each, owner="i" if each % 2 else "") for each in range(7)]
    asked: list[object] = []

    class Steps:
        def rows(self, asking: Asking) -> Sequence[Due]:
            return rows[: asking.most]

        def times(self, asking: Asking) -> Sequence[DueTime]:
            found = [DueTime(row.due_at, row.owner, n) for n, row in enumerate(rows)]
            return found[: asking.most]

        def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
            asked.extend(keys)
            return {n: row for n, row in enumerate(rows) if n in keys and n != 2}

    register_due(DueSource("bail", "Bail", CASE_ROLES, Steps()))
    shown = due_list(make_user("i", Role.INVESTIGATOR), DueFilter(), after="1", size=3)
    assert ([each.due.subject for each in shown.rows], asked) == (
        ["Subject 1", "Subject 3"], [1, 2, 3],
    )  # fmt: skip
    assert (shown.waiting, shown.after) == (7, "4")
