"""Django's entry to the risk register."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """The risk register."""

    name = "polit.web.risk"
    label = "risk"
