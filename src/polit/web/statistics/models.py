"""Runs of the statistics, kept as they were."""

from django.db import models
from django.db.models import F, Q

from polit.web.cases.models import Unit
from polit.web.core.models import Appended
from polit.web.statistics.report import Report, report_read
from polit.web.statistics.rules import Period, Selection


class StatisticsRun(Appended):
    """What one run counted: for which days and units, by which queries and rules, and when.

    ``recorded_at`` is the time of the run.
    """

    by = models.CharField(max_length=200)
    from_on = models.DateField()
    to_on = models.DateField()
    zone = models.CharField(max_length=100)
    area = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    polit_version = models.CharField(max_length=100)
    report = models.TextField()

    class Meta:
        """The table: found by time, and by what was counted."""

        db_table = "statistics_run"
        indexes = (
            models.Index(fields=["recorded_at"], name="statistics_run_at"),
            models.Index(fields=["from_on", "to_on", "recorded_at"], name="statistics_run_of"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="statistics_run_period"
            ),
            models.CheckConstraint(condition=~Q(report=""), name="statistics_run_counted"),
        )

    def __str__(self) -> str:
        """Return the days in words."""
        return self.period.shown

    @property
    def period(self) -> Period:
        """The days."""
        return Period(self.from_on, self.to_on, self.zone)

    @property
    def selection(self) -> Selection:
        """What was counted."""
        return Selection(self.period, self.area_id, self.team_id)

    @property
    def counted(self) -> Report:
        """What it counted."""
        return report_read(self.report)

    @property
    def units_shown(self) -> str:
        """The area and the team in words."""
        named = [str(unit) for unit in (self.area, self.team) if unit]
        return ", ".join(named) or "All areas and teams"
