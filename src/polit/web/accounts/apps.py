"""Django's entry to the accounts register."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts register."""

    name = "polit.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen to what the libraries tell of."""
        import_module("polit.web.accounts.hooks")
