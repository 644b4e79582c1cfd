"""What all browser tests share."""

from collections.abc import Generator
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
