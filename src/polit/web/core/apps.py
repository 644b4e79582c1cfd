"""Django's entry to the core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The core: no tables of its own."""

    name = "polit.web.core"
    label = "core"
