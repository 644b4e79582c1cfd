"""What a form begins with: what this person filled in last in this case, so nothing is retyped."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of

_KEY = "exhibits"
_MOST_CASES = 20


def recalled(request: HttpRequest, case_id: UUID) -> dict[str, object]:
    """Return the present instant, this person's name, and what they filled in last here."""
    known: dict[str, object] = {
        "occurred_at": now_utc(),
        "seized_at": now_utc(),
        "given_at": now_utc(),
        "producer_name": user_of(request).full_name,
    }
    kept = request.session.get(_KEY, {}).get(str(case_id), {})
    if "seized_at" in kept:
        kept = {**kept, "seized_at": datetime.fromisoformat(kept["seized_at"])}
    return known | dict(kept)


def remember(request: HttpRequest, case_id: UUID, **values: str | bool) -> None:
    """Keep what was filled in for the next form of this session in this case."""
    kept = dict(request.session.get(_KEY, {}))
    mine = {**kept.pop(str(case_id), {}), **values}
    newest = [*kept.items(), (str(case_id), mine)][-_MOST_CASES:]
    request.session[_KEY] = dict(newest)
