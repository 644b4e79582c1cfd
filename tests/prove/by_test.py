"""Runs a test as a proof: with the full count, and its figures kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

_TESTS = Path(__file__).parents[1]
_LIMIT_S = 3 * 3600
"""A proof takes longer than a test may."""


def figures_of_test(path: str, count: int, scratch: Path) -> dict[str, object]:
    """Run a file of tests with a count, and return the figures that it hands out.

    Args:
        path: The file, below the folder of tests.
        count: How much of it; the test asks its fixture ``proof_count``.
        scratch: An empty folder.

    Raises:
        RuntimeError: A test failed.
    """
    kept = scratch / "figures.json"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", f"--timeout={_LIMIT_S}", str(_TESTS / path)],
        env={**os.environ, "POLIT_PROOF_COUNT": str(count), "POLIT_PROOF_FIGURES": str(kept)},
        cwd=_TESTS.parent,
        check=False,
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        raise RuntimeError(f"{path}: {ran.stdout[-3000:]}")
    figures: dict[str, object] = json.loads(kept.read_text(encoding="utf-8"))
    return figures
