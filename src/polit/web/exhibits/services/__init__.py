"""What is done to exhibits, one module for each kind of thing that is written."""

from polit.web.exhibits.services.custody import (
    BULK_KINDS,
    Turn,
    custody_correct,
    custody_record,
    custody_record_all,
)
from polit.web.exhibits.services.exhibits import (
    SplitOff,
    exhibit_correct,
    exhibit_seize,
    exhibit_split,
    facts_digest,
)
from polit.web.exhibits.services.papers import Paper, Printed, Sheet, paper_print, search_note
from polit.web.exhibits.services.passcodes import GivenPasscode, passcode_add, passcode_show
from polit.web.exhibits.services.photographs import (
    photograph_add,
    photograph_move,
    photograph_withdraw,
)

__all__ = [
    "BULK_KINDS",
    "GivenPasscode",
    "Paper",
    "Printed",
    "Sheet",
    "SplitOff",
    "Turn",
    "custody_correct",
    "custody_record",
    "custody_record_all",
    "exhibit_correct",
    "exhibit_seize",
    "exhibit_split",
    "facts_digest",
    "paper_print",
    "passcode_add",
    "passcode_show",
    "photograph_add",
    "photograph_move",
    "photograph_withdraw",
    "search_note",
]
