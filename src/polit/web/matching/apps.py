"""Django's entry to the matching register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section


class MatchingConfig(AppConfig):
    """The matching register."""

    name = "polit.web.matching"
    label = "matching"

    def ready(self) -> None:
        """Add to the home page, and to the pages of cases and entries."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.matching import sections  # noqa: PLC0415

        register_section("home", 50, "matching/home_section.html", sections.home_alerts)
        register_section("case", 50, "matching/case_section.html", sections.case_alerts)
        register_section("entry", 100, "matching/entry_section.html", sections.entry_matches)
        register_section("case", 310, "matching/case_effect.html", sections.case_effect)
        register_section("results", 100, "matching/effect.html", sections.results_effect)
