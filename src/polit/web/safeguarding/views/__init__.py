"""The pages of safeguarding."""

from polit.web.safeguarding.views.children import (
    case_children,
    child,
    child_add_page,
    child_change_page,
    child_standing_page,
    children,
)
from polit.web.safeguarding.views.disclosures import (
    disclosure_add,
    disclosure_correct,
    disclosure_withdraw_page,
    disclosures,
)
from polit.web.safeguarding.views.steps import (
    contact_act_page,
    contact_add,
    step_add,
    step_correct_page,
    step_withdraw_page,
)
from polit.web.safeguarding.views.tasks import act_on_task, task, tasks

__all__ = [
    "act_on_task",
    "case_children",
    "child",
    "child_add_page",
    "child_change_page",
    "child_standing_page",
    "children",
    "contact_act_page",
    "contact_add",
    "disclosure_add",
    "disclosure_correct",
    "disclosure_withdraw_page",
    "disclosures",
    "step_add",
    "step_correct_page",
    "step_withdraw_page",
    "task",
    "tasks",
]
