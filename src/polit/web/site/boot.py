"""Makes Django ready inside a process of the command line."""

import django

from polit.base import settings


def boot() -> None:
    """Load the settings and all registers; calling it twice is harmless."""
    settings.preset("DJANGO_SETTINGS_MODULE", "polit.web.site.settings")
    django.setup()
