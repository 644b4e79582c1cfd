"""Twenty reviewers at the same time on one case; web and broker are killed in the middle."""

from pathlib import Path

import demo_record
from together_reviewing import review_together

NAME = "reviewers"
FULL_COUNT = 20
_FILES = 6_000
_SECONDS = 120.0
_KILLS = 4
_REFERENCE = "OP-DEMO-1"


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Let so many reviewers work for two minutes, on SQLite."""
    made = scratch / "made"
    data = demo_record.examine(scratch, made, _FILES, _REFERENCE, with_sets=True)
    with demo_record.demo_record(data) as record:
        demo = demo_record.take_in(record, made / "truth.json", _REFERENCE, officers=count)
        return review_together(demo, seconds=_SECONDS, kills=_KILLS, seed=20261126)
