"""What is recorded of courts: the one door for every write."""

from polit.web.court.services.charging import charge_record, plea_record
from polit.web.court.services.hearing import (
    KINDS,
    appeal_record,
    court_withdraw,
    hearing_close,
    hearing_record,
    result_record,
)

__all__ = [
    "KINDS",
    "appeal_record",
    "charge_record",
    "court_withdraw",
    "hearing_close",
    "hearing_record",
    "plea_record",
    "result_record",
]
