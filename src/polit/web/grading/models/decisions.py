"""Decisions, appended and never updated, and the standing that follows from them."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record
from polit.web.grading.rules import DecisionKind, Rung


class Batch(Appended):
    """What an officer did at once: one decision, or one on each of many items.

    Args:
        number: Orders the batches of a case.
        key: What whoever asked for it called it, so that it is done once however often it is
            asked for; ``None`` where nobody asks again.
    """

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="decision_batches", db_index=False
    )
    number = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    decisions = models.IntegerField()
    by_id = models.CharField(max_length=100)
    by_name = models.CharField(max_length=200)
    session_id = models.UUIDField(null=True)
    key = models.UUIDField(null=True)
    compensates = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="compensated_by", db_index=False
    )

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "grading_batch"
        constraints = (
            models.UniqueConstraint(fields=["case", "number"], name="grading_batch_once"),
            models.UniqueConstraint(fields=["case", "by_id", "key"], name="grading_batch_key"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in DecisionKind]),
                name="grading_batch_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["undo", "redo"], compensates__isnull=False)
                | (~Q(kind__in=["undo", "redo"]) & Q(compensates=None)),
                name="grading_batch_compensates",
            ),
        )
        indexes = (models.Index(fields=["case", "by_id", "number"], name="grading_batch_own"),)

    def __str__(self) -> str:
        """Return what it did."""
        return self.kind


class Decision(Appended):
    """One officer's decision on one content of a case, on every exact copy there.

    ``code``, ``flags``, ``tags`` and ``unsure`` are what stands after it, ``change`` is what it
    asked for, as canonical JSON. ``before`` is the category that stood before it.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    sha256 = models.BinaryField()
    number = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    code = models.CharField(max_length=100, blank=True)
    before = models.CharField(max_length=100, blank=True)
    flags = models.IntegerField(default=0)
    tags = models.TextField(default="[]")
    unsure = models.BooleanField(default=False)
    change = models.TextField(default="{}")
    note = models.TextField(blank=True)
    rung = models.CharField(max_length=10)
    by_id = models.CharField(max_length=100)
    by_name = models.CharField(max_length=200)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "grading_decision"
        constraints = (
            models.UniqueConstraint(
                fields=["case", "sha256", "number"], name="grading_decision_once"
            ),
            models.CheckConstraint(
                condition=Q(rung__in=[rung.value for rung in Rung]), name="grading_decision_rung"
            ),
        )
        indexes = (models.Index(fields=["case", "kind"], name="grading_decision_kind"),)

    def __str__(self) -> str:
        """Return what made it."""
        return self.kind

    @property
    def kind_label(self) -> str:
        """What made it, in words."""
        return DecisionKind(self.kind).label

    @property
    def rung_label(self) -> str:
        """What the officer had seen, in words."""
        return Rung(self.rung).label


class Standing(Record):
    """What the decisions on a content of a case come to; it follows from them.

    Args:
        version: How many decisions it follows from.
        votes: Each officer's own last word, as canonical JSON.
        voters: How many officers that is.
        draw: Below ``DRAWS``: whether the content falls to the random second review.
    """

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="standings", db_index=False
    )
    sha256 = models.BinaryField()
    version = models.IntegerField(default=0)
    code = models.CharField(max_length=100, blank=True)
    flags = models.IntegerField(default=0)
    tags = models.TextField(default="[]")
    unsure = models.BooleanField(default=False)
    votes = models.TextField(default="{}")
    voters = models.IntegerField(default=0)
    is_disputed = models.BooleanField(default=False)
    is_settled = models.BooleanField(default=False)
    graded_by = models.CharField(max_length=100, blank=True)
    draw = models.IntegerField()

    class Meta:
        """The table: a content of a case stands once."""

        db_table = "grading_standing"
        constraints = (
            models.UniqueConstraint(fields=["sha256", "case"], name="grading_standing_once"),
        )
        indexes = (
            models.Index(fields=["case", "draw"], name="grading_standing_draw"),
            models.Index(fields=["case", "is_disputed"], name="grading_standing_disputed"),
            models.Index(fields=["case", "unsure"], name="grading_standing_unsure"),
        )

    def __str__(self) -> str:
        """Return its version."""
        return str(self.version)
