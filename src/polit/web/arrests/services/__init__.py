"""What is done to arrests: the one door for every write."""

from polit.web.arrests.services.arresting import arrest_correct, arrest_record, arrest_withdraw
from polit.web.arrests.services.following import (
    custody_record,
    following_withdraw,
    interview_record,
    outcome_record,
    support_record,
)

__all__ = [
    "arrest_correct",
    "arrest_record",
    "arrest_withdraw",
    "custody_record",
    "following_withdraw",
    "interview_record",
    "outcome_record",
    "support_record",
]
