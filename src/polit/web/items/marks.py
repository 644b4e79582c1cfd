"""What the grid draws beside a tile: one byte for each item, made here and nowhere else."""

from typing import TYPE_CHECKING

import numpy as np

from polit.web.items.columns import Array, Columns
from polit.web.items.rules import FIRST_GENERATION_LEAST, ItemMark
from polit.web.matching.rules import ALERTING, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polit.web.items.models import Item

_VIDEO = 2
_ALERTING = tuple(int(each) for each in ALERTING)
_NEAR = (int(Verdict.NEAR), int(Verdict.NEAR_ALERT))
_NAMES = ("kind", "verdict", "tile", "first_generation", "flags")


def marks_of(columns: Columns, places: Array, is_stack: Array) -> Array:
    """Return the marks of items from the columns of their set, uint8, ``ItemMark`` bits.

    Args:
        columns: Of the set.
        places: Which items, as an index of columns.
        is_stack: For each of them whether it stands for others.
    """
    return _marks({name: columns[name][places] for name in _NAMES}, is_stack)


def items_marks(told: "Sequence[tuple[Item, int]]") -> list[int]:
    """Return the marks of items as they are once each bears the flags beside it."""
    facts = {
        "kind": [item.kind for item, _ in told],
        "verdict": [item.verdict for item, _ in told],
        "tile": [item.has_tile for item, _ in told],
        "first_generation": [item.first_generation for item, _ in told],
        "flags": [flags for _, flags in told],
    }
    columns = {name: np.array(values, np.int64) for name, values in facts.items()}
    is_stack = np.array([item.stack_items > 1 for item, _ in told], bool)
    marks: list[int] = _marks(columns, is_stack).tolist()
    provisional = int(ItemMark.PROVISIONAL)
    # No package that was imported holds it: an examination that still runs found it.
    return [
        mark if item.content_id else mark | provisional
        for (item, _), mark in zip(told, marks, strict=True)
    ]


def _marks(facts: dict[str, Array], is_stack: Array) -> Array:
    verdict = facts["verdict"]
    drawn = {
        ItemMark.VIDEO: facts["kind"] == _VIDEO,
        ItemMark.STACK: is_stack,
        ItemMark.ALERT: np.isin(verdict, _ALERTING),
        ItemMark.NEAR: np.isin(verdict, _NEAR),
        ItemMark.NO_TILE: facts["tile"] == 0,
        ItemMark.FIRST_GENERATION: facts["first_generation"] >= FIRST_GENERATION_LEAST,
        ItemMark.FLAGGED: facts["flags"] != 0,
    }
    marks = np.zeros(len(verdict), np.uint8)
    for mark, bits in drawn.items():
        marks |= bits.astype(np.uint8) * np.uint8(mark)
    return marks
