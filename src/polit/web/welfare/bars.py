"""Bars of weeks, for the page and for paper. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

CHART_WIDTH, CHART_HEIGHT = 600, 80
_GAP = 4


@dataclass(frozen=True, slots=True)
class WeekBar:
    """One week, in the units of its drawing.

    Args:
        label: The day it began on.
        count: Stacks uncovered.
        x: Where the bar begins.
        y: Its upper end.
        width: How wide.
        height: How high; at least 1 where anything was.
    """

    label: str
    count: int
    x: int
    y: int
    width: int
    height: int


def week_bars(weeks: Sequence[tuple[datetime, int]]) -> list[WeekBar]:
    """Return a bar for each week, as high as its share of the highest."""
    most = max((count for _, count in weeks), default=0) or 1
    step = CHART_WIDTH // max(1, len(weeks))
    bars = []
    for number, (begin, count) in enumerate(weeks):
        height = -(-CHART_HEIGHT * count // most)
        label = f"{begin.day} {begin:%B %Y}"
        bars.append(WeekBar(label, count, number * step, CHART_HEIGHT - height,
                            step - _GAP, height))  # fmt: skip
    return bars
