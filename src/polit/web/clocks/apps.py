"""Django's entry to the clocks register."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    """The clocks register."""

    name = "polit.web.clocks"
    label = "clocks"
