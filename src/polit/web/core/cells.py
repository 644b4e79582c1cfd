"""Cells of tables for spreadsheets: what a spreadsheet would run as a formula stays text."""

from polit.base.text import visible

_FORMULA_HEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What formulas begin with, in full width too: some spreadsheets take that for the same."""


def safe_cell(value: object, *, keeps_lines: bool = False) -> str:
    """Return a value as a cell that no spreadsheet runs, in which nothing is unseen.

    Args:
        value: Text, or what ``str`` writes; ``None`` is an empty cell.
        keeps_lines: Whether line breaks stay, as in what people wrote; in names they stand
            visibly as every other control.
    """
    text = "" if value is None else str(value)
    lines = text.replace("\r\n", "\n").split("\n") if keeps_lines else [text]
    shown = "\n".join(map(visible, lines))
    return f"'{shown}" if text.lstrip(" \u00a0").startswith(_FORMULA_HEADS) else shown
