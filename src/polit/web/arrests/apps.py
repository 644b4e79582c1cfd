"""Django's entry to the arrests register."""

from django.apps import AppConfig


class ArrestsConfig(AppConfig):
    """The arrests register."""

    name = "polit.web.arrests"
    label = "arrests"
