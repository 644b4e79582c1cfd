"""Django's entry to the register of victim identification."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.due import DueSource, register_due
from polit.web.core.searching import register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles
from polit.web.media.signals import quarantine_changed
from polit.web.victims.rules import READERS

_TITLES = {
    "victims.unknown_add": "Unknown child recorded",
    "victims.unknown_look_for": "Unknown child looked for",
    "victims.unknown_set_aside": "Unknown child not identifiable for now",
    "victims.unknown_reopen": "Unknown child taken up again",
    "victims.unknown_identify": "Unknown child identified",
    "victims.unknown_withdraw_identification": "Identification of an unknown child withdrawn",
    "victims.unknown_withdraw": "Record about an unknown child withdrawn",
    "victims.unknown_consult": "Unknown child's record read",
    "victims.opinion_record": "Opinion on an unknown child's age recorded",
    "victims.appearance_record": "Unknown child found in a series",
    "victims.enquiry_record": "Enquiry for an unknown child recorded",
    "victims.answer_record": "Answer about an unknown child recorded",
    "victims.series_open": "Series opened",
    "victims.series_change": "Series changed",
    "victims.series_withdraw": "Item or clue taken out of a series",
    "victims.series_consult": "Series read",
    "victims.media_link": "Items linked to a series",
    "victims.clue_record": "Clue recorded",
    "victims.clue_tie": "Clue tied to a series",
    "victims.list_consult": "List for victim identification read",
}


class VictimsConfig(AppConfig):
    """The register of victim identification."""

    name = "polit.web.victims"
    label = "victims"

    def ready(self) -> None:
        """Add to pages, to what is due, to a child's chronology and to the search."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.victims import found, sections  # noqa: PLC0415
        from polit.web.victims.queries import ANSWERS_DUE as DUE  # noqa: PLC0415

        register_titles(_TITLES)
        register_section("case", 112, "victims/case_section.html", sections.case_victims)
        register_section("child", 100, "victims/child_section.html", sections.child_was_unknown)
        register_section("task", 100, "victims/task_section.html", sections.task_series)
        register_section("entry", 200, "victims/entry_section.html", sections.entry_series)
        register_due(DueSource("victims.answer", "Answers about unknown children", READERS, DUE))
        quarantine_changed.connect(found.clues_mark, dispatch_uid="polit.victims")
        register_happenings("victims", found.happenings)
        for searchable in found.searchables():
            register_searchable(searchable)
