"""Django's entry to the dissemination register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.due import DueSource, register_due
from polit.web.core.searching import register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles
from polit.web.dissemination.rules import WRITERS


class DisseminationConfig(AppConfig):
    """The dissemination register."""

    name = "polit.web.dissemination"
    label = "dissemination"

    def ready(self) -> None:
        """Add to the page of a case and to what is due, and name its acts."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.dissemination import found  # noqa: PLC0415
        from polit.web.dissemination.queries import ANSWERS_DUE as DUE  # noqa: PLC0415
        from polit.web.dissemination.sections import case_exchange  # noqa: PLC0415

        register_section("case", 740, "dissemination/case_section.html", case_exchange)
        register_due(DueSource("dissemination.answer", "Answers to exchanges", WRITERS, DUE))
        register_happenings("dissemination", found.happenings)
        register_searchable(found.EXCHANGES)
        register_titles({
            "dissemination.record": "Exchange recorded",
            "dissemination.correct": "Exchange corrected",
            "dissemination.withdraw": "Exchange withdrawn",
            "dissemination.reply": "Reply to an exchange recorded",
            "dissemination.reply_withdraw": "Reply to an exchange withdrawn",
        })  # fmt: skip
