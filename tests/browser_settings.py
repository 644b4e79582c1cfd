"""The site's settings, with the pages that exist for tests alone."""

from pathlib import Path

from polit.web.site.settings import *  # noqa: F403  # every setting, as it is
from polit.web.site.settings import TEMPLATES

ROOT_URLCONF = "browser_urls"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "browser_templates"]
