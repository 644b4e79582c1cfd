"""Django's entry to the exhibits register."""

from django.apps import AppConfig


class ExhibitsConfig(AppConfig):
    """The exhibits register."""

    name = "polit.web.exhibits"
    label = "exhibits"
