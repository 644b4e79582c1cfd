"""Django's entry to the grading register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section


class GradingConfig(AppConfig):
    """The grading register."""

    name = "polit.web.grading"
    label = "grading"

    def ready(self) -> None:
        """Listen to cases and items, and add to the page of a case."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.cases.signals import case_moved  # noqa: PLC0415
        from polit.web.grading.sections import case_review  # noqa: PLC0415
        from polit.web.grading.services.carrying import decisions_carry  # noqa: PLC0415
        from polit.web.grading.services.freezing import schedule_freeze  # noqa: PLC0415
        from polit.web.grading.services.proposing import (  # noqa: PLC0415
            proposals_wait_again,
        )
        from polit.web.items.signals import items_built  # noqa: PLC0415

        case_moved.connect(schedule_freeze, dispatch_uid="polit.grading.freeze")
        case_moved.connect(proposals_wait_again, dispatch_uid="polit.grading.wait_again")
        items_built.connect(decisions_carry, dispatch_uid="polit.grading.carry")
        register_section("case", 45, "grading/case_section.html", case_review)
