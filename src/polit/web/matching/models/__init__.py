"""Matches as they came, what they come to, and alerts as tasks on their cases."""

from polit.web.matching.models.alerts import Alert, AlertPlace, AlertStep
from polit.web.matching.models.matches import ContentMatch, KnownContent, MatchSet, MatchSource

__all__ = [
    "Alert",
    "AlertPlace",
    "AlertStep",
    "ContentMatch",
    "KnownContent",
    "MatchSet",
    "MatchSource",
]
