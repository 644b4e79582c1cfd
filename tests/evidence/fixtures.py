"""Pytest fixtures over the builders; register with ``pytest_plugins = ["evidence.fixtures"]``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence import catalogue
from evidence.truth import Truth

Planted = tuple[Path, Truth]


@pytest.fixture(scope="session")
def evidence_image() -> Callable[[str], Planted]:
    """Return a function: builder's name to (read-only image, what is in it), cached."""
    return catalogue.built


@pytest.fixture(params=sorted(catalogue.FILE_SYSTEMS))
def file_system_image(request: pytest.FixtureRequest) -> Planted:
    """Return each file-system image in turn."""
    return catalogue.built(str(request.param))
