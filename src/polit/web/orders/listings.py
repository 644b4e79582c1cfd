"""How the lists of orders are narrowed and ordered."""

from django.db.models import Q

from polit.base.clock import now_utc
from polit.web.core.listing import Filter, Listing, Sort, equal_to
from polit.web.orders.derive import today
from polit.web.orders.law import current_kinds
from polit.web.orders.queries import Choices, overdue_now
from polit.web.orders.rules import Level, OrderState

_UNASSESSED = "none"


def order_listing(managers: Choices, *, usual_state: str = "") -> Listing:
    """Return how the lists can be narrowed and ordered.

    Args:
        managers: Who may manage offenders.
        usual_state: What is shown where nobody chose a state: ``running``, or all.
    """
    kinds = tuple((each.code, each.label) for each in current_kinds().entries)
    levels = (*((each.value, each.label) for each in Level), (_UNASSESSED, "No level yet"))
    states = (("running", "In force"), ("over", "Over"))
    return Listing(
        search=("reference", "national_reference", "case__reference"),
        search_label="Reference, national reference or case",
        filters=(
            Filter("kind", "Kind", kinds, equal_to("kind")),
            Filter("level", "Risk level", levels, _of_level),
            Filter("overdue", "Overdue", (("yes", "Something is overdue"),), _is_overdue),
            Filter("state", "State", states, _of_state, usual_state),
            Filter("manager", "Offender manager", managers, equal_to("manager")),
        ),
        sorts=(
            Sort("visit", "Next visit first", "visit_sort"),
            Sort("end", "First to end", "end_sort"),
            Sort("newest", "Latest recorded first", "recorded_at", newest_first=True),
        ),
    )


def _of_level(code: str) -> Q:
    return Q(risk_level="" if code == _UNASSESSED else code)


def _is_overdue(code: str) -> Q:
    del code  # there is one
    day = today()
    is_running = Q(state=OrderState.IN_FORCE.value, begins_on__lte=day, end_sort__gte=day)
    return is_running & overdue_now(now_utc(), day)


def _of_state(code: str) -> Q:
    running = Q(state=OrderState.IN_FORCE.value, end_sort__gte=today())
    return running if code == "running" else ~running
