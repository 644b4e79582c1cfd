"""What clocks add to the home page and to the page of a case."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.clocks.queries import due_list, stage_days
from polit.web.clocks.rules import BAR_HEIGHT, CHART_WIDTH, WAITING, DueFilter
from polit.web.core.access import case_access_of
from polit.web.core.due import read_for

_HOME_ROWS = 5


def home_due(request: HttpRequest) -> Mapping[str, object] | None:
    """Return one's own and what is due first, and how much; nothing where nothing waits."""
    user = user_of(request)
    if not WAITING.allows(user.roles, is_write=False):
        return None
    listed = due_list(user, DueFilter(), size=_HOME_ROWS, mine_first=True, read=read_for(request))
    return {"listed": listed} if listed.rows else None


def case_stages(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the days between the stages of a case; nothing where it reached none."""
    rows = stage_days(case_access_of(request).case.id)
    chart = {"width": CHART_WIDTH, "height": BAR_HEIGHT}
    return {"rows": rows, "chart": chart} if rows else None
