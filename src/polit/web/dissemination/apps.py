"""Django's entry to the dissemination register."""

from django.apps import AppConfig


class DisseminationConfig(AppConfig):
    """The dissemination register."""

    name = "polit.web.dissemination"
    label = "dissemination"
