"""Django's entry to the signposts register."""

from django.apps import AppConfig


class SignpostsConfig(AppConfig):
    """The signposts register."""

    name = "polit.web.signposts"
    label = "signposts"
