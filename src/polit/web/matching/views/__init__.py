"""Pages of matches, alerts and stacks."""

from polit.web.matching.views.alerts import act_on_alert, alert, alerts
from polit.web.matching.views.rematches import rematch, rematch_all
from polit.web.matching.views.results import known
from polit.web.matching.views.stacks import case_stacks, stack, stacks

__all__ = [
    "act_on_alert",
    "alert",
    "alerts",
    "case_stacks",
    "known",
    "rematch",
    "rematch_all",
    "stack",
    "stacks",
]
