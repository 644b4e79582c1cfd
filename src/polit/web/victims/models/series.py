"""Series: media that belong together because the same child is in them."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record, Superseded
from polit.web.victims.catalogue import Catalogue, catalogue, label_of
from polit.web.victims.rules import Via


class Series(Record):
    """A series: a code word and what is known of it; every change is kept as a step.

    Args:
        name: A code word, once in the force; never the name of a child.
        about: What is known of it; readers of every case that it stands in read this.
        database: What the national or international database says.
        reference: Its reference there.
        checked_on: When that was asked.
        by: Who opened it.
    """

    name = models.CharField(max_length=60, unique=True)
    about = models.TextField(blank=True)
    database = models.CharField(max_length=20)
    reference = models.CharField(max_length=100, blank=True)
    checked_on = models.DateField(null=True)
    catalogue = models.CharField(max_length=60)
    by = models.CharField(max_length=200)

    class Meta:
        """The table."""

        db_table = "victims_series"
        indexes = (models.Index(fields=["recorded_at", "id"], name="victims_series_order"),)
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="victims_series_name"),
            models.CheckConstraint(
                condition=Q(database="not_checked", checked_on=None)
                | (~Q(database="not_checked") & Q(checked_on__isnull=False)),
                name="victims_series_checked",
            ),
        )

    def __str__(self) -> str:
        """Return the code word."""
        return self.name

    @property
    def lists(self) -> Catalogue:
        """The lists that its codes are of."""
        return catalogue(self.catalogue)

    @property
    def database_label(self) -> str:
        """What the database says, in words."""
        return label_of(self.lists.databases, self.database)


class SeriesStep(Appended):
    """What was known of a series from now on: its first state and every change of it."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    about = models.TextField(blank=True)
    database = models.CharField(max_length=20)
    reference = models.CharField(max_length=100, blank=True)
    checked_on = models.DateField(null=True)
    catalogue = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and that a step says why."""

        db_table = "victims_series_step"
        indexes = (models.Index(fields=["series", "recorded_at"], name="victims_series_steps"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="victims_series_step_reason"),
        )

    def __str__(self) -> str:
        """Return what was done."""
        return self.action

    @property
    def database_label(self) -> str:
        """What the database said, in words."""
        return label_of(catalogue(self.catalogue).databases, self.database)


class SeriesCase(Appended):
    """That a series stands in a case: it was opened there, or something of the case is of it.

    It stands there for ever, also when what brought it there is withdrawn.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="places")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="series_places")

    class Meta:
        """The table: once in a case."""

        db_table = "victims_series_case"
        constraints = (
            models.UniqueConstraint(fields=["case", "series"], name="victims_series_case_once"),
        )

    def __str__(self) -> str:
        """Return its identifier."""
        return str(self.pk)


class SeriesMedia(Superseded):
    """That a content of a case is of a series. No pixel stands here, and no name of a file.

    Args:
        sha256: The content; it stands in no log and no address.
        place: Its place in the case's review; ``None`` where it has none yet.
        via: How it came here, a ``Via``.
        by: Who linked it, or took it out.
        reason: Why.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="media")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="series_media")
    sha256 = models.BinaryField()
    place = models.BigIntegerField(null=True)
    via = models.CharField(max_length=20)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table."""

        db_table = "victims_media"
        indexes = (
            models.Index(fields=["series", "recorded_at"], name="victims_media_of"),
            models.Index(fields=["case", "sha256"], name="victims_media_content"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="victims_media_reason"),
            models.CheckConstraint(
                condition=Q(is_withdrawal=False) | Q(corrects__isnull=False),
                name="victims_media_withdrawal",
            ),
        )

    def __str__(self) -> str:
        """Return its identifier: a digest stands nowhere by chance."""
        return str(self.pk)

    @property
    def way(self) -> str:
        """How it came here, in words."""
        return Via(self.via).label

    @property
    def label(self) -> str:
        """What it is called on pages."""
        return f"Item {self.place}" if self.place else "Item outside the review"
