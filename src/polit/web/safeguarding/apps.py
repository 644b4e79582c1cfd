"""Django's entry to the safeguarding register."""

from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    """The safeguarding register."""

    name = "polit.web.safeguarding"
    label = "safeguarding"
