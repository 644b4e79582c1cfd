"""End to end on host folders: links recorded and not followed, nothing opened that must not be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence import host_folder
from evidence.compare import compare
from evidence.examined import examine
from evidence.truth import LINK, SPECIAL, Truth

DEPTH = 2_200
"""Names of one letter, so the path has 4,400 bytes: more than the host's 4,096."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[Path, Truth]]:
    """Build the folder, and give its permissions back afterwards."""
    source = tmp_path / "source"
    source.mkdir()
    root, truth = host_folder.build_host_folder(source)
    yield root, truth
    host_folder.unlock(root)


def test_truth_of_folder_is_what_examination_lists(
    host: tuple[Path, Truth], tmp_path: Path
) -> None:
    root, truth = host
    out = tmp_path / "out"
    out.mkdir()

    done = examine(root, out)

    result = compare(truth, done.rows)
    assert result.holds, result.report()
    rows = {str(row["path"]): row for row in done.rows}
    for item in truth.planted:
        row = rows[item.path]
        if item.entry_type in {LINK, SPECIAL}:
            assert row["outcome"] in {"skipped", "failed"}, row
            assert row["sha256"] is None


def test_truth_of_folder_deeper_than_a_path_is_walked_to_the_bottom(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    out.mkdir()
    root, truth = host_folder.build_deep_folder(source, depth=DEPTH)
    try:
        done = examine(root, out)
        result = compare(truth, done.rows)
    finally:
        host_folder.remove_deep_folder(root, depth=DEPTH)
    assert result.holds, result.report()[:2_000]
