"""Django's entry to the search register."""

from django.apps import AppConfig

from polit.web.core.titles import register_titles


class SearchConfig(AppConfig):
    """The search register."""

    name = "polit.web.search"
    label = "search"

    def ready(self) -> None:
        """Keep the index in step with the records."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.search.marking import begin_marking  # noqa: PLC0415

        begin_marking()
        register_titles({"search.ask": "Search"})
