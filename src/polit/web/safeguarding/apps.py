"""Django's entry to the safeguarding register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.due import register_due
from polit.web.core.searching import Searchable, register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles
from polit.web.safeguarding.rules import StepKind

_DONE = {"record": "recorded", "correct": "corrected", "withdraw": "withdrawn"}
_TITLES = {
    "safeguarding.child_record": "Child recorded",
    "safeguarding.child_change": "Child's record changed",
    "safeguarding.child_identify": "Child identified as a victim",
    "safeguarding.child_unidentify": "Child not identified after all",
    "safeguarding.child_consult": "Child's record read",
    "safeguarding.children_consult": "List of children read",
    "safeguarding.contact_owe": "Contact owed",
    "safeguarding.contact_give": "Contact given",
    "safeguarding.contact_decline": "Contact not wanted",
    "safeguarding.contact_reopen": "Contact owed again",
    **{f"safeguarding.disclosure_{verb}": f"Disclosure {done}" for verb, done in _DONE.items()},
    **{
        f"safeguarding.{kind.verb}_{verb}": f"{kind.label}: {done}"
        for kind in StepKind
        for verb, done in _DONE.items()
    },
}


class SafeguardingConfig(AppConfig):
    """The safeguarding register."""

    name = "polit.web.safeguarding"
    label = "safeguarding"

    def ready(self) -> None:
        """Add to pages, to what is due, to a person's chronology and to the search."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.people.models import Person  # noqa: PLC0415
        from polit.web.safeguarding import due, models, sections  # noqa: PLC0415

        register_titles(_TITLES)
        register_section("home", 40, "safeguarding/home_section.html", sections.home_tasks)
        register_section("case", 40, "safeguarding/case_section.html", sections.case_tasks)
        register_section(
            "case", 110, "safeguarding/case_section_children.html", sections.case_children
        )
        for source in due.due_sources():
            register_due(source)
        register_happenings("safeguarding", sections.child_happenings)
        register_searchable(
            Searchable(
                "child",
                "Child",
                models.ChildRecord,
                sections.child_entries,
                ((Person, sections.children_of_person),),
            )
        )
