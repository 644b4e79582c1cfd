"""Where an unknown child stands, who may read of them, what is given. No Django here."""

from polit.web.victims.rules.given import (
    GivenAnswer,
    GivenClue,
    GivenEnquiry,
    GivenFound,
    GivenOpinion,
    GivenSeries,
    GivenUnknown,
    Via,
    check_answer,
    check_clue,
    check_enquiry,
    check_opinion,
    check_series,
)
from polit.web.victims.rules.states import (
    ACTING,
    ALL_CASES,
    IN_CASE,
    READERS,
    UNKNOWN_STATES,
    UnknownState,
    check_reader,
)

__all__ = [
    "ACTING",
    "ALL_CASES",
    "IN_CASE",
    "READERS",
    "UNKNOWN_STATES",
    "GivenAnswer",
    "GivenClue",
    "GivenEnquiry",
    "GivenFound",
    "GivenOpinion",
    "GivenSeries",
    "GivenUnknown",
    "UnknownState",
    "Via",
    "check_answer",
    "check_clue",
    "check_enquiry",
    "check_opinion",
    "check_reader",
    "check_series",
]
