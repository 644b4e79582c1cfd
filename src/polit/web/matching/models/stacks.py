"""Stacks of contents that look alike, and what matching spared; computed by the worker.

Nothing here is a record: it follows from the rows of packages, and is computed anew when they
change. Numbers of rows begin with the run's number, so that a run is a range of them.
"""

from django.db import models

from polit.web.cases.models import Case
from polit.web.media.models import Package
from polit.web.media.models.packages import RowNumber


class StackRun(models.Model):
    """One computing of the stacks of a package, or of a whole case.

    Args:
        package: ``None`` for the whole case.
        basis: What it was computed from, as a digest.
        is_ready: Whether it is whole; pages show the latest that is.
        effect: The figures, as JSON.
    """

    id = models.AutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=64)
    is_ready = models.BooleanField(default=False)
    threshold_bits = models.SmallIntegerField()
    made_at = models.DateTimeField()
    stacks = models.BigIntegerField(default=0)
    effect = models.TextField(default="{}")

    class Meta:
        """The table, and how the latest of a scope is found."""

        db_table = "matching_stack_run"
        indexes = (
            models.Index(fields=["case", "package", "id"], name="matching_stack_run_latest"),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class StackRow(models.Model):
    """A stack that stands for two files or more; the best copy is what its tile shows."""

    id = RowNumber(primary_key=True)
    content_id = models.BigIntegerField()
    contents = models.BigIntegerField()
    occurrences = models.BigIntegerField()
    farthest_bits = models.SmallIntegerField()

    class Meta:
        """The table."""

        db_table = "matching_stack"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class StackMember(models.Model):
    """One content of a stack, the best copy first."""

    id = RowNumber(primary_key=True)
    stack = models.ForeignKey(StackRow, on_delete=models.CASCADE, related_name="members")
    content_id = models.BigIntegerField()
    distance_bits = models.SmallIntegerField()
    variant = models.CharField(max_length=20, blank=True)
    occurrences = models.BigIntegerField()

    class Meta:
        """The table."""

        db_table = "matching_stack_member"
        indexes = (models.Index(fields=["content_id"], name="matching_stack_member_of"),)

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)
