"""Orders, their conditions and what the court changed of them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from polit.web.cases.models import Case
from polit.web.core.models import Record, Superseded
from polit.web.court.models import CourtResult
from polit.web.orders.law import (
    MonitoringPolicy,
    NotificationRules,
    OrderKind,
    monitoring_policy,
    notification_rules,
    order_kinds,
)
from polit.web.orders.rules import ConditionKind, EndKind, Level, OrderState
from polit.web.people.models import CasePerson

NEVER = date(9998, 12, 31)
"""What the lists sort by where there is no day."""


def _of(values: type[Level | ConditionKind], *more: str) -> list[str]:
    return [*more, *(str(each.value) for each in values)]


class Order(Record):
    """An order against a person of a case, or the requirements that follow from a conviction.

    What is due next stands on the row, so that lists read an index: ``derive.order_refresh``
    writes it whenever something is recorded, and a test compares it with what is derived anew.

    Args:
        law: The file of the kinds, ``rules`` that of notifications, ``policy`` that of monitoring.
        ends_on: Its last day; ``None`` until further order.
        sentence: The row of s.82 that its length stands on; empty where the court set it.
        court_result: The first row of the conviction that it follows, where it follows one.
        ended_on: The day from which it was in force no more.
        notify_due_at: The last instant of the next notification, ``notify_rule`` its rule.
        visit_sort: The next visit, ``end_sort`` the last day, as lists sort them: the far future
            where there is none, because a page by key needs a key.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="orders")
    place = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="orders")
    court_result = models.ForeignKey(
        CourtResult, on_delete=models.PROTECT, null=True, related_name="orders"
    )
    law = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    rules = models.CharField(max_length=60)
    policy = models.CharField(max_length=60)
    reference = models.CharField(max_length=100)
    national_reference = models.CharField(max_length=100, blank=True)
    court = models.CharField(max_length=200, blank=True)
    made_on = models.DateField()
    begins_on = models.DateField()
    ends_on = models.DateField(null=True)
    sentence = models.CharField(max_length=40, blank=True)
    is_under_18 = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=OrderState.IN_FORCE.value)
    end_kind = models.CharField(max_length=20, blank=True)
    ended_on = models.DateField(null=True)
    risk_level = models.CharField(max_length=10, blank=True)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    added_by = models.CharField(max_length=200)
    visit_due_on = models.DateField(null=True)
    device_due_on = models.DateField(null=True)
    review_due_on = models.DateField(null=True)
    notify_due_at = models.DateTimeField(null=True)
    notify_rule = models.CharField(max_length=40, blank=True)
    visit_sort = models.DateField()
    end_sort = models.DateField()

    class Meta:
        """The table; lists are sorted by what has an index."""

        db_table = "orders_order"
        indexes = (
            models.Index(fields=["visit_sort", "id"], name="orders_by_visit"),
            models.Index(fields=["end_sort", "id"], name="orders_by_end"),
            models.Index(fields=["device_due_on"], name="orders_by_device"),
            models.Index(fields=["review_due_on"], name="orders_by_review"),
            models.Index(fields=["notify_due_at", "id"], name="orders_by_notification"),
            models.Index(fields=["recorded_at", "id"], name="orders_by_recorded"),
            models.Index(fields=["case", "recorded_at"], name="orders_of_case"),
        )
        constraints = (
            models.UniqueConstraint(fields=["case", "reference"], name="orders_reference_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="orders_referenced"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")), name="orders_end_after"
            ),
            models.CheckConstraint(
                condition=Q(risk_level__in=_of(Level, "")), name="orders_level_known"
            ),
            models.CheckConstraint(
                condition=Q(state="in_force", end_kind="", ended_on=None)
                | (Q(state="ended", ended_on__isnull=False) & ~Q(end_kind="")),
                name="orders_ended_how",
            ),
        )

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def standing(self) -> OrderState:
        """Where it stands."""
        return OrderState(self.state)

    @property
    def kind_entry(self) -> OrderKind:
        """Its kind, as the law was when it was recorded."""
        return order_kinds(self.law).kind(self.kind)

    @property
    def kind_label(self) -> str:
        """Its kind in words."""
        return self.kind_entry.label

    @property
    def rule_set(self) -> NotificationRules:
        """The rules of notification that it runs by."""
        return notification_rules(self.rules)

    @property
    def monitoring(self) -> MonitoringPolicy:
        """The policy that it is monitored by."""
        return monitoring_policy(self.policy)

    @property
    def level(self) -> Level | None:
        """The level of risk held now."""
        return Level(self.risk_level) if self.risk_level else None

    @property
    def end_label(self) -> str:
        """How it ended, in words; empty while it has not."""
        return EndKind(self.end_kind).label if self.end_kind else ""


class OrderVariation(Superseded):
    """The court changed an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="variations")
    varied_on = models.DateField()
    court = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    changes_end = models.BooleanField(default=False)
    ends_on = models.DateField(null=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table."""

        db_table = "orders_variation"

    def __str__(self) -> str:
        """Return the day."""
        return str(self.varied_on)


class OrderCondition(Record):
    """A prohibition or requirement of an order, from a day until a variation ends it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    text = models.TextField()
    begins_on = models.DateField()
    ends_on = models.DateField(null=True)
    added_by = models.CharField(max_length=200)

    class Meta:
        """The table."""

        db_table = "orders_condition"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=_of(ConditionKind)), name="orders_condition_kind"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")),
                name="orders_condition_days",
            ),
        )

    def __str__(self) -> str:
        """Return the code."""
        return self.code

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return ConditionKind(self.kind).label
