"""Django's entry to the demo register."""

from django.apps import AppConfig

from polit.web.core.titles import register_titles


class DemoConfig(AppConfig):
    """The demo register."""

    name = "polit.web.demo"
    label = "demo"

    def ready(self) -> None:
        """Name its acts."""
        register_titles({"demo.case_fill": "Synthetic case filled"})
