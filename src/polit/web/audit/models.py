"""The audit's tables. Nothing refers to another register: an event outlives what it tells of."""

from datetime import UTC
from typing import Any, NoReturn

from django.db import models

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import EventBody, Nature
from polit.web.core.models import fresh_id


class Grown(models.Model):
    """A row of the log: kept once, never changed, never deleted (by triggers too)."""

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Keep a new row.

        Raises:
            UsageError: It is kept already.
        """
        if not self._state.adding:
            raise UsageError("a row of the audit is never changed: append another")
        options["force_insert"] = True
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Refuse: it stays."""
        del args, options
        raise UsageError("a row of the audit is never deleted")


class AuditEvent(Grown):
    """One act: who, what, when, why. Written in the transaction of what it tells of."""

    seq = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(unique=True, default=fresh_id)
    recorded_at = models.DateTimeField(default=now_utc)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=100)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    nature = models.CharField(max_length=20)
    reason = models.TextField()
    purpose = models.CharField(max_length=30, blank=True)
    case_id = models.UUIDField(null=True)
    case_reference = models.CharField(max_length=200, blank=True)
    subject_kind = models.CharField(max_length=50)
    subject_id = models.CharField(max_length=100)
    subject_label = models.CharField(max_length=300, blank=True)
    details = models.TextField(default="{}")
    salt = models.CharField(max_length=64)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "audit_event"
        indexes = (
            models.Index(fields=["case_id", "seq"], name="audit_event_case"),
            models.Index(fields=["actor_id", "seq"], name="audit_event_actor"),
            models.Index(fields=["action", "seq"], name="audit_event_action"),
            models.Index(fields=["subject_id", "seq"], name="audit_event_subject"),
            models.Index(fields=["actor_name", "seq"], name="audit_event_name"),
            models.Index(fields=["case_reference", "seq"], name="audit_event_reference"),
            models.Index(fields=["nature", "seq"], name="audit_event_nature_seq"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(nature__in=[nature.value for nature in Nature]),
                name="audit_event_nature",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="audit_event_reason"),
        )

    def __str__(self) -> str:
        """Return the action and its subject's kind."""
        return f"{self.action} {self.subject_kind}"

    @property
    def recorded_text(self) -> str:
        """When it was recorded, RFC 3339 in UTC with microseconds; its order is that of time."""
        return self.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @property
    def body(self) -> EventBody:
        """What the log commits to."""
        return EventBody(
            event_id=str(self.event_id),
            recorded_at=self.recorded_text,
            actor_kind=self.actor_kind,
            actor_id=self.actor_id,
            actor_name=self.actor_name,
            action=self.action,
            nature=self.nature,
            reason=self.reason,
            purpose=self.purpose,
            case_id=str(self.case_id or ""),
            case_reference=self.case_reference,
            subject_kind=self.subject_kind,
            subject_id=self.subject_id,
            subject_label=self.subject_label,
            details=self.details,
        )


class AuditPending(models.Model):
    """An event that the log has not taken in yet; written in the event's own transaction.

    The signer takes it from here and not by the events' numbers: on PostgreSQL a lower number
    may be committed after a higher one.
    """

    event = models.OneToOneField(AuditEvent, primary_key=True, on_delete=models.PROTECT)

    class Meta:
        """The table."""

        db_table = "audit_pending"

    def __str__(self) -> str:
        """Return the event's number."""
        return str(self.pk)


class AuditLeaf(Grown):
    """The place of an event in the log, and the hash that stands there."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="leaf")
    leaf_hash = models.CharField(max_length=64)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "audit_leaf"
        constraints = (
            models.CheckConstraint(condition=models.Q(index__gte=0), name="audit_leaf_index"),
        )

    def __str__(self) -> str:
        """Return the place."""
        return str(self.index)


class AuditCheckpoint(Grown):
    """What the log said of itself at one size, signed."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    peaks = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "audit_checkpoint"
        constraints = (
            models.CheckConstraint(condition=models.Q(size__gt=0), name="audit_checkpoint_size"),
        )

    def __str__(self) -> str:
        """Return the size."""
        return str(self.size)
