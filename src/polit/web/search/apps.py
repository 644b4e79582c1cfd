"""Django's entry to the search register."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The search register."""

    name = "polit.web.search"
    label = "search"
