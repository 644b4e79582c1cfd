"""Charts as coordinates, for the page and for paper. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass

from polit.web.statistics.report import StageDays

CHART_WIDTH = 640
LABEL_WIDTH = 190
ROW_HEIGHT, BAR_HEIGHT = 26, 16
_NUMBER_WIDTH = 60
_SPACE = CHART_WIDTH - LABEL_WIDTH - _NUMBER_WIDTH
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its words.

    Args:
        label: What it counts.
        count: How many.
        y: Its upper end.
        middle: The height at which words stand.
        width: How long; at least 1 where anything was.
        end: Where the number stands.
    """

    label: str
    count: int
    y: int
    middle: int
    width: int
    end: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars below each other, all beginning at ``left``."""

    width: int
    height: int
    left: int
    thickness: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """How the days of one stage are spread.

    Args:
        label: The stage.
        words: The same in words.
        y: The upper end of its box.
        middle: The height of its line.
        least: Where the line begins.
        most: Where it ends.
        left: Where the box begins: a quarter of cases took at most so long.
        width: How long the box is, up to three quarters; at least 2.
        median: Where its mark stands.
    """

    label: str
    words: str
    y: int
    middle: int
    least: int
    most: int
    left: int
    width: int
    median: int


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the scale."""

    x: int
    days: int


@dataclass(frozen=True, slots=True)
class BoxChart:
    """Boxes below each other on one scale of days."""

    width: int
    height: int
    left: int
    foot: int
    thickness: int
    boxes: tuple[Box, ...]
    ticks: tuple[Tick, ...]


def bar_chart(rows: Sequence[tuple[str, int]]) -> BarChart:
    """Return a bar for each row, as long as its share of the longest."""
    most = max((count for _, count in rows), default=0) or 1
    bars = []
    for number, (label, count) in enumerate(rows):
        width = -(-_SPACE * count // most)
        y = number * ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) // 2
        middle = number * ROW_HEIGHT + ROW_HEIGHT // 2
        bars.append(Bar(label, count, y, middle, width, LABEL_WIDTH + width + 6))
    height = max(1, len(bars)) * ROW_HEIGHT
    return BarChart(CHART_WIDTH, height, LABEL_WIDTH, BAR_HEIGHT, tuple(bars))


def box_chart(stages: Sequence[StageDays]) -> BoxChart | None:
    """Return a box for each stage that cases reached, ``None`` where none was.

    The scale ends at the greatest of the third quartiles with a margin: one case that took years
    does not press all others into a point. Lines that go on beyond end at the edge.
    """
    known = [(each, each.spread) for each in stages if each.spread is not None]
    if not known:
        return None
    step = _step(max(spread.three_quarters for _, spread in known) * 1.25 / _TICKS)
    scale = step * _TICKS

    def at(days: float) -> int:
        return LABEL_WIDTH + round(_SPACE * min(max(days, 0), scale) / scale)

    boxes = []
    for number, (stage, spread) in enumerate(known):
        left, right = at(spread.quarter), at(spread.three_quarters)
        words = (
            f"{stage.label}: median {spread.median:g} days, half of {spread.count} cases between"
            f" {spread.quarter:g} and {spread.three_quarters:g}"
        )
        boxes.append(
            Box(
                stage.label,
                words,
                number * ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) // 2,
                number * ROW_HEIGHT + ROW_HEIGHT // 2,
                at(spread.least),
                at(spread.most),
                left,
                max(2, right - left),
                at(spread.median),
            )
        )
    foot = len(boxes) * ROW_HEIGHT
    ticks = tuple(Tick(at(step * each), step * each) for each in range(_TICKS + 1))
    return BoxChart(
        CHART_WIDTH, foot + ROW_HEIGHT, LABEL_WIDTH, foot, BAR_HEIGHT, tuple(boxes), ticks
    )


def _step(least: float) -> int:
    """Return a round number of days, at least as many."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= least:
                return step * factor
        step *= 10
