"""Enquiries, and what happened to them: reminders and answers."""

from django.db import models
from django.db.models import F, Q

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.models import Record, Superseded
from polit.web.enquiries.kinds import enquiry_scheme
from polit.web.enquiries.rules import EnquiryState, Result, Step, days_waited, is_overdue
from polit.web.people.identifiers import current_identifiers
from polit.web.referrals.models import Referral


class Enquiry(Record):
    """Something that was asked of somebody outside, until it was answered.

    ``answered_at`` and ``result`` follow from the answer that stands.
    """

    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, related_name="enquiries"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="enquiries")
    kind_scheme = models.CharField(max_length=50)
    kind_version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=50)
    asked_of = models.CharField(max_length=200)
    question = models.TextField(blank=True)
    authority = models.CharField(max_length=200, blank=True)
    their_reference = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default=EnquiryState.SENT.value)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)
    answer_due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True)

    class Meta:
        """The table: it is of a referral or a case, and an answer has its result."""

        db_table = "enquiries_enquiry"
        indexes = (
            models.Index(fields=["sent_at", "id"], name="enquiries_by_sending"),
            models.Index(fields=["state", "answer_due_at", "id"], name="enquiries_waiting"),
            models.Index(fields=["answer_due_at", "id"], name="enquiries_by_due"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(referral__isnull=False) | Q(case__isnull=False), name="enquiries_of"
            ),
            models.CheckConstraint(
                condition=(Q(state="answered", answered_at__isnull=False) & ~Q(result=""))
                | (~Q(state="answered") & Q(answered_at=None, result="")),
                name="enquiries_answer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in EnquiryState]),
                name="enquiries_state",
            ),
            models.CheckConstraint(
                condition=Q(answer_due_at=None) | Q(answer_due_at__gte=F("sent_at")),
                name="enquiries_due",
            ),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def standing(self) -> EnquiryState:
        """Where it stands."""
        return EnquiryState(self.state)

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return enquiry_scheme(self.kind_scheme, self.kind_version).label_of(self.kind)

    @property
    def result_label(self) -> str:
        """What the answer brought, in words; empty while there is none."""
        return Result(self.result).label if self.result else ""

    @property
    def waited_days(self) -> int:
        """For how many full days it has waited, or waited until its answer."""
        return days_waited(self.sent_at, self.answered_at, now_utc())

    @property
    def is_overdue(self) -> bool:
        """Whether an answer should have been there by now."""
        return is_overdue(self.answer_due_at, self.standing, now_utc())


class EnquiryStep(Superseded):
    """A reminder that was sent, or an answer that came."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10)
    occurred_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    reason = models.TextField()
    text = models.TextField(blank=True)
    result = models.CharField(max_length=20, blank=True)
    given_name = models.CharField(max_length=150, blank=True)
    family_name = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=1000, blank=True)
    account_kind = models.CharField(max_length=50, blank=True)
    account_value = models.CharField(max_length=300, blank=True)
    account_service = models.CharField(max_length=100, blank=True)

    class Meta:
        """The table: an answer has a result and a reminder has none, each says why."""

        db_table = "enquiries_step"
        indexes = (models.Index(fields=["enquiry", "occurred_at"], name="enquiries_steps"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="reminder", result="") | (Q(kind="answer") & ~Q(result="")),
                name="enquiries_step_kind",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="enquiries_step_reason"),
        )

    def __str__(self) -> str:
        """Return what it is."""
        return self.kind

    @property
    def title(self) -> str:
        """What happened, in words."""
        label = Step(self.kind).label
        return f"{label}: {self.result_label}" if self.result else label

    @property
    def result_label(self) -> str:
        """What an answer brought, in words."""
        return Result(self.result).label if self.result else ""

    @property
    def account_label(self) -> str:
        """The kind of the account that it named, in words."""
        return current_identifiers().label_of(self.account_kind)

    @property
    def names_somebody(self) -> bool:
        """Whether it brought a subscriber."""
        return bool(self.given_name or self.family_name or self.address)

    @property
    def has_facts(self) -> bool:
        """Whether it brought what can be taken over."""
        return self.names_somebody or bool(self.account_value)
