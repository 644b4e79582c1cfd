"""Matching again: asked for by people, done by the broker, followed by the worker."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Record, fresh_id
from polit.web.matching.rules import REMATCH_STATES, RematchState


class Rematch(Record):
    """That packages are matched again with all hash sets of the day: of a case, or all."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="rematches")
    state = models.CharField(max_length=12, default=REMATCH_STATES.initial)
    errand_id = models.UUIDField(unique=True, default=fresh_id)
    asked_by = models.CharField(max_length=200)
    reason = models.TextField()
    message = models.TextField(blank=True)
    packages = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The table, and that one scope is matched once at a time."""

        db_table = "matching_rematch"
        indexes = (models.Index(fields=["case", "recorded_at"], name="matching_rematch_order"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RematchState]),
                name="matching_rematch_state",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=("asked", "running")),
                name="matching_rematch_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="matching_rematch_reason"),
        )

    def __str__(self) -> str:
        """Return the state."""
        return self.state

    @property
    def standing(self) -> RematchState:
        """Where it stands."""
        return RematchState(self.state)
