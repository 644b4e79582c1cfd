"""Django's entry to the safeguarding register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section


class SafeguardingConfig(AppConfig):
    """The safeguarding register."""

    name = "polit.web.safeguarding"
    label = "safeguarding"

    def ready(self) -> None:
        """Add to the home page and to the page of a case."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.safeguarding import sections  # noqa: PLC0415

        register_section("home", 40, "safeguarding/home_section.html", sections.home_tasks)
        register_section("case", 40, "safeguarding/case_section.html", sections.case_tasks)
