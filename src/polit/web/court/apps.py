"""Django's entry to the court register."""

from django.apps import AppConfig


class CourtConfig(AppConfig):
    """The court register."""

    name = "polit.web.court"
    label = "court"
