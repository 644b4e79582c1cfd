"""Django's entry to the warrants register."""

from django.apps import AppConfig


class WarrantsConfig(AppConfig):
    """The warrants register."""

    name = "polit.web.warrants"
    label = "warrants"
