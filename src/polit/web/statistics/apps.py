"""Django's entry to the statistics register."""

from django.apps import AppConfig

from polit.web.core.titles import register_titles


class StatisticsConfig(AppConfig):
    """The statistics register."""

    name = "polit.web.statistics"
    label = "statistics"

    def ready(self) -> None:
        """Name its acts."""
        register_titles(
            {
                "statistics.run": "Figures counted",
                "statistics.export": "Rows behind the figures handed out",
            }
        )
