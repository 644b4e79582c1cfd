"""Django's entry to the risk register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.due import DueSource, register_due
from polit.web.core.searching import register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles

_TITLES = {
    "risk.assess": "Risk assessed",
    "risk.correct": "Risk assessment corrected",
    "risk.withdraw": "Risk assessment withdrawn",
    "risk.cover": "Earlier response covers a later referral",
    "risk.uncover": "Earlier response does not cover a later referral",
    "risk.prompt": "Suspect asked about suicide",
    "risk.correct_prompt": "Suicide-risk prompt corrected",
    "risk.withdraw_prompt": "Suicide-risk prompt withdrawn",
}


class RiskConfig(AppConfig):
    """The risk register."""

    name = "polit.web.risk"
    label = "risk"

    def ready(self) -> None:
        """Add to the pages of cases and referrals, to what is due, to a person's chronology."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.risk import responses, reviews, rules, searching, sections  # noqa: PLC0415

        register_titles(_TITLES)
        register_section("case", 140, "risk/case_section.html", sections.case_risk)
        register_section("case", 145, "risk/suicide_section.html", sections.case_suicide_risk)
        register_section("referral", 140, "risk/referral_section.html", sections.referral_risk)
        register_section("home", 140, "risk/home_section.html", sections.home_queue)
        readers = rules.ASSESSORS
        register_due(DueSource("risk.response", "Responses", readers, responses.Responses()))
        register_due(DueSource("risk.review", "Risk reviews", readers, reviews.Reviews()))
        register_searchable(searching.ASSESSMENTS)
        register_happenings("risk", sections.person_happenings)
