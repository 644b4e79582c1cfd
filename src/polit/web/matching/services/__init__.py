"""What is done with matches: what they come to is written, alerts are raised and worked through."""

from polit.web.matching.services.alerts import alerts_act
from polit.web.matching.services.knowing import known_drop, known_write
from polit.web.matching.services.raising import Raised, alerts_raise
from polit.web.matching.services.rematching import rematch_ask, rematch_step
from polit.web.matching.services.sources import PackageMatched, package_matched, source_finish
from polit.web.matching.services.withdrawing import package_followed

__all__ = [
    "PackageMatched",
    "Raised",
    "alerts_act",
    "alerts_raise",
    "known_drop",
    "known_write",
    "package_followed",
    "package_matched",
    "rematch_ask",
    "rematch_step",
    "source_finish",
]
