"""What is served and kept of disclosure: the one door for every write."""

from polit.web.disclosure.services.keeping import (
    management_write,
    unused_record,
    unused_withdraw,
    viewing_record,
    viewing_withdraw,
)
from polit.web.disclosure.services.serving import (
    opinion_give,
    paper_take,
    schedule_serve,
    sensitive_read,
    support_set,
)

__all__ = [
    "management_write",
    "opinion_give",
    "paper_take",
    "schedule_serve",
    "sensitive_read",
    "support_set",
    "unused_record",
    "unused_withdraw",
    "viewing_record",
    "viewing_withdraw",
]
