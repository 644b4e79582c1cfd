"""What the queue needs beside the library's own table: leases, heartbeats, the daily round.

No row here is a record of the case work: no act, no audit. What tasks do to records is audited
by the services they call.
"""

from django.db import models

from polit.web.tasks.rules import Part


class TaskLease(models.Model):
    """A worker's hold on a task that it runs; gone when the task ended."""

    task_id = models.UUIDField(primary_key=True)
    worker_id = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "tasks_lease"
        indexes = (models.Index(fields=["expires_at"], name="tasks_lease_expiry"),)

    def __str__(self) -> str:
        """Return the worker."""
        return self.worker_id


class Heartbeat(models.Model):
    """When a part of the system last said that it lives."""

    part = models.CharField(
        primary_key=True, max_length=20, choices=[(part.value, part.value) for part in Part]
    )
    beat_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "tasks_heartbeat"

    def __str__(self) -> str:
        """Return the part."""
        return self.part


class DailyRound(models.Model):
    """The last day on which a daily task was asked for, so that it is asked for once a day."""

    name = models.CharField(primary_key=True, max_length=60)
    asked_on = models.DateField()

    class Meta:
        """The table."""

        db_table = "tasks_daily_round"

    def __str__(self) -> str:
        """Return the task's name."""
        return self.name
