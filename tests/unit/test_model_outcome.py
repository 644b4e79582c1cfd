"""The account of a run, and the codes that explain it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.base.errors import PackageDamaged
from polit.model.evidence import ContentState
from polit.model.outcome import REASONS, TIME_LIMITED, Tally, reason_name

counts = st.integers(0, 10**6)


@given(counts, counts, counts)
def test_an_account_that_balances_is_accepted(done: int, skipped: int, failed: int) -> None:
    Tally(done + skipped + failed, done, skipped, failed).check_balance()


@given(counts, counts, counts, st.integers(-5, 5).filter(bool))
def test_an_account_that_is_off_by_anything_is_refused(
    done: int, skipped: int, failed: int, off: int
) -> None:
    with pytest.raises(PackageDamaged, match="does not balance"):
        Tally(done + skipped + failed + off, done, skipped, failed).check_balance()


def test_every_code_is_a_stable_word_with_a_meaning() -> None:
    for code, meaning in REASONS.items():
        assert re.fullmatch(r"[a-z][a-z_]*", code)
        assert meaning
        assert reason_name(code) == meaning


def test_a_code_of_a_newer_version_stands_for_itself() -> None:
    assert reason_name("melted_in_transit") == "melted in transit"


def test_limits_of_time_are_reasons() -> None:
    assert set(REASONS) >= TIME_LIMITED


def test_content_that_cannot_be_read_has_a_reason() -> None:
    assert set(REASONS) >= {state.value for state in ContentState} - {"readable"}
