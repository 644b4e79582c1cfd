"""Django's entry to the court register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles

_KINDS = {
    "charge": "Charge",
    "plea": "Plea",
    "hearing": "Hearing",
    "hearing_outcome": "Outcome of a hearing",
    "result": "Result at court",
    "appeal": "Step of an appeal",
}
_VERBS = {"record": "recorded", "correct": "corrected", "withdraw": "withdrawn"}


class CourtConfig(AppConfig):
    """The court register."""

    name = "polit.web.court"
    label = "court"

    def ready(self) -> None:
        """Add to the page of a case, and say what is due, happened and can be found."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.court import sections  # noqa: PLC0415
        from polit.web.court.models import Charge  # noqa: PLC0415
        from polit.web.safeguarding.charged import register_charges  # noqa: PLC0415

        register_titles(
            {
                f"court.{verb}_{kind}": f"{words} {done}"
                for kind, words in _KINDS.items()
                for verb, done in _VERBS.items()
            }
        )
        register_section("case", 700, "court/case_section.html", sections.case_court)
        sections.register_all()
        register_charges(Charge)
