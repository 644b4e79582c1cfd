"""Django's entry to the clocks register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section


class ClocksConfig(AppConfig):
    """The clocks register."""

    name = "polit.web.clocks"
    label = "clocks"

    def ready(self) -> None:
        """Add to the home page and to the page of a case, and name the stages of a case."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.clocks import sections  # noqa: PLC0415
        from polit.web.clocks.case_stages import register_stages  # noqa: PLC0415

        register_section("home", 30, "clocks/home_section.html", sections.home_due)
        register_section("stage", 100, "clocks/case_section.html", sections.case_stages)
        register_stages()
