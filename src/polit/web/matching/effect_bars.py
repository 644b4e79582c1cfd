"""The effect of matching as rows of a table and bars of a drawing, each with its rule."""

from dataclasses import dataclass

from polit.web.matching.stack_queries import EffectFigures

CHART_WIDTH, ROW_HEIGHT, BAR_HEIGHT = 600, 24, 18


@dataclass(frozen=True, slots=True)
class EffectBar:
    """One figure of the effect, in the units of its drawing.

    Args:
        label: What is counted.
        rule: By which rule.
        count: How many files.
        x: Where the bar begins: the bars follow each other, as the files do.
        y: Its upper end.
        width: How wide.
        kind: ``settled``, ``grouped`` or ``left``, for its tint.
    """

    label: str
    rule: str
    count: int
    x: int
    y: int
    width: int
    kind: str


_RULES = (
    ("Settled: known good", "known_good", "settled",
     ("A digest (SHA-1 or SHA-256; never MD5 alone) is in a set of known-good files, and no set"
      " says more of it.")),
    ("Settled: categorised", "categorised", "settled",
     "A digest is in a set that gives its category, and no set of that scheme says another."),
    ("Settled: exact copies", "exact_copies", "settled",
     "SHA-256 is that of another file here that is not settled: grading one settles all."),
    ("Grouped: near copies", "near_copies", "grouped",
     ("PDQ is at most 31 bits from the leader of its stack, and the quality of both is 50 or"
      " more; of a video, 95 % of its frames are so in the leader, and 80 % the other way round."
      " Each is another file: grouped, not settled.")),
    ("Left to view: alerts", "alerts_to_view", "left",
     "A set alerts to it, by a digest or by likeness, and no category settles it."),
    ("Left to view: others", "others_to_view", "left",
     "One for each stack, and one for each file that nothing is like."),
)  # fmt: skip


def effect_bars(figures: EffectFigures) -> list[EffectBar]:
    """Return a bar for each place in which files are counted; each file stands in one."""
    bars = []
    before = 0
    for row, (label, name, kind, rule) in enumerate(_RULES):
        count: int = getattr(figures, name)
        x = _scaled(before, figures.media_files)
        end = _scaled(before + count, figures.media_files)
        bars.append(EffectBar(label, rule, count, x, row * ROW_HEIGHT, end - x, kind))
        before += count
    return bars


def _scaled(count: int, most: int) -> int:
    return CHART_WIDTH * count // most if most else 0
