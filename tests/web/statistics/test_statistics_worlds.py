"""Random worlds are counted alike by polit, by the script without it, and from plain lists."""

import importlib.util
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from web.statistics.random_lists import LONDON
from web.statistics.random_world import NAME, World

from polit.web.audit.models import AuditEvent
from polit.web.statistics.export import folder_write
from polit.web.statistics.figures import FIGURES

RECOUNT = Path(__file__).parents[3] / "samples" / "recount.py"


def recount() -> Any:
    spec = importlib.util.spec_from_file_location("recount_of_samples", RECOUNT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", range(3))
def test_random_worlds_are_counted_alike(seed: int, tmp_path: Path) -> None:
    world = World(random=Random(seed))
    world.begin()
    script = recount()
    for turn in range(4):
        for _each in range(25):
            world.step()
        folder = tmp_path / str(turn)
        folder_write(folder, world.selection())
        visits = json.loads((folder / "about.json").read_text())["visits"]
        for _each in range(4):
            asked = world.selection()
            units = {"area_id": str(asked.area_id or ""), "team_id": str(asked.team_id or "")}
            period = asked.period
            again = script.Count(folder, visits, period.from_on, period.to_on, LONDON, units)
            told = {figure.key: figure.records(asked).count() for figure in FIGURES}
            by_hand = world.counted(asked)
            assert told == by_hand, (seed, turn, asked)
            assert again.figures() == by_hand, (seed, turn, asked)
    texts = [str(each) for each in AuditEvent.objects.values_list()]
    assert [text for text in texts if NAME.split()[0] in text] == []
