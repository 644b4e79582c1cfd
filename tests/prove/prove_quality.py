"""What the quality rule keeps out: ``count`` flat pictures of each kind, every two compared."""

from pathlib import Path

from altered_pictures import decoded, jpeg
from detection_counts import false_matches, unlike
from hard_negatives import FLAT_KINDS

NAME = "quality"
FULL_COUNT = 120


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Count pairs within the threshold, with and without the rule."""
    figures: dict[str, object] = {}
    for kind, make in FLAT_KINDS.items():
        made = ((seed, decoded(jpeg(make(seed), 85))) for seed in range(count))
        figures[kind] = false_matches(unlike(made), scratch / kind)
    return figures
