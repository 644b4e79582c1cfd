"""What pages of others show of matching: alerts that wait, matches of an entry."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.core.rules import CASE_ROLES
from polit.web.matching.queries import alert_counts, alerts_waiting, content_matches, entry_content
from polit.web.matching.shown import shown_source


def home_alerts(request: HttpRequest) -> Mapping[str, object] | None:
    """Return this person's cases in which alerts are open."""
    user = user_of(request)
    waiting = alerts_waiting(user) if user.roles & CASE_ROLES else []
    return {"waiting": waiting} if waiting else None


def case_alerts(request: HttpRequest) -> Mapping[str, object] | None:
    """Return how many alerts of a case wait."""
    granted = case_access_of(request)
    return {"case": granted.case, "counts": alert_counts(granted)}


def entry_matches(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what hash sets say of the content of the entry in the address."""
    granted = case_access_of(request)
    match = request.resolver_match
    content_id = entry_content(granted, int(match.kwargs["entry_id"])) if match else None
    if content_id is None:
        return None
    sources = [shown_source(each) for each in content_matches(granted, content_id)]
    return {"case": granted.case, "sources": sources} if sources else None
