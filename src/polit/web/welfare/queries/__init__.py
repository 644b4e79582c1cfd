"""What is asked of welfare. What is one officer's own takes that officer, and nobody else."""

from polit.web.welfare.queries.figures import (
    HvFigures,
    figures_of,
    hv_of_case,
    hv_of_exhibit,
    hv_of_officer,
)
from polit.web.welfare.queries.sessions import (
    break_until,
    is_new,
    lane_available,
    opt_outs,
    profile_of,
    session_current,
    session_limits,
    session_open,
    session_state,
    span_list,
    span_of,
    standing_get,
    standing_of,
    today,
)

__all__ = [
    "HvFigures",
    "break_until",
    "figures_of",
    "hv_of_case",
    "hv_of_exhibit",
    "hv_of_officer",
    "is_new",
    "lane_available",
    "opt_outs",
    "profile_of",
    "session_current",
    "session_limits",
    "session_open",
    "session_state",
    "span_list",
    "span_of",
    "standing_get",
    "standing_of",
    "today",
]
