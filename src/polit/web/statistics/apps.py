"""Django's entry to the statistics register."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """The statistics register."""

    name = "polit.web.statistics"
    label = "statistics"
