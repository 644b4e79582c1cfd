"""Django's entry to the privilege register."""

from django.apps import AppConfig


class PrivilegeConfig(AppConfig):
    """The privilege register."""

    name = "polit.web.privilege"
    label = "privilege"
