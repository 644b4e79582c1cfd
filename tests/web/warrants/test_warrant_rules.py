"""The law of warrants as data, and what a warrant may say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from web.warrants.samples import APPLIED, given_warrant

from polit.base.errors import UsageError
from polit.web.exhibits.catalogue import current_powers as seizure_powers
from polit.web.warrants.powers import current_powers, months_after
from polit.web.warrants.rules import (
    WARRANT_STATES,
    GivenExecution,
    GivenPremises,
    GivenWarrant,
    WarrantKind,
    WarrantState,
    check_execution,
    check_granted,
    check_warrant,
    is_expired,
)

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (date(2026, 3, 2), date(2026, 6, 2)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 3, 31)),
    ],
)
def test_three_months_end_on_the_same_day_or_the_last_of_the_month(begin: date, end: date) -> None:
    assert months_after(begin, 3) == end
    assert current_powers().power("pace-1984-s8").last_day(begin) == end


def test_every_power_of_seizure_that_a_warrant_gives_is_known() -> None:
    known = {each.code for each in seizure_powers().entries}
    scheme = current_powers()

    assert {each.seizure_power for each in scheme.entries} - {""} <= known
    assert {each.code: each.counts for each in scheme.outcomes}["no_entry"] is False
    assert scheme.power("soa-2003-s96b").last_day(date(2026, 3, 2)) is None
    assert "To be confirmed" in scheme.power("pca-1978-s4").validity
    assert "To be confirmed" not in scheme.power("pace-1984-s8").validity
    with pytest.raises(UsageError, match="none is called"):
        scheme.power("nothing")
    with pytest.raises(UsageError, match="none is called"):
        scheme.outcome("nothing")
    assert (scheme.label_of("x"), scheme.outcome_label("x")) == ("x", "x")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (replace(given_warrant(), reference=" "), "reference"),
        (replace(given_warrant(), court=""), "court"),
        (replace(given_warrant(), applied_at=NOW + timedelta(hours=1)), "future"),
        (replace(given_warrant(), premises=()), "at least one address"),
        (replace(given_warrant(), premises=(GivenPremises(" "),)), "empty"),
    ],
)
def test_warrant_says_what_an_application_says(given: GivenWarrant, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_warrant(given, NOW)
    check_warrant(replace(given_warrant(), kind=WarrantKind.ALL_PREMISES, premises=()), NOW)


def test_times_follow_one_another() -> None:
    with pytest.raises(UsageError, match="future"):
        check_granted(NOW + timedelta(hours=1), APPLIED, NOW)
    with pytest.raises(UsageError, match="before the application"):
        check_granted(APPLIED - timedelta(hours=1), APPLIED, NOW)
    late = GivenExecution(NOW + timedelta(days=1), "searched", "DS Hill")
    early = GivenExecution(APPLIED - timedelta(days=1), "searched", "DS Hill")
    nobody = GivenExecution(APPLIED, "searched", " ")
    for given, words in ((late, "future"), (early, "before the warrant"), (nobody, "officer")):
        with pytest.raises(UsageError, match=words):
            check_execution(given, APPLIED, NOW)


def test_warrant_expires_after_its_last_day_unless_it_was_executed() -> None:
    day = date(2026, 6, 2)
    later = day + timedelta(days=1)

    assert not is_expired(day, WarrantState.GRANTED, day)
    assert is_expired(day, WarrantState.GRANTED, later)
    assert not is_expired(day, WarrantState.EXECUTED, later)
    assert not is_expired(None, WarrantState.APPLIED, later)
    assert WARRANT_STATES.final_states == ("refused", "withdrawn")
