"""Django's entry to the examinations register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section


class ExaminationsConfig(AppConfig):
    """The examinations register."""

    name = "polit.web.examinations"
    label = "examinations"

    def ready(self) -> None:
        """Add to the page of a case."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.examinations.sections import (  # noqa: PLC0415
            case_examinations,
            exhibit_examinations,
        )

        register_section("case", 300, "examinations/section.html", case_examinations)
        register_section("exhibit", 300, "examinations/exhibit_section.html", exhibit_examinations)
