"""What every page says of notices, whatever register it belongs to."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from polit.web.accounts.models import User
from polit.web.cases.queries import notice_count
from polit.web.core.rules import CASE_ROLES


def notice_context(request: HttpRequest) -> dict[str, object]:
    """Return the count of unread notices, asked for once and by a page that shows it alone."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.roles & CASE_ROLES:
        return {}
    return {"notice_count": SimpleLazyObject(lambda: notice_count(user))}
