"""Django's entry to the disclosure register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles


class DisclosureConfig(AppConfig):
    """The disclosure register."""

    name = "polit.web.disclosure"
    label = "disclosure"

    def ready(self) -> None:
        """Add to the page of a case, and say what happened and can be found."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.disclosure import sections  # noqa: PLC0415

        register_titles({
            "disclosure.serve": "Schedule served",
            "disclosure.take_paper": "Served schedule taken out",
            "disclosure.read_sensitive": "Sensitive material read",
            "disclosure.give_opinion": "Opinion on accessibility given",
            "disclosure.set_count": "Images put to a count",
            "disclosure.record_unused": "Unused material recorded",
            "disclosure.correct_unused": "Unused material corrected",
            "disclosure.withdraw_unused": "Unused material withdrawn",
            "disclosure.write_management": "Disclosure management document written",
            "disclosure.record_viewing": "Viewing by the defence logged",
            "disclosure.correct_viewing": "Viewing by the defence corrected",
            "disclosure.withdraw_viewing": "Viewing by the defence withdrawn",
        })  # fmt: skip
        register_section("case", 705, "disclosure/case_section.html", sections.case_disclosure)
        sections.register_all()
