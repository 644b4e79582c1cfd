"""How long functions and files are: the house limits, as figures."""

import ast
from collections.abc import Iterator
from pathlib import Path

LONGEST_FILE_LINES = 400
WHOLE_IN_ONE = frozenset({"verify_audit.py"})
"""Files that an outside expert takes alone: splitting them would take their point away."""


def function_lengths(folder: Path) -> list[int]:
    """Return the length in lines of every function below a folder, sorted."""
    return sorted(length for path in sorted(folder.rglob("*.py")) for length in _lengths_in(path))


def _lengths_in(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.end_lineno - node.lineno + 1


def percentile(ordered: list[int], percent: int) -> int:
    """Return the value at a percentile of a sorted list (nearest rank), 0 for an empty one."""
    if not ordered:
        return 0
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def files_too_long(folder: Path) -> list[tuple[Path, int]]:
    """Return the files of more than 400 lines below a folder, with their lengths.

    Migrations are not counted: a machine writes them from the models, in one piece.
    """
    paths = [
        path
        for path in sorted(folder.rglob("*.py"))
        if path.name not in WHOLE_IN_ONE and path.parent.name != "migrations"
    ]
    counted = [(path, len(path.read_bytes().splitlines())) for path in paths]
    return [(path, lines) for path, lines in counted if lines > LONGEST_FILE_LINES]
