"""Pages of welfare: sessions of a case, one's own figures, flags of a team."""

from polit.web.welfare.views.own import opt_outs, own, record, record_paper, settings
from polit.web.welfare.views.pulses import (
    session_break,
    session_end,
    session_hide,
    session_idle,
    session_state,
)
from polit.web.welfare.views.sessions import check_in, session, session_act
from polit.web.welfare.views.team import induction, outcome, team

__all__ = [
    "check_in",
    "induction",
    "opt_outs",
    "outcome",
    "own",
    "record",
    "record_paper",
    "session",
    "session_act",
    "session_break",
    "session_end",
    "session_hide",
    "session_idle",
    "session_state",
    "settings",
    "team",
]
