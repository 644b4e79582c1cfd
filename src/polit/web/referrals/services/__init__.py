"""What is done to referrals: the one door for every write."""

from polit.web.referrals.services.deciding import (
    GivenSuspect,
    referral_act,
    referral_link,
    referral_link_case,
    referral_mark_duplicate,
    referral_open_case,
)
from polit.web.referrals.services.reading import (
    original_take,
    referral_consult,
    referral_refuse,
)
from polit.web.referrals.services.receiving import (
    original_add,
    part_end,
    parts_add,
    referral_change,
    referral_receive,
)

__all__ = [
    "GivenSuspect",
    "original_add",
    "original_take",
    "part_end",
    "parts_add",
    "referral_act",
    "referral_change",
    "referral_consult",
    "referral_link",
    "referral_link_case",
    "referral_mark_duplicate",
    "referral_open_case",
    "referral_receive",
    "referral_refuse",
]
