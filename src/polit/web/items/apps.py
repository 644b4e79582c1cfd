"""Django's entry to the items register."""

from django.apps import AppConfig


class ItemsConfig(AppConfig):
    """The items register."""

    name = "polit.web.items"
    label = "items"
