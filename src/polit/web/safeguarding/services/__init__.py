"""What is done in safeguarding, one module for each kind of thing that is written."""

from polit.web.safeguarding.services.children import (
    child_add,
    child_change,
    child_consult,
    child_identify,
    child_record,
    child_version,
    children_consult,
)
from polit.web.safeguarding.services.contacts import contact_act, contact_owe
from polit.web.safeguarding.services.disclosures import disclosure_record, disclosure_withdraw
from polit.web.safeguarding.services.steps import (
    STEP_MODELS,
    protective_action_correct,
    protective_action_record,
    protective_action_withdraw,
    step_correct,
    step_record,
    step_withdraw,
)
from polit.web.safeguarding.services.tasks import first_generation_raise, task_act

__all__ = [
    "STEP_MODELS",
    "child_add",
    "child_change",
    "child_consult",
    "child_identify",
    "child_record",
    "child_version",
    "children_consult",
    "contact_act",
    "contact_owe",
    "disclosure_record",
    "disclosure_withdraw",
    "first_generation_raise",
    "protective_action_correct",
    "protective_action_record",
    "protective_action_withdraw",
    "step_correct",
    "step_record",
    "step_withdraw",
    "task_act",
]
