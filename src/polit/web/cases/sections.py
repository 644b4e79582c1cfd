"""What cases add to the home page."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.cases.queries import case_list, notices_unread
from polit.web.cases.rules import OPENERS
from polit.web.core.rules import CASE_ROLES

_MOST = 10


def home_notices(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what this person has not read yet."""
    user = user_of(request)
    notices = notices_unread(user) if user.roles & CASE_ROLES else []
    return {"notices": notices} if notices else None


def home_cases(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the first of this person's cases; nothing for who works on none."""
    user = user_of(request)
    if not user.roles & CASE_ROLES:
        return None
    rows = case_list(user).rows[:_MOST]
    return {"cases": rows, "may_open": bool(user.roles & OPENERS)}
