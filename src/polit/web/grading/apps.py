"""Django's entry to the grading register."""

from django.apps import AppConfig


class GradingConfig(AppConfig):
    """The grading register."""

    name = "polit.web.grading"
    label = "grading"
