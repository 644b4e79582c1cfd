"""The act: what every write happens in, with its audit row in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from polit.base.canonical import JsonValue, canonical_json
from polit.base.errors import UsageError
from polit.base.ids import random_bytes
from polit.base.text import says_something
from polit.web.audit.models import AuditEvent, AuditPending
from polit.web.audit.rules import Nature, storable, storable_value
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor, enter_act, leave_act

_SALT_BYTES = 32
_LABEL_LENGTH = 300


@dataclass(slots=True)
class Deed:
    """What an act turns out to be about; a service says it before the act ends.

    Args:
        event_id: The event it became, once the act ended; ``None`` before.
    """

    kind: str = ""
    subject_id: str = ""
    label: str = ""
    details: dict[str, JsonValue] = field(default_factory=dict)
    event_id: UUID | None = None

    def about(
        self, kind: str, subject_id: UUID | str, *, label: str = "", **details: JsonValue
    ) -> None:
        """Name the subject, and what of the act a court may ask for.

        Args:
            kind: Such as ``exhibit``.
            subject_id: Its identifier.
            label: How people call it, cut after 300 characters.
            details: Old and new values, figures, references; no floats.
        """
        self.kind, self.subject_id = kind, storable(str(subject_id))
        self.label = storable(label)[:_LABEL_LENGTH]
        self.details = {key: storable_value(value) for key, value in details.items()}


@contextmanager
def act(
    actor: Actor,
    action: str,
    *,
    reason: str,
    case: CaseLike | None = None,
    purpose: str = "",
    nature: Nature = Nature.ALTERATION,
) -> Iterator[Deed]:
    """Run a block as one act: one transaction, which ends with its audit row or not at all.

    Args:
        actor: Who acts.
        action: ``register.verb``.
        reason: Why; never blank.
        case: The case it belongs to, where there is one.
        purpose: The purpose of the access it happens under.
        nature: The kind of processing.

    Raises:
        UsageError: The reason cannot be read, or the block did not say what it was about.
    """
    if not says_something(reason):
        raise UsageError(f"{action}: say why")
    deed = Deed()
    with transaction.atomic():
        enter_act()
        try:
            yield deed
        finally:
            leave_act()
        if not deed.kind:
            raise UsageError(f"{action}: the act does not say what it was about")
        event = AuditEvent(
            actor_kind=actor.kind,
            actor_id=actor.actor_id,
            actor_name=storable(actor.name),
            action=action,
            nature=nature.value,
            reason=storable(reason),
            purpose=purpose,
            case_id=case.id if case else None,
            case_reference=storable(case.reference) if case else "",
            subject_kind=deed.kind,
            subject_id=deed.subject_id,
            subject_label=deed.label,
            details=canonical_json(deed.details).decode(),
            salt=random_bytes(_SALT_BYTES).hex(),
        )
        event.save()
        AuditPending(event=event).save(force_insert=True)
        deed.event_id = event.event_id


@dataclass(slots=True)
class _NamedCase:
    id: UUID
    reference: str


def audit_consult(
    actor: Actor, *, page: str, asked: str = "", event: AuditEvent | None = None
) -> None:
    """Record that somebody looked into the audit, before they see it.

    Args:
        actor: Who looks.
        page: Which page.
        asked: What they filtered by, as the address has it; cut after 300 characters.
        event: The event they look at, where it is one.
    """
    case = None
    if event is not None and event.case_id is not None:
        case = _NamedCase(event.case_id, event.case_reference)
    with act(
        actor, "audit.consult", reason="Audit", case=case, nature=Nature.CONSULTATION
    ) as deed:  # fmt: skip
        about = "audit" if event is None else str(event.event_id)
        deed.about("audit", about, page=page, asked=asked[:_LABEL_LENGTH])
