"""Django's entry to the exhibits register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.searching import register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles


class ExhibitsConfig(AppConfig):
    """The exhibits register."""

    name = "polit.web.exhibits"
    label = "exhibits"

    def ready(self) -> None:
        """Add the exhibits to the page of a case."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.exhibits import searching  # noqa: PLC0415
        from polit.web.exhibits.chronology import exhibit_happenings  # noqa: PLC0415
        from polit.web.exhibits.rules import EventKind  # noqa: PLC0415
        from polit.web.exhibits.sections import case_exhibits, warrant_exhibits  # noqa: PLC0415
        from polit.web.exhibits.services import Paper  # noqa: PLC0415

        register_titles(
            {f"exhibits.{kind.value}": kind.label for kind in EventKind}
            | {f"exhibits.print_{paper.value}": f"Taken out: {paper.label}" for paper in Paper}
        )
        register_section("case", 200, "exhibits/case_section.html", case_exhibits)
        register_section("warrant", 200, "exhibits/warrant_section.html", warrant_exhibits)
        register_happenings("exhibits", exhibit_happenings)
        register_searchable(searching.EXHIBITS)
