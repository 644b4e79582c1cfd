"""The page of detection quotes the proof, and its drawing is of the same figures."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tools import docs_detection as docs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_page_and_the_drawing_are_of_the_proof() -> None:
    figures = docs.figures_read()
    kept = docs.PAGE.read_text(encoding="utf-8")
    drawn = docs.OUT.read_text(encoding="utf-8")

    assert kept == docs.page(kept, figures), "run python -m tools.docs_detection"
    assert drawn == docs.picture(figures), "run python -m tools.docs_detection"
    assert ET.fromstring(drawn).tag.endswith("svg")


def test_a_changed_figure_is_noticed() -> None:
    figures = docs.figures_read()
    kept = docs.PAGE.read_text(encoding="utf-8")
    figures["photographs"]["q50"]["polit"] -= 1

    assert kept != docs.page(kept, figures)


@pytest.mark.parametrize(
    ("part", "of", "told"),
    [(0, 9, "0 %"), (9, 9, "100 %"), (9999, 10000, "99.9 %"), (1, 3, "33.3 %"), (0, 0, "-")],
)
def test_a_share_is_never_rounded_up_to_all(part: int, of: int, told: str) -> None:
    assert docs._percent(part, of) == told
