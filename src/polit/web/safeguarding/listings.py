"""How lists of children are narrowed and ordered."""

from django.db.models import Q

from polit.web.cases.models import Unit
from polit.web.core.listing import Filter, Listing, Sort, equal_to
from polit.web.safeguarding.queries.children import missing
from polit.web.safeguarding.rules import ChildStanding

_MISSING = (
    ("share", "To share with social care"),
    ("action", "No protective action"),
    ("strategy", "Strategy discussion"),
    ("conference", "Conference"),
    ("contact", "Contact to give"),
)


def children_listing() -> Listing:
    """Return how children are listed: the risk known for longest comes first. One query."""
    areas = Unit.objects.filter(kind="area").order_by("name").values_list("pk", "name")
    return Listing(
        sorts=(
            Sort("oldest", "Risk known longest first", "risk_known_at"),
            Sort("newest", "Risk known latest first", "risk_known_at", newest_first=True),
        ),
        search=("place__person__search_text", "case__reference"),
        search_label="Name of the child, or case",
        filters=(
            Filter(
                "standing", "Standing",
                tuple((each.value, each.label) for each in ChildStanding), equal_to("standing"),
            ),
            Filter("missing", "Missing", _MISSING, _missing),
            Filter(
                "area", "Area", tuple((str(pk), name) for pk, name in areas),
                equal_to("case__area_id"),
            ),
        ),
    )  # fmt: skip


def _missing(code: str) -> Q:
    return missing(code)
