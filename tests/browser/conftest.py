"""What all browser tests share."""

import json
import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from browser_fixtures import browser, browser_page, prepared_site, site
from browser_site import Site, running_site

__all__ = ["browser", "browser_page", "prepared_site", "site"]


@pytest.fixture(scope="session")
def components_site(
    prepared_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Site, None, None]:
    """Run the site with the pages that exist for tests alone; nothing is written there."""
    folder = tmp_path_factory.mktemp("components")
    with running_site(prepared_site, folder, "browser_settings") as started:
        yield started


@pytest.fixture(scope="session")
def proof_count() -> int | None:
    """Return how much a proof asks for; ``None`` in a run of the tests."""
    asked = os.environ.get("POLIT_PROOF_COUNT")
    return int(asked) if asked else None


@pytest.fixture
def keep_figures() -> Callable[[dict[str, object]], None]:
    """Return what hands figures to the proof that runs this test; nothing where none does."""

    def keep(figures: dict[str, object]) -> None:
        kept = os.environ.get("POLIT_PROOF_FIGURES")
        if kept:
            Path(kept).write_text(json.dumps(figures), encoding="utf-8")

    return keep
