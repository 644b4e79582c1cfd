"""The exchange log: what was given and received, what it was about, and what came back."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Superseded
from polit.web.dissemination.codes import ExchangeCodes, exchange_codes, label_of
from polit.web.dissemination.rules import Direction, ReplyKind


class Exchange(Superseded):
    """One exchange with another agency; a correction is a further whole row.

    Args:
        first: The first row of it, by which its page and its replies go; ``None`` on that row.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exchanges")
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="versions")
    direction = models.CharField(max_length=3)
    agency = models.CharField(max_length=200)
    country = models.CharField(max_length=100)
    contact = models.CharField(max_length=200, blank=True)
    their_reference = models.CharField(max_length=100, blank=True)
    codes = models.CharField(max_length=60)
    authority = models.CharField(max_length=40)
    purpose = models.TextField()
    description = models.TextField()
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(null=True)
    means = models.CharField(max_length=40)
    handling = models.CharField(max_length=40)
    conditions = models.TextField(blank=True)
    occurred_at = models.DateTimeField()
    handled_by = models.CharField(max_length=200)
    answer_due_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "dissemination_exchange"
        indexes = (
            models.Index(fields=["case", "occurred_at"], name="dissemination_order"),
            models.Index(fields=["occurred_at", "id"], name="dissemination_all"),
            models.Index(fields=["answer_due_at", "id"], name="dissemination_due"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(direction__in=[each.value for each in Direction]),
                name="dissemination_direction",
            ),
            models.CheckConstraint(
                condition=~Q(agency="") & ~Q(purpose="") & ~Q(description="") & ~Q(reason=""),
                name="dissemination_says",
            ),
            models.CheckConstraint(
                condition=Q(size_bytes=None) | Q(size_bytes__gte=0), name="dissemination_size"
            ),
        )

    def __str__(self) -> str:
        """Return the direction."""
        return self.direction

    @property
    def way(self) -> Direction:
        """Which way it went."""
        return Direction(self.direction)

    @property
    def first_id_shown(self) -> object:
        """The identifier of its page."""
        return self.first_id or self.pk

    @property
    def scheme(self) -> ExchangeCodes:
        """The codes that it was kept under."""
        return exchange_codes(self.codes)

    @property
    def authority_label(self) -> str:
        """The authority in words."""
        return label_of(self.scheme.authorities, self.authority)

    @property
    def handling_label(self) -> str:
        """The handling code in words."""
        return label_of(self.scheme.handling, self.handling)

    @property
    def means_label(self) -> str:
        """By what it travelled, in words."""
        return label_of(self.scheme.means, self.means)


class ExchangeSubject(Appended):
    """What a row of the log is about: an exhibit, or a child by no more than its label."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="subjects")
    kind = models.CharField(max_length=10)
    subject_id = models.UUIDField()
    label = models.CharField(max_length=200)

    class Meta:
        """The table: a thing stands once in a row."""

        db_table = "dissemination_subject"
        constraints = (
            models.UniqueConstraint(
                fields=["exchange", "subject_id"], name="dissemination_subject_once"
            ),
        )

    def __str__(self) -> str:
        """Return the label."""
        return self.label


class ExchangeReply(Superseded):
    """That receipt was confirmed, or an answer; ``exchange`` is the first row of the exchange."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=12)
    occurred_at = models.DateTimeField()
    codes = models.CharField(max_length=60)
    result = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and that a reply says why it was kept."""

        db_table = "dissemination_reply"
        indexes = (models.Index(fields=["exchange", "occurred_at"], name="dissemination_replies"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in ReplyKind]),
                name="dissemination_reply_kind",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="dissemination_reply_reason"),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def kind_label(self) -> str:
        """What came back, in words."""
        return ReplyKind(self.kind).label

    @property
    def result_label(self) -> str:
        """What it came to, in words; empty for a confirmation."""
        return label_of(exchange_codes(self.codes).results, self.result) if self.result else ""
