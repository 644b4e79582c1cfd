"""Django's entry to the cases register."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The cases register."""

    name = "polit.web.cases"
    label = "cases"
