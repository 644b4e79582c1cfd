"""Django's entry to the people register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.searching import register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles


class PeopleConfig(AppConfig):
    """The people register."""

    name = "polit.web.people"
    label = "people"

    def ready(self) -> None:
        """Add the people to the page of a case, and what is known of their days."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.people import searching  # noqa: PLC0415
        from polit.web.people.chronology import place_happenings  # noqa: PLC0415
        from polit.web.people.sections import case_people  # noqa: PLC0415

        register_section("case", 100, "people/case_section.html", case_people)
        register_happenings("people", place_happenings)
        register_titles(
            {
                "people.consult": "Person read across cases",
                "people.merge_people": "Two records merged as one person",
                "people.split_people": "A merged record parted",
            }
        )
        register_searchable(searching.PEOPLE)
