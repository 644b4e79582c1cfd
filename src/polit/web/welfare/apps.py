"""Django's entry to the welfare register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section


class WelfareConfig(AppConfig):
    """The welfare register."""

    name = "polit.web.welfare"
    label = "welfare"

    def ready(self) -> None:
        """Add to the pages of cases and results, and listen to how cases go on."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.cases.signals import case_moved  # noqa: PLC0415
        from polit.web.safeguarding.signals import tasks_done  # noqa: PLC0415
        from polit.web.welfare import sections  # noqa: PLC0415
        from polit.web.welfare.services.officers import (  # noqa: PLC0415
            tell_case_moved,
            tell_tasks_done,
        )

        register_section("case", 320, "welfare/case_section.html", sections.case_figures)
        register_section("results", 110, "welfare/section.html", sections.results_figures)
        case_moved.connect(tell_case_moved)
        tasks_done.connect(tell_tasks_done)
