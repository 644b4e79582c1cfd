"""Alerts: one task for each content of a case that a hash set alerts to."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record
from polit.web.exhibits.models import Exhibit
from polit.web.matching.models.matches import MatchSource
from polit.web.matching.rules import AlertState
from polit.web.media.models import Package


class Alert(Record):
    """A content of a case that a hash set alerts to: exactly, or by likeness alone.

    ``place`` orders them: exact ones first, then the oldest. No name of a file stands here.
    ``is_seen`` says whether a package that was not withdrawn holds the content.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alerts")
    sha256 = models.BinaryField()
    state = models.CharField(max_length=12, default=AlertState.OPEN.value)
    is_exact = models.BooleanField()
    is_seen = models.BooleanField(default=True)
    raised_at = models.DateTimeField()
    place = models.CharField(max_length=40)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(MatchSource, on_delete=models.PROTECT, related_name="+")
    content_id = models.BigIntegerField()
    set_names = models.TextField()
    asserted = models.TextField()
    distance_bits = models.SmallIntegerField()

    class Meta:
        """The table, and that a content is one task of its case."""

        db_table = "matching_alert"
        constraints = (
            models.UniqueConstraint(fields=["case", "sha256"], name="matching_alert_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in AlertState]),
                name="matching_alert_state",
            ),
        )
        indexes = (
            models.Index(
                fields=["case", "is_seen", "state", "place"], name="matching_alert_waiting"
            ),
            models.Index(fields=["case", "is_seen", "place"], name="matching_alert_order"),
        )

    def __str__(self) -> str:
        """Return the state."""
        return self.state

    @property
    def standing(self) -> AlertState:
        """Where it stands."""
        return AlertState(self.state)


class AlertPlace(Record):
    """A package in which an alert's content was found, and what said that it alerts."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="places")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(MatchSource, on_delete=models.PROTECT, related_name="+")
    content_id = models.BigIntegerField()

    class Meta:
        """The table, and that a package is a place once."""

        db_table = "matching_alert_place"
        constraints = (
            models.UniqueConstraint(fields=["alert", "package"], name="matching_alert_place_once"),
        )

    def __str__(self) -> str:
        """Return the content's number."""
        return str(self.content_id)


class AlertStep(Appended):
    """One thing that was done about an alert, in order; never changed."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=12)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table."""

        db_table = "matching_alert_step"
        indexes = (models.Index(fields=["alert", "recorded_at"], name="matching_alert_steps"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="matching_alert_step_reason"),
        )

    def __str__(self) -> str:
        """Return what was done."""
        return self.action
