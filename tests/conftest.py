"""What every test shares: the corpora beside the project, where they are present."""

from pathlib import Path

import pytest

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Return the folder of public benign test data, or skip where it is absent."""
    if not CORPORA.is_dir():
        pytest.skip("skipped: the public corpora are not beside the project")
    return CORPORA
