"""The plan of the synthetic force makes its figures; its record bears a mark for good."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from web.conftest import MakeUser

from polit.base.errors import UsageError
from polit.web.core.acting import SYSTEM
from polit.web.core.marked import MARK, mark_file, mark_text
from polit.web.core.rules import Role
from polit.web.demo.models import SyntheticMark
from polit.web.demo.plan import MERGED_KEYS, ZONE, PlannedCase, planned_cases
from polit.web.demo.services import mark_keep, mark_tell
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import referral_receive

CASES = tuple(planned_cases())
YEAR_2019 = (date(2019, 1, 1), date(2019, 12, 31))
FIRST_YEAR = (date(2018, 6, 1), date(2019, 5, 31))


def within(period: tuple[date, date], at: datetime | None) -> bool:
    """Tell whether an instant lies in a period of local days."""
    return at is not None and period[0] <= at.astimezone(ZONE).date() <= period[1]


def children(period: tuple[date, date]) -> int:
    """Count children by their first action, two records that are merged as one."""
    firsts: dict[str, datetime] = {}
    for case in CASES:
        for each in case.children:
            key = MERGED_KEYS[0] if each.key == MERGED_KEYS[1] else each.key
            firsts[key] = min(each.acted_at, firsts.get(key, each.acted_at))
    return sum(within(period, at) for at in firsts.values())


@pytest.mark.parametrize(
    ("period", "warrants", "arrests", "safeguarded"),
    [(YEAR_2019, 240, 104, 312), (FIRST_YEAR, 204, 84, 210)],
)
def test_plan_makes_the_figures(
    period: tuple[date, date], warrants: int, arrests: int, safeguarded: int
) -> None:
    assert sum(within(period, case.executed_at) for case in CASES) == warrants
    assert sum(within(period, case.arrested_at) for case in CASES) == arrests
    assert children(period) == safeguarded


def test_first_year_seizes_1437_devices() -> None:
    assert sum(c.devices for c in CASES if within(FIRST_YEAR, c.executed_at)) == 1437


def test_hard_cases_are_in_the_plan() -> None:
    last_minute = datetime(2019, 5, 31, 22, 59, tzinfo=UTC)
    first_minute = datetime(2018, 5, 31, 23, 0, tzinfo=UTC)
    assert [c.arrested_at for c in CASES if c.executed_at == last_minute] == [last_minute]
    assert [c.executed_at for c in CASES if c.executed_at == first_minute] == [first_minute]
    assert [len(c.executed_again) for c in CASES if c.executed_again] == [2]
    moved = [c for c in CASES if c.corrected_from]
    assert [(c.corrected_from, c.executed_at) for c in moved if c.corrected_from] == [
        (datetime(2019, 1, 2, 7, 30, tzinfo=UTC), moved[0].executed_at)
    ]
    assert moved[0].executed_at.year == 2018
    assert sum(c.has_withdrawn_arrest for c in CASES) == 1
    assert sum(c.has_failed_first for c in CASES) > 10
    keys = [child.key for case in CASES for child in case.children]
    assert len(keys) - len(set(keys)) == 1  # one child in two cases
    assert any(child.again_at for case in CASES for child in case.children)
    assert set(MERGED_KEYS) <= set(keys)


def test_references_are_unique_and_marked() -> None:
    references = [case.reference for case in CASES]
    assert len(set(references)) == len(references)
    assert all(reference.startswith("SYN-") for reference in references)


def test_nothing_is_protected_outside_its_stretch() -> None:
    for case in CASES:
        assert all(within_stretch(case, child.acted_at) for child in case.children)


def within_stretch(case: PlannedCase, at: datetime) -> bool:
    return within((case.stretch.begins, case.stretch.ends), at)


def test_mark_stays_and_stands_on_pages_and_papers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path))
    assert mark_text() == ""
    mark_keep(SYSTEM, reason="a test")
    mark_file().unlink()
    mark_tell()  # as each start does
    assert mark_text() == MARK
    assert MARK in Client().get("/account/login/", follow=True).content.decode()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM demo_synthetic_mark")


def test_real_record_is_not_told_synthetic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path))
    mark_tell()
    assert not mark_file().exists()
    assert not SyntheticMark.objects.exists()


def test_real_record_beside_a_synthetic_one_is_not_told_synthetic(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path))
    mark_keep(SYSTEM, reason="a test")
    with monkeypatch.context() as patched:
        patched.setitem(connection.settings_dict, "NAME", "/srv/real.sqlite3")
        assert mark_text() == ""
    assert mark_text() == MARK


def test_record_with_a_case_is_never_marked(make_case: object) -> None:
    assert callable(make_case)
    make_case("OP-REAL")
    with pytest.raises(UsageError, match="holds cases"):
        mark_keep(SYSTEM, reason="a test")
    assert not SyntheticMark.objects.exists()


def test_record_with_a_referral_or_an_account_is_never_marked(make_user: MakeUser) -> None:
    referral_receive(SYSTEM, reason="real", given=GivenReferral("public", datetime.now(UTC)))
    with pytest.raises(UsageError, match="holds referrals:"):
        mark_keep(SYSTEM, reason="a test")
    make_user("officer", Role.INVESTIGATOR)
    with pytest.raises(UsageError, match="holds referrals and accounts"):
        mark_keep(SYSTEM, reason="a test")
    assert not SyntheticMark.objects.exists()
