"""What is asked of safeguarding. Every query takes the access to a case, or a person."""

from polit.web.safeguarding.queries.children import (
    child_get,
    children_for,
    children_in,
    contact_get,
    disclosure_get,
    disclosures_in,
    further_cases,
    place_labels,
    standing_protective_actions,
    step_get,
)
from polit.web.safeguarding.queries.next_steps import NextStep, next_steps
from polit.web.safeguarding.queries.tasks import (
    TaskCounts,
    task_counts,
    task_get,
    task_page,
    task_steps,
    tasks_waiting,
)
from polit.web.safeguarding.queries.timeline import TimelineRow, child_timeline
from polit.web.safeguarding.queries.untold import Untold, untold

__all__ = [
    "NextStep",
    "TaskCounts",
    "TimelineRow",
    "Untold",
    "child_get",
    "child_timeline",
    "children_for",
    "children_in",
    "contact_get",
    "disclosure_get",
    "disclosures_in",
    "further_cases",
    "next_steps",
    "place_labels",
    "standing_protective_actions",
    "step_get",
    "task_counts",
    "task_get",
    "task_page",
    "task_steps",
    "tasks_waiting",
    "untold",
]
