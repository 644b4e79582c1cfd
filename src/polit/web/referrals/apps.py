"""Django's entry to the referrals register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.searching import Searchable, register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles

_TITLES = {
    "referrals.receive": "Referral received",
    "referrals.change": "Referral changed",
    "referrals.add_parts": "Accounts, addresses or files added to a referral",
    "referrals.end_part": "Something taken off a referral",
    "referrals.add_original": "Report added to a referral",
    "referrals.take_original": "Report of a referral downloaded",
    "referrals.consult": "Referral read",
    "referrals.assess": "Referral being assessed",
    "referrals.research": "Referral being researched",
    "referrals.open_case": "Case opened from a referral",
    "referrals.link_case": "Referral put into a case",
    "referrals.leave_case": "Referral taken out of the case",
    "referrals.pass_on": "Referral passed to another force",
    "referrals.take_no_action": "No further action on a referral",
    "referrals.mark_duplicate": "Referral marked as a duplicate",
    "referrals.link": "Referrals linked",
    "referrals.reopen": "Referral opened again",
}


class ReferralsConfig(AppConfig):
    """The referrals register."""

    name = "polit.web.referrals"
    label = "referrals"

    def ready(self) -> None:
        """Add to the pages of others, to the search and to what happened to people."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.referrals import found, models, sections  # noqa: PLC0415

        register_titles(_TITLES)
        register_section("home", 60, "referrals/home_section.html", sections.home_referrals)
        register_section("case", 120, "referrals/case_section.html", sections.case_section)
        register_happenings("referrals", found.happenings)
        register_searchable(
            Searchable(
                "referral",
                "Referral",
                models.Referral,
                found.entries,
                ((models.ReferralAccount, found.referral_of_account),),
            )
        )
