"""What all browser tests share."""

from browser_fixtures import browser, browser_page, prepared_site, site

__all__ = ["browser", "browser_page", "prepared_site", "site"]
