"""Enquiries sent for an unknown child, and what came back."""

from django.db import models
from django.db.models import F, Q

from polit.web.core.models import Superseded
from polit.web.dissemination.models import Exchange
from polit.web.victims.catalogue import catalogue, label_of
from polit.web.victims.models.unknown import UnknownChild


class VictimEnquiry(Superseded):
    """What was sent to somebody who may know a child.

    Args:
        exchange: The first row of the entry of the exchange log by which it went.
        answer_due_at: By when an answer is expected.
        catalogue: The version of the clock that it runs by.
        by: Who recorded or withdrew it.
        reason: Why.
    """

    unknown = models.ForeignKey(UnknownChild, on_delete=models.PROTECT, related_name="enquiries")
    agency = models.CharField(max_length=200)
    country = models.CharField(max_length=100)
    what = models.TextField()
    exchange = models.ForeignKey(
        Exchange, on_delete=models.PROTECT, null=True, related_name="victim_enquiries"
    )
    sent_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    catalogue = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table."""

        db_table = "victims_enquiry"
        indexes = (
            models.Index(fields=["unknown", "sent_at"], name="victims_enquiries"),
            models.Index(fields=["answer_due_at", "id"], name="victims_enquiry_due"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(agency="") & ~Q(country="") & ~Q(what="") & ~Q(reason=""),
                name="victims_enquiry_says",
            ),
            models.CheckConstraint(
                condition=Q(answer_due_at__gt=F("sent_at")), name="victims_enquiry_clock"
            ),
        )

    def __str__(self) -> str:
        """Return its identifier."""
        return str(self.pk)


class VictimAnswer(Superseded):
    """What came back on an enquiry."""

    enquiry = models.ForeignKey(VictimEnquiry, on_delete=models.PROTECT, related_name="answers")
    answered_at = models.DateTimeField()
    result = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    catalogue = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table."""

        db_table = "victims_answer"
        indexes = (models.Index(fields=["enquiry", "answered_at"], name="victims_answers"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="victims_answer_reason"),
        )

    def __str__(self) -> str:
        """Return the result."""
        return self.result

    @property
    def result_label(self) -> str:
        """What it came to, in words."""
        return label_of(catalogue(self.catalogue).results, self.result)
