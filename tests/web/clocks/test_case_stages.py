"""The days between the stages of a case: order, gaps, the zone, many cases at once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.web.cases.models import CaseMember
from polit.web.clocks.queries import stage_days, stages_reached
from polit.web.clocks.rules import CHART_WIDTH
from polit.web.core import stages as seam
from polit.web.core.rules import Role
from polit.web.core.stages import Cases, first_by_case, register_stage


@pytest.fixture(autouse=True)
def _no_other_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the stages of the test alone."""
    monkeypatch.setattr(seam, "_stages", {})


def reached(code: str, order: int, at: dict[UUID, datetime]) -> None:
    def when(cases: Cases) -> Mapping[UUID, datetime]:
        return {each: at[each] for each in cases if each in at}

    register_stage(code, order, code.capitalize(), when)


def test_days_are_counted_from_stage_to_stage_and_from_the_receipt(make_case: MakeCase) -> None:
    case = make_case("OP-1").pk
    # Half past eleven in the evening in UTC is the next day in London's summer.
    reached("received", 100, {case: datetime(2026, 6, 1, 23, 30, tzinfo=UTC)})
    reached("warrant", 400, {case: datetime(2026, 6, 12, 9, tzinfo=UTC)})
    reached("arrest", 600, {case: datetime(2026, 6, 7, 9, tzinfo=UTC)})
    reached("charge", 800, {})
    reached("result", 900, {case: datetime(2026, 6, 22, 9, tzinfo=UTC)})
    rows = stage_days(case)
    assert [(each.code, each.from_previous_days, each.from_receipt_days) for each in rows] == [
        ("received", None, 0), ("warrant", 10, 10), ("arrest", -5, 5), ("result", 15, 20),
    ]  # fmt: skip
    assert [(each.x, each.width) for each in rows] == [(0, 2), (0, 150), (75, 75), (75, 225)]
    assert all(each.x + each.width <= CHART_WIDTH for each in rows)


def test_without_a_receipt_no_days_are_counted_from_it(make_case: MakeCase) -> None:
    case = make_case("OP-1").pk
    assert stage_days(case) == []
    reached("arrest", 600, {case: datetime(2026, 6, 7, 9, tzinfo=UTC)})
    row = stage_days(case)[0]
    assert (row.from_previous_days, row.from_receipt_days, row.x, row.width) == (None, None, 0, 2)


def test_thousands_of_cases_are_asked_in_few_queries(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    case = make_case("OP-1", make_user("i", Role.INVESTIGATOR))
    register_stage("joined", 1, "Joined", first_by_case(CaseMember.objects.all, "recorded_at"))
    others = [UUID(int=each) for each in range(2_500)]
    with CaptureQueriesContext(connection) as queries:
        found = stages_reached([case.pk, *others])
    assert len(queries) == 3
    assert [stage.code for stage, _at in found[case.pk]] == ["joined"]
    assert found[others[0]] == []


def test_case_page_shows_the_days_to_whoever_is_in_the_case(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("g", Role.GRADER)
    case = make_case("OP-1", officer)
    page = f"/cases/{case.pk}/"
    assert b"Days per stage" not in client_for(officer).get(page).content
    reached("received", 100, {case.pk: datetime(2026, 6, 1, tzinfo=UTC)})
    reached("arrest", 600, {case.pk: datetime(2026, 5, 1, tzinfo=UTC)})
    shown = client_for(officer).get(page).content.decode()
    assert "Days per stage" in shown
    assert "earlier" in shown
    assert "style=" not in shown
