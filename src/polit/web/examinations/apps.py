"""Django's entry to the examinations register."""

from django.apps import AppConfig


class ExaminationsConfig(AppConfig):
    """The examinations register."""

    name = "polit.web.examinations"
    label = "examinations"
