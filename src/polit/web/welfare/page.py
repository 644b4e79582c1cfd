"""What a page of the gallery is told of its session: part of its config, and addresses."""

from uuid import UUID

from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.core.access import CaseLike
from polit.web.welfare.queries import session_current, session_state

_ADDRESSES = ("session", "session_state", "session_hide", "session_idle", "session_break",
              "session_end")  # fmt: skip


def session_config(user: User, case: CaseLike) -> dict[str, object] | None:
    """Return the ``session`` of a page's config; ``None`` where none runs."""
    session = session_current(user, case)
    return None if session is None else session_state(session, now_utc())


def session_urls(case_id: UUID) -> dict[str, str]:
    """Return the addresses of a session by name, for the ``urls`` of a page's config."""
    found = {name: reverse(f"welfare:{name}", kwargs={"case_id": case_id}) for name in _ADDRESSES}
    steps = {"session_lane": "lane", "session_override": "override", "session_finish": "finish"}
    return found | {
        name: reverse("welfare:session_act", kwargs={"case_id": case_id, "session_action": action})
        for name, action in steps.items()
    }
