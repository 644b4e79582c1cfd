"""Safeguarding tasks of a case, and every step that was taken with them."""

from django.db import models
from django.db.models import F, Q

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record
from polit.web.safeguarding.clocks import Clock, clock_scheme
from polit.web.safeguarding.rules import TaskState, is_overdue


class SafeguardingTask(Record):
    """Something that has to be done for a child, by a time. No name of a child stands here.

    Args:
        kind: The code of its clock.
        sha256: The content it is about; it stands on its page, and in no log and no address.
        clock: The version of the clocks that it runs by.
        outcome: How it ended, a code of its clock.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="safeguarding_tasks")
    kind = models.CharField(max_length=30)
    sha256 = models.BinaryField()
    state = models.CharField(max_length=10, default=TaskState.OPEN.value)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=200)
    clock = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    taken_by = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        """The table: a content is one task of a kind in its case, and what is done says how."""

        db_table = "safeguarding_task"
        indexes = (
            models.Index(fields=["case", "state", "due_at"], name="safeguarding_waiting"),
            models.Index(fields=["case", "due_at"], name="safeguarding_order"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["case", "kind", "sha256"], name="safeguarding_task_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in TaskState]),
                name="safeguarding_task_state",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("raised_at")), name="safeguarding_task_due"
            ),
            models.CheckConstraint(
                condition=(Q(state="done", done_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state="done") & Q(done_at=None, outcome="")),
                name="safeguarding_task_done",
            ),
        )

    def __str__(self) -> str:
        """Return the state."""
        return self.state

    @property
    def standing(self) -> TaskState:
        """Where it stands."""
        return TaskState(self.state)

    @property
    def way(self) -> Clock:
        """Its clock, as it was when the task was raised."""
        return clock_scheme(self.clock).clock(self.kind)

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return is_overdue(self.due_at, self.standing, now_utc())

    @property
    def outcome_label(self) -> str:
        """How it ended, in words; empty while it has not."""
        return self.way.outcome_label(self.outcome) if self.outcome else ""


class SafeguardingStep(Appended):
    """One thing that was done with a task, in order; never changed."""

    task = models.ForeignKey(SafeguardingTask, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=12)
    by = models.CharField(max_length=200)
    reason = models.TextField()
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        """The table, and that a step says why."""

        db_table = "safeguarding_step"
        indexes = (models.Index(fields=["task", "recorded_at"], name="safeguarding_steps"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="safeguarding_step_reason"),
        )

    def __str__(self) -> str:
        """Return what was done."""
        return self.action
