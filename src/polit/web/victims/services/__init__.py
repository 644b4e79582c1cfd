"""What is done for unknown children. Every act says who and why; no audit row holds a digest."""

from polit.web.victims.services.clues import clue_record, clue_tie
from polit.web.victims.services.identifying import child_identified, identification_withdraw
from polit.web.victims.services.reading import series_consult, unknown_consult, victims_consult
from polit.web.victims.services.series import media_link, series_change, series_open
from polit.web.victims.services.unknown import (
    answer_record,
    appearance_record,
    enquiry_record,
    opinion_record,
    unknown_add,
    unknown_move,
)
from polit.web.victims.services.withdrawing import held_withdraw, linked_withdraw

__all__ = [
    "answer_record",
    "appearance_record",
    "child_identified",
    "clue_record",
    "clue_tie",
    "enquiry_record",
    "held_withdraw",
    "identification_withdraw",
    "linked_withdraw",
    "media_link",
    "opinion_record",
    "series_change",
    "series_consult",
    "series_open",
    "unknown_add",
    "unknown_consult",
    "unknown_move",
    "victims_consult",
]
