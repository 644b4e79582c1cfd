"""What happened under orders: appended alone, corrected by further rows."""

from django.db import models
from django.db.models import Q

from polit.web.core.models import Appended, Superseded
from polit.web.exhibits.models import Exhibit
from polit.web.orders.models.orders import Order, OrderCondition
from polit.web.orders.rules import BreachAction, CheckResult, Level
from polit.web.people.models import CasePerson


def _of(values: type[Level | CheckResult | BreachAction]) -> list[str]:
    return [str(each.value) for each in values]


class OrderEvent(Superseded):
    """What happened under an order; it counts for every order of the same person in the case."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="%(class)ss")
    place = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """No table of its own."""

        abstract = True


class Assessment(OrderEvent):
    """What an assessment tool said of a person under an order, stored and never imitated."""

    tool = models.CharField(max_length=40)
    tool_version = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=10)
    rationale = models.TextField(blank=True)
    review_on = models.DateField(null=True)

    class Meta:
        """The table."""

        db_table = "orders_assessment"
        indexes = (models.Index(fields=["place", "occurred_at"], name="orders_assessments"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(level__in=_of(Level)), name="orders_assessment_level"
            ),
        )

    def __str__(self) -> str:
        """Return the level."""
        return self.level

    @property
    def tool_label(self) -> str:
        """The tool in words."""
        return self.order.monitoring.tool_label(self.tool)

    @property
    def level_shown(self) -> Level:
        """The level with its words."""
        return Level(self.level)


class Visit(OrderEvent):
    """A visit to a person under an order. One at which they were not seen leaves the visit due."""

    was_announced = models.BooleanField(default=False)
    was_seen = models.BooleanField()
    visitors = models.CharField(max_length=300, blank=True)
    found = models.TextField(blank=True)
    due_on = models.DateField(null=True)

    class Meta:
        """The table."""

        db_table = "orders_visit"
        indexes = (models.Index(fields=["place", "occurred_at"], name="orders_visits"),)

    def __str__(self) -> str:
        """Return whether the person was seen."""
        return "seen" if self.was_seen else "not seen"


class DeviceCheck(OrderEvent):
    """A check of a device of a person under an order."""

    device = models.CharField(max_length=300)
    tool = models.CharField(max_length=200, blank=True)
    tool_version = models.CharField(max_length=60, blank=True)
    result = models.CharField(max_length=20)
    found = models.TextField(blank=True)
    exhibit = models.ForeignKey(
        Exhibit, on_delete=models.PROTECT, null=True, related_name="device_checks"
    )

    class Meta:
        """The table; only a seized device is an exhibit."""

        db_table = "orders_device_check"
        indexes = (models.Index(fields=["place", "occurred_at"], name="orders_device_checks"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(result__in=_of(CheckResult)), name="orders_check_result"
            ),
            models.CheckConstraint(
                condition=Q(exhibit=None) | Q(result="seized"), name="orders_check_exhibit"
            ),
        )

    def __str__(self) -> str:
        """Return the result."""
        return self.result

    @property
    def result_shown(self) -> CheckResult:
        """The result with its words."""
        return CheckResult(self.result)


class NotifiableEvent(OrderEvent):
    """Something that a person has to notify, as the team came to know of it.

    ``occurred_at`` is the change or the return; for travel the departure, which may lie ahead.
    """

    rule = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    due_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "orders_notifiable"
        indexes = (models.Index(fields=["place", "due_at"], name="orders_notifiables"),)

    def __str__(self) -> str:
        """Return the rule."""
        return self.rule


class Notification(OrderEvent):
    """A notification that a person gave to the police; ``occurred_at`` is when.

    Args:
        rule: The code of its rule.
        event: What it answers, where the team knew of it before.
        event_at: When that happened, or is to happen.
        due_at: The last instant at which it was in time, ``None`` where nothing ran.
        no_residence: Whether the home address notified is no sole or main residence.
    """

    rule = models.CharField(max_length=40)
    event = models.ForeignKey(
        NotifiableEvent, on_delete=models.PROTECT, null=True, related_name="notifications"
    )
    event_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    no_residence = models.BooleanField(default=False)
    station = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        """The table."""

        db_table = "orders_notification"
        indexes = (models.Index(fields=["place", "occurred_at"], name="orders_notifications"),)

    def __str__(self) -> str:
        """Return the rule."""
        return self.rule

    @property
    def is_late(self) -> bool:
        """Whether it came after its last instant."""
        return self.due_at is not None and self.occurred_at > self.due_at


class Breach(OrderEvent):
    """A breach of a condition or of the requirements; ``occurred_at`` is when it happened."""

    known_at = models.DateTimeField()
    condition = models.ForeignKey(
        OrderCondition, on_delete=models.PROTECT, null=True, related_name="breaches"
    )
    requirement = models.CharField(max_length=40, blank=True)
    text = models.TextField()

    class Meta:
        """The table."""

        db_table = "orders_breach"

    def __str__(self) -> str:
        """Return the requirement's code."""
        return self.requirement

    @property
    def requirement_label(self) -> str:
        """The notification that was breached, in words; empty where it was a condition."""
        if not self.requirement:
            return ""
        return self.order.rule_set.rule(self.requirement).label


class BreachStep(Appended):
    """One thing that was done about a breach, in order; never changed."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=20)
    occurred_at = models.DateTimeField()
    reference = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table."""

        db_table = "orders_breach_step"
        constraints = (
            models.CheckConstraint(
                condition=Q(action__in=_of(BreachAction)), name="orders_breach_action"
            ),
        )

    def __str__(self) -> str:
        """Return the action."""
        return self.action

    @property
    def action_label(self) -> str:
        """The action in words."""
        return BreachAction(self.action).label
