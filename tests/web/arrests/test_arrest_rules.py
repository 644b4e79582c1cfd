"""Clocks of custody and bail, and what goes together, by tables of cases."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from polit.base.errors import AuthorityError, UsageError
from polit.web.arrests.custody import Step, check_step, custody_clocks
from polit.web.arrests.law import bail_law_of, current_necessity, custody_law
from polit.web.arrests.rules import (
    ArrestKind,
    CustodyKind,
    GivenArrest,
    GivenCustody,
    GivenOutcome,
    OutcomeKind,
    check_arrest,
    check_outcome,
    check_writes_arrests,
)
from polit.web.core.rules import Role

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ARRIVED = Step(CustodyKind.ARRIVAL, AT)
AUTHORISED = Step(CustodyKind.AUTHORISED, AT + timedelta(hours=1))


def hours(count: float) -> datetime:
    return AT + timedelta(hours=count)


@pytest.mark.parametrize(
    ("steps", "outcome", "review", "limit"),
    [
        ([], None, None, None),
        ([ARRIVED], None, None, 24),
        ([ARRIVED, AUTHORISED], None, 7, 24),
        ([ARRIVED, AUTHORISED, Step(CustodyKind.REVIEW, hours(5))], None, 14, 24),
        (
            [ARRIVED, AUTHORISED, Step(CustodyKind.SUPERINTENDENT, hours(20), hours(36))],
            None,
            7,
            36,
        ),
        ([ARRIVED, AUTHORISED, Step(CustodyKind.WARRANT, hours(35), hours(70))], None, 7, 70),
        ([ARRIVED, AUTHORISED, Step(CustodyKind.RELEASE, hours(9))], None, None, None),
        ([ARRIVED, AUTHORISED], hours(9), None, None),
    ],
)
def test_custody_clocks_run_as_the_act_sets_them(
    steps: list[Step], outcome: datetime | None, review: int | None, limit: int | None
) -> None:
    clocks = custody_clocks(custody_law(), steps, outcome)
    assert clocks.next_review_at == (None if review is None else hours(review))
    assert clocks.limit_at == (None if limit is None else hours(limit))
    ended = outcome is not None or any(each.kind is CustodyKind.RELEASE for each in steps)
    assert clocks.is_running is (bool(steps) and not ended)


@pytest.mark.parametrize(
    ("kind", "at", "until", "steps", "words"),
    [
        ("arrival", -1, None, [], "before the arrest"),
        ("arrival", 1, None, [ARRIVED], "recorded already"),
        ("review", 1, None, [ARRIVED], "record first"),
        ("review", 2, 5, [ARRIVED, AUTHORISED], "nothing else does"),
        ("superintendent", 2, None, [ARRIVED], "says until when"),
        ("superintendent", 20, 37, [ARRIVED], "at most 36 hours"),
        ("superintendent", 20, 36, [], "record first"),
        ("warrant", 30, 67, [ARRIVED], "at most 96 hours"),
        ("warrant_extended", 80, 97, [ARRIVED], "at most 96 hours"),
    ],
)
def test_steps_in_custody_that_cannot_be_are_refused(
    kind: str, at: int, until: int | None, steps: list[Step], words: str
) -> None:
    given = GivenCustody(
        CustodyKind(kind), hours(at), "Sgt", None if until is None else hours(until)
    )
    with pytest.raises(UsageError, match=words):
        check_step(custody_law(), given, steps, AT)


def test_longest_extensions_are_allowed() -> None:
    for kind, at, until in (("superintendent", 20, 36), ("warrant", 30, 66),
                            ("warrant_extended", 66, 96)):  # fmt: skip
        given = GivenCustody(CustodyKind(kind), hours(at), "court", hours(until))
        check_step(custody_law(), given, [ARRIVED, AUTHORISED], AT)


@pytest.mark.parametrize(
    ("arrested", "level", "last"),
    [
        ("2022-10-27", "first", "2022-11-24"),
        ("2022-10-27", "superintendent", "2023-01-27"),
        ("2022-10-28", "first", "2023-01-28"),
        ("2026-01-31", "first", "2026-04-30"),
        ("2026-02-28", "first", "2026-05-31"),
        ("2025-11-30", "first", "2026-02-28"),
        ("2026-01-01", "inspector", "2026-07-01"),
        ("2026-01-01", "superintendent", "2026-10-01"),
        ("2026-01-01", "court", None),
    ],
)
def test_bail_runs_by_the_law_of_the_day_of_the_arrest(
    arrested: str, level: str, last: str | None
) -> None:
    day = date.fromisoformat(arrested)
    found = bail_law_of(day).level(level).last_day(day)
    assert found == (date.fromisoformat(last) if last else None)


def test_laws_name_what_they_do_not_know() -> None:
    with pytest.raises(UsageError, match="no law for an arrest on 2010-01-01"):
        bail_law_of(date(2010, 1, 1))
    with pytest.raises(UsageError, match="no authority for bail"):
        bail_law_of(date(2026, 1, 1)).level("mayor")
    with pytest.raises(UsageError, match="no limit"):
        custody_law().limit("mayor")
    with pytest.raises(UsageError, match="no criterion"):
        current_necessity().check(("whim",))
    assert current_necessity().check(("harm", "name", "harm")) == ("name", "harm")
    assert current_necessity().label_of("whim") == "whim"
    assert len(current_necessity().entries) == 6
    with pytest.raises(AuthorityError):
        check_writes_arrests(frozenset({Role.EXAMINER, Role.SAFEGUARDING}))


@pytest.mark.parametrize(
    ("kind", "necessity", "rights", "words"),
    [
        ("arrest", (), None, "at least one criterion"),
        ("voluntary_attendance", ("name",), None, "only an arrest"),
        ("arrest", ("name",), -1, "after the arrest"),
    ],
)
def test_facts_of_an_arrest_go_together(
    kind: str, necessity: tuple[str, ...], rights: int | None, words: str
) -> None:
    given = GivenArrest(
        uuid4(), ArrestKind(kind), AT, "there", "because", "PC", necessity,
        None if rights is None else hours(rights),
    )  # fmt: skip
    with pytest.raises(UsageError, match=words):
        check_arrest(given)


@pytest.mark.parametrize(
    ("kind", "of", "before", "due", "more", "words"),
    [
        ("bail", "voluntary_attendance", None, 9, {}, "only after an arrest"),
        ("bail", "arrest", "charge", 9, {}, "charged already"),
        ("bail", "arrest", None, None, {}, "when the bail ends"),
        ("released_under_investigation", "arrest", None, -1, {}, "lies after"),
        ("charge", "arrest", None, 9, {}, "has a day that is due"),
        ("charge", "arrest", None, None, {"conditions": ("x",)}, "only bail has conditions"),
        ("no_further_action", "arrest", "bail", None, {}, "say why"),
        ("no_further_action", "arrest", "bail", None, {"detail": "no evidence"}, ""),
        ("bail", "arrest", "no_further_action", 9, {}, ""),
    ],
)
def test_outcomes_follow_one_another(
    kind: str, of: str, before: str | None, due: int | None, more: dict[str, object], words: str
) -> None:
    given = GivenOutcome(
        OutcomeKind(kind),
        AT,
        due_at=None if due is None else hours(due),
        **more,  # type: ignore[arg-type]  # by the table
    )
    was = OutcomeKind(before) if before else None
    if not words:
        check_outcome(given, kind=ArrestKind(of), before=was)
        return
    with pytest.raises(UsageError, match=words):
        check_outcome(given, kind=ArrestKind(of), before=was)
