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
from polit.web.core.acting import Actor, end_act, enter_act, leave_act

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
    frame = _Frame(actor, action, reason, case, purpose, nature)
    deed = Deed()
    with _within(frame):
        yield deed
        event = _event(frame, deed)
        event.save()
        AuditPending(event=event).save(force_insert=True)
        deed.event_id = event.event_id


@contextmanager
def act_on_each(
    actor: Actor, action: str, *, reason: str, case: CaseLike, purpose: str = ""
) -> Iterator[list[Deed]]:
    """Run a block as one act on each of many subjects: one transaction, an audit row for each.

    As ``act`` for each of them, but written at once: a thousand savepoints would take seconds,
    in which nobody else could write. The block appends a deed for each subject.

    Raises:
        UsageError: The reason cannot be read, the block did nothing, or a deed does not say what
            it was about.
    """
    frame = _Frame(actor, action, reason, case, purpose, Nature.ALTERATION)
    deeds: list[Deed] = []
    with _within(frame):
        yield deeds
        if not deeds:
            raise UsageError(f"{action}: the act was on nothing")
        events = [_event(frame, deed) for deed in deeds]
        AuditEvent.objects.bulk_create(events)
        AuditPending.objects.bulk_create([AuditPending(event=event) for event in events])
        for deed, event in zip(deeds, events, strict=True):
            deed.event_id = event.event_id


@dataclass(frozen=True, slots=True)
class _Frame:
    actor: Actor
    action: str
    reason: str
    case: CaseLike | None
    purpose: str
    nature: Nature


@contextmanager
def _within(frame: _Frame) -> Iterator[None]:
    if not says_something(frame.reason):
        raise UsageError(f"{frame.action}: say why")
    with transaction.atomic():
        enter_act()
        try:
            yield
            end_act()
        finally:
            leave_act()


def _event(frame: _Frame, deed: Deed) -> AuditEvent:
    if not deed.kind:
        raise UsageError(f"{frame.action}: the act does not say what it was about")
    case = frame.case
    return AuditEvent(
        actor_kind=frame.actor.kind,
        actor_id=frame.actor.actor_id,
        actor_name=storable(frame.actor.name),
        action=frame.action,
        nature=frame.nature.value,
        reason=storable(frame.reason),
        purpose=frame.purpose,
        case_id=case.id if case else None,
        case_reference=storable(case.reference) if case else "",
        subject_kind=deed.kind,
        subject_id=deed.subject_id,
        subject_label=deed.label,
        details=canonical_json(deed.details).decode(),
        salt=random_bytes(_SALT_BYTES).hex(),
    )


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
