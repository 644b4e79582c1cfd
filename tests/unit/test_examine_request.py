"""What cannot be examined under is refused at the start, not found out at the seal."""

from dataclasses import replace
from pathlib import Path

import pytest

from polit.base.errors import UsageError
from polit.examine.plan import Plan
from polit.examine.request import ExamineRequest

_YEAR_S = 365 * 86_400
GOOD = ExamineRequest(Path("image.dd"), "T-1", "AB/1", "tester", Path("out"), Plan())


@pytest.mark.parametrize(
    ("changed", "option"),
    [
        (replace(GOOD, clock_offset_s=11 * _YEAR_S), "--clock-offset"),
        (replace(GOOD, clock_offset_s=-11 * _YEAR_S), "--clock-offset"),
        (replace(GOOD, clock_offset_s=1 << 70), "--clock-offset"),
        (replace(GOOD, case="T\udcff"), "--case"),
        (replace(GOOD, exhibit="\udcff"), "--exhibit"),
        (replace(GOOD, examiner="a\udc80"), "--examiner"),
        (replace(GOOD, authority="warrant \udcff"), "--authority"),
        (replace(GOOD, time_zone="\udcff"), "--time-zone"),
        (replace(GOOD, exhibit="ü" * 40), "--exhibit"),
        (replace(GOOD, workers=241), "--workers"),
        (replace(GOOD, workers=0), "--workers"),
    ],
)
def test_what_cannot_be_sealed_is_refused(changed: ExamineRequest, option: str) -> None:
    with pytest.raises(UsageError, match=option):
        changed.check()


@pytest.mark.parametrize(
    "request_",
    [
        GOOD,
        replace(GOOD, clock_offset_s=10 * _YEAR_S, workers=240),
        replace(GOOD, exhibit="ü" * 39, authority="Gericht Köln", time_zone="Europe/Zürich"),
    ],
)
def test_what_can_be_sealed_is_taken(request_: ExamineRequest) -> None:
    request_.check()
