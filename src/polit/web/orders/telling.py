"""What happened under orders in words: for their pages and for a person's days."""

from dataclasses import dataclass

from polit.web.orders.models import (
    Assessment,
    Breach,
    DeviceCheck,
    NotifiableEvent,
    Notification,
    OrderEvent,
    Visit,
)

TITLES = {
    "visit": "Visit",
    "device_check": "Device check",
    "assess": "Assessment of risk",
    "notifiable": "To be notified",
    "notification": "Notification given",
    "breach": "Breach",
}
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as a page tells it.

    Args:
        verb: Which kind it is, as addresses name it.
        event: The row.
        is_corrected: Whether a later row corrects or withdraws it.
        title: What happened.
        facts: Names and values; values may come from people.
    """

    verb: str
    event: OrderEvent
    is_corrected: bool
    title: str
    facts: Facts

    @property
    def is_late(self) -> bool:
        """Whether it is a notification that came late."""
        return isinstance(self.event, Notification) and self.event.is_late

    @property
    def may_correct(self) -> bool:
        """Whether it stands, so that it can be corrected or withdrawn."""
        return not self.is_corrected and not self.event.is_withdrawal


def told(verb: str, event: OrderEvent, *, is_corrected: bool) -> Told:
    """Return an event in words."""
    facts = tuple((name, value) for name, value in _facts(event) if value)
    title = _title(verb, event)
    return Told(verb, event, is_corrected, title, facts)


def rule_label(event: Notification | NotifiableEvent | Breach) -> str:
    """Return the words of the rule that an event is about."""
    code = event.requirement if isinstance(event, Breach) else event.rule
    rule = event.order.rule_set.rule(code)
    return f"{rule.label} ({rule.statute})"


def _title(verb: str, event: OrderEvent) -> str:
    if event.is_withdrawal:
        return f"{TITLES[verb]} withdrawn"
    if isinstance(event, Visit) and not event.was_seen:
        return "Visit, person not seen"
    return TITLES[verb]


def _facts(event: OrderEvent) -> Facts:
    if isinstance(event, Visit):
        announced = "Announced" if event.was_announced else "Unannounced"
        return (("Visit", announced), ("Who", event.visitors), ("Found", event.found))
    if isinstance(event, DeviceCheck):
        tool = " ".join(part for part in (event.tool, event.tool_version) if part)
        return (("Device", event.device), ("Tool", tool), ("Result", event.result_shown.label),
                ("Found", event.found))  # fmt: skip
    if isinstance(event, Assessment):
        tool = f"{event.order.monitoring.tool_label(event.tool)} {event.tool_version}".strip()
        return (("Tool", tool), ("Level", event.level_shown.label), ("Rationale", event.rationale))
    if isinstance(event, (Notification, NotifiableEvent)):
        home = "No sole or main residence" if getattr(event, "no_residence", False) else ""
        return (("What", rule_label(event)), ("Home", home), ("Told", event.text))
    if isinstance(event, Breach):
        return (("What happened", event.text),)
    return ()
