"""What was agreed of a case's review, and the blind samples of what nobody looked at."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended


class Strategy(Appended):
    """One version of what was agreed: what is reviewed, and when it stops.

    Args:
        version: From 1 in each case; the greatest holds.
        scheme: The category scheme as ``scheme/version``.
        exhibits: Identifiers of the exhibits, as JSON; empty for all.
        kinds: Kinds of media by their numbers, as JSON; empty for all.
        stop: The agreed stop point, in words.
        stop_code: The category that it counts; empty for none.
        stop_count: Until so many of that category.
        stop_first_generation: Whether every first-generation candidate must be decided too.
        is_everything: Whether everything is reviewed.
        second_percent: How much of what is graded falls to a random second review.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="strategies")
    version = models.IntegerField()
    scheme = models.CharField(max_length=90)
    exhibits = models.TextField(default="[]")
    kinds = models.TextField(default="[]")
    stop = models.TextField()
    stop_code = models.CharField(max_length=100, blank=True)
    stop_count = models.IntegerField(default=0)
    stop_first_generation = models.BooleanField(default=False)
    is_everything = models.BooleanField(default=False)
    second_percent = models.IntegerField(default=0)
    agreed_by = models.CharField(max_length=200)
    agreed_on = models.DateField()
    by_name = models.CharField(max_length=200)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "grading_strategy"
        constraints = (
            models.UniqueConstraint(fields=["case", "version"], name="grading_strategy_once"),
            models.CheckConstraint(
                condition=Q(second_percent__gte=0, second_percent__lte=100),
                name="grading_strategy_percent",
            ),
            models.CheckConstraint(
                condition=~Q(stop="") & ~Q(agreed_by=""), name="grading_strategy_words"
            ),
        )

    def __str__(self) -> str:
        """Return its version."""
        return str(self.version)


class BlindSample(Appended):
    """Settled items that were drawn to be looked at, so that what sets settle is checked.

    Args:
        settled: How many items were settled when it was drawn.
        members: Their SHA-256, and what settled each, as canonical JSON in the drawn order.
        key: What the draw was keyed with, so that it can be done again.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="blind_samples")
    version = models.IntegerField()
    settled = models.BigIntegerField()
    drawn = models.IntegerField()
    members = models.TextField()
    key = models.CharField(max_length=64)
    by_name = models.CharField(max_length=200)

    class Meta:
        """The table."""

        db_table = "grading_sample"
        constraints = (
            models.UniqueConstraint(fields=["case", "version"], name="grading_sample_once"),
        )

    def __str__(self) -> str:
        """Return its version."""
        return str(self.version)


class ForceSet(Appended):
    """A list of the force's decisions that was handed to the store of hash sets.

    Args:
        number: From 1; the list's version.
        digest: SHA-256 of the file, lower-case hex.
        order_id: The order of its import.
    """

    number = models.IntegerField(unique=True)
    scheme = models.CharField(max_length=90)
    digest = models.CharField(max_length=64)
    count = models.BigIntegerField()
    agreed = models.BigIntegerField()
    order_id = models.UUIDField()

    class Meta:
        """The table."""

        db_table = "grading_force_set"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.number)
