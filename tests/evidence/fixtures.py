"""Pytest fixtures over the builders; register with ``pytest_plugins = ["evidence.fixtures"]``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence import catalogue
from evidence.examined import Examined, examine
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


@pytest.fixture(scope="session")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Examined]:
    """Return a function: builder's name to the examination of its image, done once."""
    done: dict[str, Examined] = {}

    def examine_once(name: str) -> Examined:
        if name not in done:
            image, _ = catalogue.built(name)
            done[name] = examine(image, tmp_path_factory.mktemp(f"examined-{name}"))
        return done[name]

    return examine_once
