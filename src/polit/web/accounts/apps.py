"""Django's entry to the accounts register."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts register."""

    name = "polit.web.accounts"
    label = "accounts"
