"""Django's entry to the demo register."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo register."""

    name = "polit.web.demo"
    label = "demo"
