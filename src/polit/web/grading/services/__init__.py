"""Everything that is written of decisions."""

from polit.web.grading.services.accepting import (
    Chosen,
    proposals_accept,
    proposals_accept_all,
    proposals_decline,
)
from polit.web.grading.services.deciding import Asking, Wish, batch_redo, batch_undo, decide
from polit.web.grading.services.listing import (
    ForceList,
    force_list,
    force_set_ask,
    force_set_order,
    force_sets_supersede,
)
from polit.web.grading.services.recording import Recorded
from polit.web.grading.services.sampling import sample_draw
from polit.web.grading.services.splitting import stack_split
from polit.web.grading.services.strategies import Agreed, dispute_settle, strategy_agree

__all__ = [
    "Agreed",
    "Asking",
    "Chosen",
    "ForceList",
    "Recorded",
    "Wish",
    "batch_redo",
    "batch_undo",
    "decide",
    "dispute_settle",
    "force_list",
    "force_set_ask",
    "force_set_order",
    "force_sets_supersede",
    "proposals_accept",
    "proposals_accept_all",
    "proposals_decline",
    "sample_draw",
    "stack_split",
    "strategy_agree",
]
