"""What is done to enquiries: the one door for every write."""

from polit.web.enquiries.services.asking import (
    answer_correct,
    enquiry_answer,
    enquiry_cancel,
    enquiry_remind,
    enquiry_send,
    reminder_correct,
    step_withdraw,
)
from polit.web.enquiries.services.taking import facts_to_person, facts_to_referral

__all__ = [
    "answer_correct",
    "enquiry_answer",
    "enquiry_cancel",
    "enquiry_remind",
    "enquiry_send",
    "facts_to_person",
    "facts_to_referral",
    "reminder_correct",
    "step_withdraw",
]
