"""Sessions with their stretches of work, exposures, and what officers say for themselves."""

from polit.web.welfare.models.exposures import Exposure, ExposureSeen
from polit.web.welfare.models.officers import CheckIn, OptOut, Outcome, WelfareFlag, WelfareProfile
from polit.web.welfare.models.sessions import ReviewSession, SessionSpan

__all__ = [
    "CheckIn",
    "Exposure",
    "ExposureSeen",
    "OptOut",
    "Outcome",
    "ReviewSession",
    "SessionSpan",
    "WelfareFlag",
    "WelfareProfile",
]
