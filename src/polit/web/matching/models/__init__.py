"""Matches as they came, what they come to, alerts as tasks on their cases, stacks."""

from polit.web.matching.models.alerts import Alert, AlertPlace, AlertStep
from polit.web.matching.models.looks import SupplementLook
from polit.web.matching.models.matches import ContentMatch, KnownContent, MatchSet, MatchSource
from polit.web.matching.models.rematches import Rematch
from polit.web.matching.models.stacks import StackMember, StackRow, StackRun

__all__ = [
    "Alert",
    "AlertPlace",
    "AlertStep",
    "ContentMatch",
    "KnownContent",
    "MatchSet",
    "MatchSource",
    "Rematch",
    "StackMember",
    "StackRow",
    "StackRun",
    "SupplementLook",
]
