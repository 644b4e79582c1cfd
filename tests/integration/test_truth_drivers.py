"""The file-system drivers alone against what was planted, without pipeline or command."""

from collections.abc import Callable
from pathlib import Path

import pytest
from evidence import catalogue
from evidence.compare import compare
from evidence.truth import Truth
from evidence.walked import walked_rows


@pytest.mark.parametrize("name", sorted(catalogue.FILE_SYSTEMS))
def test_truth_of_driver_is_what_was_planted(
    name: str, evidence_image: Callable[[str], tuple[Path, Truth]]
) -> None:
    image, truth = evidence_image(name)
    result = compare(truth, walked_rows(image), opens_archives=False)
    assert result.holds, result.report()
