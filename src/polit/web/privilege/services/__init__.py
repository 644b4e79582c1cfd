"""Quarantine for legal privilege, and counsel's decisions. Every act says who and why."""

from polit.web.privilege.services.arriving import package_arrived
from polit.web.privilege.services.deciding import (
    counsel_decide,
    decision_withdraw,
    waiting_decide,
)
from polit.web.privilege.services.holding import (
    content_hold,
    entry_hold,
    folder_hold,
    terms_apply,
)

__all__ = [
    "content_hold",
    "counsel_decide",
    "decision_withdraw",
    "entry_hold",
    "folder_hold",
    "package_arrived",
    "terms_apply",
    "waiting_decide",
]
