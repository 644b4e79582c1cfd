"""The audit's tables. Nothing refers to another register: an event outlives what it speaks of."""

from typing import Any, NoReturn

from django.db import models

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import EventBody, Nature
from polit.web.core.models import fresh_id


class AuditEvent(models.Model):
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

    def save(self, *args: Any, **options: Any) -> None:
        """Keep a new event.

        Raises:
            UsageError: It is kept already.
        """
        if not self._state.adding:
            raise UsageError("an audit event is never changed: append another")
        options["force_insert"] = True
        super().save(*args, **options)

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: it stays."""
        raise UsageError("an audit event is never deleted")

    @property
    def body(self) -> EventBody:
        """What the log commits to."""
        return EventBody(
            event_id=str(self.event_id),
            recorded_at=self.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
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
