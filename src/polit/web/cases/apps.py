"""Django's entry to the cases register."""

from django.apps import AppConfig

from polit.web.core.searching import register_searchable
from polit.web.core.sections import register_section


class CasesConfig(AppConfig):
    """The cases register."""

    name = "polit.web.cases"
    label = "cases"

    def ready(self) -> None:
        """Add to the home page."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.cases import searching  # noqa: PLC0415
        from polit.web.cases.sections import home_cases, home_notices  # noqa: PLC0415

        register_section("home", 100, "cases/home_notices.html", home_notices)
        register_section("home", 200, "cases/home_cases.html", home_cases)
        register_searchable(searching.CASES)
        register_searchable(searching.NOTES)
