"""Django's entry to the hash sets."""

from django.apps import AppConfig


class HashSetsConfig(AppConfig):
    """The hash sets."""

    name = "polit.web.hashsets"
    label = "hashsets"
