"""Django's entry to the warrants register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.due import DueSource, register_due
from polit.web.core.searching import Searchable, register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles
from polit.web.risk.occasions import register_occasions
from polit.web.risk.stopping import register_stops

_TITLES = {
    "warrants.apply": "Warrant applied for",
    "warrants.grant": "Warrant granted",
    "warrants.refuse": "Warrant refused",
    "warrants.withdraw": "Warrant withdrawn",
    "warrants.change": "Warrant corrected",
    "warrants.add_premises": "Premises added to a warrant",
    "warrants.end_premises": "Premises removed from a warrant",
    "warrants.execute": "Execution of a warrant recorded",
    "warrants.correct_execution": "Execution of a warrant corrected",
    "warrants.withdraw_execution": "Execution of a warrant withdrawn",
}


class WarrantsConfig(AppConfig):
    """The warrants register."""

    name = "polit.web.warrants"
    label = "warrants"

    def ready(self) -> None:
        """Add to the case page, to what is due, to a person's chronology and to the search."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.warrants import listings, models, rules, sections  # noqa: PLC0415

        register_titles(_TITLES)
        register_section("case", 160, "warrants/case_section.html", sections.case_warrants)
        due = listings.WARRANTS_DUE
        register_due(DueSource("warrants.expiry", "Warrants to execute", rules.READERS, due))
        register_stops("warrants", sections.first_executions, sections.EXECUTIONS)
        register_occasions("warrants", sections.executions_seen)
        register_happenings("warrants", sections.person_happenings)
        register_searchable(
            Searchable(
                "warrant", "Warrant", models.Warrant, sections.warrant_entries,
                ((models.WarrantPremises, sections.warrant_of_premises),),
            )
        )  # fmt: skip
