"""What is done to cases: the one door for every write."""

from polit.web.cases.services.break_glass import (
    break_glass_acknowledge,
    break_glass_open,
    break_glass_revoke,
)
from polit.web.cases.services.cases import (
    case_change_details,
    case_change_status,
    case_open,
    member_add,
    member_end,
    note_add,
)
from polit.web.cases.services.notices import notice_put, notice_read
from polit.web.cases.services.units import unit_add, unit_end

__all__ = [
    "break_glass_acknowledge",
    "break_glass_open",
    "break_glass_revoke",
    "case_change_details",
    "case_change_status",
    "case_open",
    "member_add",
    "member_end",
    "note_add",
    "notice_put",
    "notice_read",
    "unit_add",
    "unit_end",
]
