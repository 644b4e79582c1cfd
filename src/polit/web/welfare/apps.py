"""Django's entry to the welfare register."""

from django.apps import AppConfig


class WelfareConfig(AppConfig):
    """The welfare register."""

    name = "polit.web.welfare"
    label = "welfare"
