"""Sessions with their stretches of work, exposures, and what officers say for themselves."""

from polit.web.welfare.models.exposures import Exposure, ExposureSeen, ExposureUnshown
from polit.web.welfare.models.officers import CheckIn, OptOut, Outcome, WelfareFlag, WelfareProfile
from polit.web.welfare.models.sessions import ReviewSession, SessionSpan

__all__ = [
    "CheckIn",
    "Exposure",
    "ExposureSeen",
    "ExposureUnshown",
    "OptOut",
    "Outcome",
    "ReviewSession",
    "SessionSpan",
    "WelfareFlag",
    "WelfareProfile",
]
