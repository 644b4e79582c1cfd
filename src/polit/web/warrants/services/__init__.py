"""What is done to warrants: applying, a court's answer, executing, putting right."""

from polit.web.warrants.services.executions import (
    execution_correct,
    execution_record,
    execution_withdraw,
)
from polit.web.warrants.services.warrants import (
    premises_add,
    premises_end,
    warrant_apply,
    warrant_change,
    warrant_grant,
    warrant_refuse,
    warrant_withdraw,
)

__all__ = [
    "execution_correct",
    "execution_record",
    "execution_withdraw",
    "premises_add",
    "premises_end",
    "warrant_apply",
    "warrant_change",
    "warrant_grant",
    "warrant_refuse",
    "warrant_withdraw",
]
