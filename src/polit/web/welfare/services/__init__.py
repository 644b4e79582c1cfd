"""What is done for welfare: the one door for every write."""

from polit.web.welfare.services.exposing import exposures_add, exposures_seen, exposures_unshown
from polit.web.welfare.services.officers import (
    induction_end,
    opt_outs_set,
    outcome_case_ended,
    outcome_tell,
    settings_change,
)
from polit.web.welfare.services.papers import record_print
from polit.web.welfare.services.sessions import (
    session_back,
    session_begin,
    session_change_lane,
    session_check_in,
    session_end,
    session_hide,
    session_idle,
    session_lock,
    session_override,
    session_pause,
    session_resume,
    session_touch,
)

__all__ = [
    "exposures_add",
    "exposures_seen",
    "exposures_unshown",
    "induction_end",
    "opt_outs_set",
    "outcome_case_ended",
    "outcome_tell",
    "record_print",
    "session_back",
    "session_begin",
    "session_change_lane",
    "session_check_in",
    "session_end",
    "session_hide",
    "session_idle",
    "session_lock",
    "session_override",
    "session_pause",
    "session_resume",
    "session_touch",
    "settings_change",
]
