"""Django's entry to the arrests register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles
from polit.web.risk.occasions import register_occasions
from polit.web.risk.stopping import register_stops

_TITLES = {
    "arrests.record": "Arrest or attendance recorded",
    "arrests.correct": "Arrest corrected",
    "arrests.withdraw": "Arrest withdrawn",
    "arrests.record_custody": "Step in custody recorded",
    "arrests.correct_custody": "Step in custody corrected",
    "arrests.withdraw_custody": "Step in custody withdrawn",
    "arrests.record_interview": "Suspect interviewed",
    "arrests.correct_interview": "Interview corrected",
    "arrests.withdraw_interview": "Interview withdrawn",
    "arrests.record_outcome": "Outcome of an arrest recorded",
    "arrests.correct_outcome": "Outcome of an arrest corrected",
    "arrests.withdraw_outcome": "Outcome of an arrest withdrawn",
    "arrests.record_support": "Support offered to the family",
    "arrests.correct_support": "Offer of support corrected",
    "arrests.withdraw_support": "Offer of support withdrawn",
}


class ArrestsConfig(AppConfig):
    """The arrests register."""

    name = "polit.web.arrests"
    label = "arrests"

    def ready(self) -> None:
        """Add to the pages of others, and say what is due, happened and can be found."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.arrests import answering, sections  # noqa: PLC0415

        register_titles(_TITLES)
        register_section("case", 180, "arrests/case_section.html", sections.case_arrests)
        register_section("warrant", 180, "arrests/warrant_section.html", answering.warrant_arrests)
        register_stops("arrests", answering.first_arrests, answering.ARRESTS)
        register_occasions("arrests", answering.occasions_seen)
        sections.register_all()
