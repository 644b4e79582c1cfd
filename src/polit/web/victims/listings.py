"""How lists of unknown children and of series are narrowed and ordered."""

from django.db.models import Q

from polit.web.core.listing import Filter, Listing, Sort, equal_to
from polit.web.victims.catalogue import current_catalogue
from polit.web.victims.rules import UnknownState

_ANSWERS = (("yes", "Answer awaited"), ("no", "No answer awaited"))


def unknown_listing() -> Listing:
    """Return how unknown children are listed: known for longest comes first."""
    return Listing(
        sorts=(
            Sort("oldest", "Known longest first", "noted_at"),
            Sort("newest", "Known latest first", "noted_at", newest_first=True),
            Sort("number", "By number", "number"),
        ),
        search=("case__reference", "note"),
        search_label="Case, or what is known",
        filters=(
            Filter("state", "State", tuple((each.value, each.label) for each in UnknownState),
                   equal_to("state")),
            Filter("answer", "Answers", _ANSWERS, lambda code: Q(awaits=code == "yes")),
        ),
    )  # fmt: skip


def series_listing() -> Listing:
    """Return how series are listed: the latest comes first."""
    databases = tuple((each.code, each.label) for each in current_catalogue().databases)
    return Listing(
        sorts=(
            Sort("newest", "Newest first", "recorded_at", newest_first=True),
            Sort("oldest", "Oldest first", "recorded_at"),
            Sort("name", "By code word", "name"),
        ),
        search=("name", "reference", "about"),
        search_label="Code word, reference, or what is known",
        filters=(Filter("database", "Database", databases, equal_to("database")),),
    )
