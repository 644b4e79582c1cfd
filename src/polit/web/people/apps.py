"""Django's entry to the people register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section


class PeopleConfig(AppConfig):
    """The people register."""

    name = "polit.web.people"
    label = "people"

    def ready(self) -> None:
        """Add the people to the page of a case."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.people.sections import case_people  # noqa: PLC0415

        register_section("case", 100, "people/case_section.html", case_people)
