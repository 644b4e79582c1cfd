"""The figures on lengths."""

from pathlib import Path

import pytest

from tools.function_lengths import files_too_long, function_lengths, percentile


@pytest.mark.parametrize(
    ("percent", "value"), [(50, 5), (90, 9), (99, 10), (100, 10), (0, 1), (10, 1)]
)
def test_a_percentile_is_the_nearest_rank(percent: int, value: int) -> None:
    assert percentile(list(range(1, 11)), percent) == value


def test_nothing_has_the_percentile_zero() -> None:
    assert percentile([], 50) == 0


def test_functions_and_methods_are_counted_by_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "def one(): pass\n\nclass A:\n    async def three(\n        self,\n    ): pass\n"
    )
    assert function_lengths(tmp_path) == [1, 3]


def test_a_file_of_400_lines_is_short_enough(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("\n" * 400)
    (tmp_path / "long.py").write_text("\n" * 401)
    assert files_too_long(tmp_path) == [(tmp_path / "long.py", 401)]
