"""Django's entry to the enquiries register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.due import DueSource, register_due
from polit.web.core.searching import register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles

_TITLES = {
    "enquiries.send": "Enquiry sent",
    "enquiries.remind": "Reminder of an enquiry sent",
    "enquiries.answer": "Enquiry answered",
    "enquiries.correct_answer": "Answer to an enquiry corrected",
    "enquiries.correct_reminder": "Reminder of an enquiry corrected",
    "enquiries.withdraw_step": "Reminder or answer withdrawn",
    "enquiries.cancel": "Enquiry cancelled",
}


class EnquiriesConfig(AppConfig):
    """The enquiries register."""

    name = "polit.web.enquiries"
    label = "enquiries"

    def ready(self) -> None:
        """Add to referrals and cases, and say what is due."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.enquiries import searching, sections  # noqa: PLC0415
        from polit.web.enquiries.rules import WORKERS  # noqa: PLC0415
        from polit.web.referrals.hints import register_subscribers  # noqa: PLC0415

        register_titles(_TITLES)
        register_section(
            "referral", 200, "enquiries/referral_section.html", sections.referral_section
        )
        register_section("case", 130, "enquiries/case_section.html", sections.case_section)
        due = sections.ANSWERS_DUE
        register_due(DueSource(sections.DUE_KIND, "Answers to enquiries", WORKERS, due))
        register_happenings("enquiries", sections.person_happenings)
        register_searchable(searching.ENQUIRIES)
        register_subscribers("enquiries", sections.subscribers)
