"""Django's entry to the privilege register."""

from django.apps import AppConfig

from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles


class PrivilegeConfig(AppConfig):
    """The privilege register."""

    name = "polit.web.privilege"
    label = "privilege"

    def ready(self) -> None:
        """Add to the pages of a case and of an entry, and to counsel's home."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.privilege import sections  # noqa: PLC0415

        register_section("case", 320, "privilege/case_section.html", sections.case_privilege)
        register_section("entry", 900, "privilege/entry_section.html", sections.entry_privilege)
        register_section("home", 320, "privilege/home_section.html", sections.home_privilege)
        register_titles({
            "privilege.terms_apply": "Terms of legal privilege applied",
            "privilege.entry_hold": "Entry quarantined for legal privilege",
            "privilege.content_hold": "Content quarantined for legal privilege",
            "privilege.folder_hold": "Folder quarantined for legal privilege",
            "privilege.exhibit_hold": "Exhibit quarantined for legal privilege",
            "privilege.package_hold": "Arriving package checked for legal privilege",
            "privilege.decide": "Counsel decided on legal privilege",
            "privilege.decision_withdraw": "Counsel's decision withdrawn",
        })  # fmt: skip
