"""Pages of matches and alerts."""

from polit.web.matching.views.alerts import act_on_alert, alert, alerts
from polit.web.matching.views.results import known

__all__ = ["act_on_alert", "alert", "alerts", "known"]
