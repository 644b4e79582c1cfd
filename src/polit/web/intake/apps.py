"""Django's entry to the intake register."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The intake register."""

    name = "polit.web.intake"
    label = "intake"
