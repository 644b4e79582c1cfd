"""The drawing of stacks: it is what its script draws, and shows what the page says."""

from pathlib import Path
from xml.etree import ElementTree as ET

from tools.docs_stacks import DOTS, OUT, apart, chained, picture, starred

ROOT = Path(__file__).resolve().parents[2]


def test_the_drawing_is_up_to_date() -> None:
    kept = (ROOT / OUT).read_text(encoding="utf-8")

    assert kept == picture(), "run python -m tools.docs_stacks"
    assert ET.fromstring(kept).tag.endswith("svg")


def test_the_drawing_shows_a_chain_that_stars_take_apart() -> None:
    leaders = starred(DOTS)
    reach = max(apart(one, other) for one, other in chained(DOTS))

    assert all(apart(dot, leader) <= reach for dot, leader in leaders.items())
    assert len(set(leaders.values())) == 4
    ends = DOTS[0], DOTS[10]
    assert leaders[ends[0]] != leaders[ends[1]]
    heap = {ends[0]}
    for _ in DOTS:
        heap |= {dot for pair in chained(DOTS) if heap & set(pair) for dot in pair}
    assert ends[1] in heap
