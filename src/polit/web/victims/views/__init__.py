"""The pages of victim identification."""

from polit.web.victims.views.enquiries import answer_add, enquiry_add
from polit.web.victims.views.identifying import identification_withdraw_page, identify
from polit.web.victims.views.linking import link_items, link_task, linked_withdraw_page
from polit.web.victims.views.series import (
    clue_add,
    clue_tie_page,
    series,
    series_add,
    series_change_page,
    series_list,
)
from polit.web.victims.views.unknown import (
    appearance_add,
    held_withdraw_page,
    opinion_add,
    unknown,
    unknown_add_page,
    unknown_list,
    unknown_move_page,
)

__all__ = [
    "answer_add",
    "appearance_add",
    "clue_add",
    "clue_tie_page",
    "enquiry_add",
    "held_withdraw_page",
    "identification_withdraw_page",
    "identify",
    "link_items",
    "link_task",
    "linked_withdraw_page",
    "opinion_add",
    "series",
    "series_add",
    "series_change_page",
    "series_list",
    "unknown",
    "unknown_add_page",
    "unknown_list",
    "unknown_move_page",
]
