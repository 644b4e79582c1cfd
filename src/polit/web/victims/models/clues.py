"""Clues: what may tell where or who a child is, in words alone."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Superseded
from polit.web.victims.catalogue import catalogue, label_of
from polit.web.victims.models.series import Series, SeriesMedia


class Clue(Superseded):
    """A clue of a case; series are tied to it.

    Args:
        media: The medium that it was found in; ``None`` for elsewhere.
        frame_ms: Where in a video, in milliseconds.
        found_by: Who found it.
        by: Who recorded or withdrew it.
        reason: Why.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="victim_clues")
    kind = models.CharField(max_length=30)
    text = models.TextField()
    reliability = models.CharField(max_length=20)
    media = models.ForeignKey(SeriesMedia, on_delete=models.PROTECT, null=True)
    frame_ms = models.BigIntegerField(null=True)
    found_by = models.CharField(max_length=200)
    found_on = models.DateField()
    catalogue = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table: a clue says something, and a time in a video is of an item."""

        db_table = "victims_clue"
        indexes = (models.Index(fields=["case", "found_on"], name="victims_clue_of"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(found_by="") & ~Q(reason=""), name="victims_clue_says"
            ),
            models.CheckConstraint(
                condition=Q(frame_ms=None) | Q(media__isnull=False, frame_ms__gte=0),
                name="victims_clue_frame",
            ),
        )

    def __str__(self) -> str:
        """Return its kind."""
        return self.kind

    @property
    def kind_label(self) -> str:
        """What it is, in words."""
        return label_of(catalogue(self.catalogue).clue_kinds, self.kind)

    @property
    def reliability_label(self) -> str:
        """How reliable it is, in words."""
        return label_of(catalogue(self.catalogue).reliabilities, self.reliability)

    @property
    def frame_text(self) -> str:
        """Where in a video: ``1:02.5``; empty for no place in time."""
        if self.frame_ms is None:
            return ""
        minutes, rest = divmod(self.frame_ms, 60_000)
        return f"{minutes}:{rest // 1000:02d}.{rest % 1000 // 100}"


class ClueTie(Superseded):
    """That a clue is of a series."""

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="ties")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="clue_ties")
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table."""

        db_table = "victims_clue_tie"
        indexes = (models.Index(fields=["series", "recorded_at"], name="victims_clue_ties"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="victims_clue_tie_reason"),
        )

    def __str__(self) -> str:
        """Return its identifier."""
        return str(self.pk)
