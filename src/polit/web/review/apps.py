"""Django's entry to the review register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section


class ReviewConfig(AppConfig):
    """The review register."""

    name = "polit.web.review"
    label = "review"

    def ready(self) -> None:
        """Add the way into the gallery to the page of results."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.review import sections  # noqa: PLC0415

        register_section("results", 90, "review/results_section.html", sections.results_review)
